package datasets

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/glearn-go/glearn/datasets/internal/fetch"
)

// offline is a source that asks a server which is not there.
func offline(t testing.TB, dirs ...string) source {
	return source{dirs: dirs, fetcher: fetch.Fetcher{Base: "http://127.0.0.1:1/", Cache: t.TempDir(), Progress: io.Discard}}
}

func TestWithoutANetworkTheErrorSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	s := offline(t, dir)
	_, err := s.locate("reuters.npz")
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v does not wrap ErrNotFound", err)
	}
	wantError(t, "no network", err, "data file not found: reuters.npz is not in folder "+dir+" or the cache "+s.fetcher.Cache,
		"downloading it failed", "connection refused",
		"download http://127.0.0.1:1/reuters.npz elsewhere, put it into a folder and set GLEARN_DATA to that folder")
	_, err = offline(t).locate("reuters.npz")
	wantError(t, "no folder", err, "a folder named by GLEARN_DATA (not set)")
	s.fetcher.Cache = ""
	_, err = s.locate("reuters.npz")
	wantError(t, "no cache", err, "there is no cache folder to download it to; set GLEARN_DATA")
}

func TestWithoutADownloadTheErrorNamesTheFile(t *testing.T) {
	_, err := offline(t).locate("titanic/train.csv")
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v does not wrap ErrNotFound", err)
	}
	wantError(t, "no download", err, "titanic/train.csv is not in")
}

func TestFoldersAreSearchedInOrder(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write := func(parts ...string) string {
		path := filepath.Join(parts...)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := offline(t, first, second)
	for _, parts := range [][]string{{second, "b.npz"}, {second, "a.npz"}, {first, "b.npz"}, {first, "a.npz"}} {
		want := write(parts...)
		if got, err := s.find("a.npz", "b.npz"); err != nil || got != want {
			t.Errorf("found %s, %v, want %s", got, err, want)
		}
	}
	// a set's folder may be left out in a Dir, and nowhere else
	write(first, "train.csv")
	if _, err := s.find("titanic/train.csv"); !errors.Is(err, ErrNotFound) {
		t.Errorf("train.csv of some set is taken for Titanic's: %v", err)
	}
	if _, err := newSource(first).find("titanic/train.csv"); err != nil {
		t.Error(err)
	}
}

func TestFindLooksInTheFolderOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(Env, dir)
	_, err := Find("reuters.npz")
	wantError(t, "absent", err, "reuters.npz is not in folder "+dir)
	path := filepath.Join(dir, "reuters.npz")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := Find("reuters.npz"); err != nil || got != path {
		t.Errorf("found %s, %v, want %s", got, err, path)
	}
}
