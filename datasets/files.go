package datasets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glearn-go/glearn/datasets/internal/fetch"
)

// Env is the environment variable that names a folder with data files. They are
// the user's own and are not checked by hash.
const Env = "GLEARN_DATA"

// ErrNotFound is wrapped by errors about a file that is in none of the folders
// that were searched.
var ErrNotFound = errors.New("data file not found")

// origin is the folder that Keras downloads from.
const origin = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

// published are the downloads, with the hashes that Keras 3.16 checks.
var published = []fetch.File{
	{Name: "boston_housing.npz", SHA256: "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5", Limit: 1 << 20},
	{Name: "california_housing.npz", SHA256: "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f", Limit: 4 << 20},
	{Name: "imdb.npz", SHA256: "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f", Limit: 64 << 20},
	{Name: "imdb_word_index.json", MD5: "bfafd718b763782e994055a2d397834f", Limit: 8 << 20},
	{Name: "mnist.npz", SHA256: "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", Limit: 64 << 20},
	{Name: "reuters.npz", SHA256: "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916", Limit: 16 << 20},
	{Name: "reuters_word_index.json", MD5: "4d44cc38712099c9e383dc6e5f11a921", Limit: 8 << 20},
}

// source is where a loader looks for its files.
type source struct {
	dirs    []string // in order
	only    bool     // the folders are all: no cache, no download
	fetcher fetch.Fetcher
}

// newSource is the source for a config's Dir.
func newSource(dir string) source {
	if dir != "" {
		return source{dirs: []string{dir}, only: true}
	}
	s := source{fetcher: fetch.Fetcher{Base: origin, Progress: os.Stderr}}
	if env := os.Getenv(Env); env != "" {
		s.dirs = append(s.dirs, env)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		s.fetcher.Cache = filepath.Join(cache, "glearn")
	}
	return s
}

// Find is the path of a data file, such as "reuters.npz" or "titanic/train.csv",
// in the folder that GLEARN_DATA names or in the cache of earlier downloads. It
// never downloads; where the file is missing, the error wraps [ErrNotFound].
func Find(name string) (string, error) { return newSource("").find(name) }

// find looks for the first of the given names that exists. A name may have a
// folder in front. In the folder of a config's Dir, which may hold just this one
// data set, that folder may be missing; GLEARN_DATA holds several sets whose
// files have the same names.
func (s source) find(names ...string) (string, error) {
	for _, dir := range s.dirs {
		for _, name := range names {
			paths := []string{filepath.Join(dir, filepath.FromSlash(name))}
			if s.only {
				paths = append(paths, filepath.Join(dir, filepath.Base(name)))
			}
			for _, path := range paths {
				info, err := os.Stat(path)
				switch {
				case err == nil && info.Mode().IsRegular():
					return path, nil
				case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
					return "", fmt.Errorf("datasets: %w", err)
				}
			}
		}
	}
	if !s.only && s.fetcher.Cache != "" {
		for _, name := range names {
			if file, ok := download(name); ok {
				if path, ok := s.fetcher.Cached(file); ok {
					return path, nil
				}
			}
		}
	}
	return "", fmt.Errorf("datasets: %w: %s is not in %s", ErrNotFound, strings.Join(names, " or "), s)
}

// locate is find, and a download where there is one.
func (s source) locate(names ...string) (string, error) {
	path, err := s.find(names...)
	if err == nil || s.only || !errors.Is(err, ErrNotFound) {
		return path, err
	}
	for _, name := range names {
		file, ok := download(name)
		if !ok {
			continue
		}
		if s.fetcher.Cache == "" {
			return "", fmt.Errorf("%w, and there is no cache folder to download it to; set %s to a folder that holds it", err, Env)
		}
		path, failure := s.fetcher.Get(context.Background(), file)
		if failure != nil {
			return "", fmt.Errorf("%w, and downloading it failed: %w; without a network, download %s elsewhere, put it into a folder and set %s to that folder",
				err, failure, s.fetcher.Base+file.Name, Env)
		}
		return path, nil
	}
	return "", err
}

func download(name string) (fetch.File, bool) {
	i := slices.IndexFunc(published, func(f fetch.File) bool { return f.Name == name })
	if i < 0 {
		return fetch.File{}, false
	}
	return published[i], true
}

// String names the folders that are searched.
func (s source) String() string {
	var places []string
	for _, dir := range s.dirs {
		places = append(places, fmt.Sprintf("folder %s", dir))
	}
	if !s.only {
		if len(s.dirs) == 0 {
			places = append(places, fmt.Sprintf("a folder named by %s (not set)", Env))
		}
		if s.fetcher.Cache != "" {
			places = append(places, fmt.Sprintf("the cache %s", s.fetcher.Cache))
		}
	}
	return strings.Join(places, " or ")
}

// open opens a file for a parser, with its size.
func open(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("datasets: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return f, info.Size(), nil
}
