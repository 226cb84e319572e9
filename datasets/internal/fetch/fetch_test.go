package fetch

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const content = "what the publisher has"

func published() File {
	sum := sha256.Sum256([]byte(content))
	return File{Name: "set.npz", SHA256: hex.EncodeToString(sum[:]), Limit: 100}
}

// serve starts a server on loopback and a fetcher that asks it.
func serve(t testing.TB, answer http.HandlerFunc) Fetcher {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return Fetcher{Base: server.URL + "/", Cache: filepath.Join(t.TempDir(), "cache"), Client: server.Client()}
}

func plain(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, content) }

func TestGetDownloadsOnce(t *testing.T) {
	var asked atomic.Int32
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/set.npz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		plain(w, r)
	})
	var progress strings.Builder
	f.Progress = &progress
	for range 2 {
		path, err := f.Get(t.Context(), published())
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != content {
			t.Errorf("the cache has %q, %v", raw, err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the server was asked %d times, want 1", n)
	}
	if want := "downloading set.npz: 0.0 of 0.0 MB\n"; progress.String() != want {
		t.Errorf("progress %q, want %q", progress.String(), want)
	}
}

func TestGetReplacesADamagedFile(t *testing.T) {
	f := serve(t, plain)
	if err := os.MkdirAll(f.Cache, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Cache, "set.npz"), []byte("damaged"), 0o666); err != nil {
		t.Fatal(err)
	}
	path, err := f.Get(t.Context(), published())
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != content {
		t.Errorf("the cache has %q, %v", raw, err)
	}
}

func TestGetChecksMD5WhereThereIsNoBetterHash(t *testing.T) {
	f := serve(t, plain)
	sum := md5.Sum([]byte(content))
	if _, err := f.Get(t.Context(), File{Name: "a", MD5: hex.EncodeToString(sum[:]), Limit: 100}); err != nil {
		t.Error(err)
	}
	if _, err := f.Get(t.Context(), File{Name: "b", MD5: strings.Repeat("0", 32), Limit: 100}); err == nil {
		t.Error("another hash is accepted")
	}
}

// A refused answer leaves nothing in the cache, not even a part.
func TestGetRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"another file":    {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hostile") }, "not the published file"},
		"nothing":         {func(w http.ResponseWriter, r *http.Request) {}, "not the published file"},
		"a long answer":   {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, strings.Repeat("x", 101)) }, "has 101 bytes, want at most 100"},
		"an endless one":  {endless, "has more than 100 bytes"},
		"not found":       {http.NotFound, "answers 404 Not Found"},
		"a broken answer": {broken, "broke off after 5 bytes"},
		"a silent server": {silent, "after 4 bytes: nothing arrived for"},
		"a redirect loop": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "stopped after 10 redirects"},
		"a file of its own": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "unsupported protocol scheme"},
	} {
		f := serve(t, c.answer)
		f.Patience = time.Second
		_, err := f.Get(t.Context(), published())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		if left, err := os.ReadDir(f.Cache); err != nil || len(left) > 0 {
			t.Errorf("%s: the cache holds %v, %v", name, left, err)
		}
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := fmt.Fprint(w, strings.Repeat("x", 1000)); err != nil {
			return
		}
	}
}

func broken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "22")
	fmt.Fprint(w, content[:5])
}

func silent(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, content[:4])
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

func TestGetEndsWithItsContext(t *testing.T) {
	f := serve(t, silent)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := f.Get(ctx, published()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want one that wraps context.Canceled", err)
	}
}

func TestGetFromSeveralGoroutines(t *testing.T) {
	f := serve(t, plain)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := f.Get(t.Context(), published()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if left, err := os.ReadDir(f.Cache); err != nil || len(left) != 1 {
		t.Errorf("the cache holds %v, %v; want the file alone", left, err)
	}
}

func TestGetSaysWhereItCannotWrite(t *testing.T) {
	f := serve(t, plain)
	f.Cache = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(f.Cache, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(t.Context(), published()); err == nil || !strings.Contains(err.Error(), f.Cache) {
		t.Errorf("error %v, want one that names %s", err, f.Cache)
	}
}
