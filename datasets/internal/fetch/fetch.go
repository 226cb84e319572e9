// Package fetch downloads a file once, checks its hash and keeps it.
package fetch

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/glearn-go/glearn/internal/atomicfile"
)

// File is what is known of a download beforehand.
type File struct {
	Name   string // below the base address, and in the cache
	SHA256 string // hex; the hash that is checked
	MD5    string // hex; only where the publisher gives no better one
	Limit  int64  // bytes; a larger answer is refused
}

// Fetcher knows where files come from and where they are kept.
type Fetcher struct {
	Base     string    // address of the folder, ending in a slash
	Cache    string    // folder, made when needed
	Progress io.Writer // receives a line that grows; nil for silence
	Client   *http.Client
	Patience time.Duration // how long nothing may arrive; 0 means a minute
}

// client gives up when nothing happens, not when a slow line takes its time.
var client = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
	TLSHandshakeTimeout:   10 * time.Second,
	ResponseHeaderTimeout: 30 * time.Second,
}}

// Cached is the path of a file that an earlier Get kept, if it is still whole.
func (f Fetcher) Cached(file File) (string, bool) {
	path := filepath.Join(f.Cache, file.Name)
	in, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer in.Close()
	h, want := file.hash()
	if _, err := io.Copy(h, io.LimitReader(in, file.Limit+1)); err != nil {
		return "", false
	}
	return path, hex.EncodeToString(h.Sum(nil)) == want
}

// Get is the path of the file in the cache, downloaded if it is not there or
// damaged. Programs that download the same file at once do not disturb each
// other: each puts its own in place when it is whole.
func (f Fetcher) Get(ctx context.Context, file File) (string, error) {
	if path, ok := f.Cached(file); ok {
		return path, nil
	}
	if err := os.MkdirAll(f.Cache, 0o777); err != nil {
		return "", err
	}
	path := filepath.Join(f.Cache, file.Name)
	if err := atomicfile.Write(path, func(w io.Writer) error { return f.download(ctx, file, w) }); err != nil {
		return "", err
	}
	return path, nil
}

func (f Fetcher) download(ctx context.Context, file File, to io.Writer) error {
	url := f.Base + file.Name
	ctx, watch := f.watch(ctx)
	defer watch.stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	c := f.Client
	if c == nil {
		c = client
	}
	answer, err := c.Do(request)
	if err != nil {
		return cause(ctx, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	if answer.ContentLength > file.Limit {
		return fmt.Errorf("%s has %d bytes, want at most %d", url, answer.ContentLength, file.Limit)
	}
	h, want := file.hash()
	progress := newProgress(f.Progress, file.Name, answer.ContentLength)
	n, err := io.Copy(io.MultiWriter(to, h, progress, watch), io.LimitReader(answer.Body, file.Limit+1))
	err = cause(ctx, err)
	progress.done(err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s broke off after %d bytes", url, n)
	case err != nil:
		return fmt.Errorf("%s, after %d bytes: %w", url, n, err)
	case n > file.Limit:
		return fmt.Errorf("%s has more than %d bytes", url, file.Limit)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%s has hash %s, want %s: not the published file", url, got, want)
	}
	return nil
}

func (f File) hash() (hash.Hash, string) {
	if f.SHA256 != "" {
		return sha256.New(), f.SHA256
	}
	return md5.New(), f.MD5
}
