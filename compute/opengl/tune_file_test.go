//go:build cgo && (linux || windows)

package opengl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// ownCacheFolder gives a test a cache folder of its own.
func ownCacheFolder(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", folder)
	t.Setenv("LocalAppData", folder)
}

// cardLimits are those of a card that offers a little more than it must.
func cardLimits() limits {
	return limits{
		vendor: "Vendor", renderer: "Card", version: "4.6", groupSize: 1024, sharedBytes: 32 << 10,
		groups: 65535, blocks: 8, blockWords: 1 << 25, blockAlign: 16, texels: 1 << 27, texelAlign: 16,
	}
}

func TestTuneFileKeepsChoices(t *testing.T) {
	ownCacheFolder(t)
	lim := cardLimits()
	f := openTuneFile(lim)
	f.Choices["NN 512x512x512"] = tile64by8.String()
	if err := f.save(); err != nil {
		t.Fatal(err)
	}
	if got := openTuneFile(lim).Choices; !maps.Equal(got, f.Choices) {
		t.Errorf("read %v, wrote %v", got, f.Choices)
	}
	other := lim
	other.version = "4.6 of a later driver"
	if got := openTuneFile(other).Choices; len(got) != 0 {
		t.Errorf("another driver finds %v", got)
	}
}

func TestTuneFileThatIsNoneIsRewritten(t *testing.T) {
	ownCacheFolder(t)
	lim := cardLimits()
	f := openTuneFile(lim)
	f.Choices["NN 512x512x512"] = tile64by8.String()
	if err := f.save(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty":         {},
		"cut":           good[:len(good)/2],
		"not JSON":      []byte("choices"),
		"another type":  []byte(`{"choices": [1, 2]}`),
		"other kernels": bytes.ReplaceAll(good, []byte(f.Kernels), []byte("0123")),
		"other card":    bytes.ReplaceAll(good, []byte(`"Card"`), []byte(`"Other"`)),
		"too long":      append(bytes.Repeat([]byte(" "), mostTuneBytes), good...),
	} {
		if err := os.WriteFile(f.path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		read := openTuneFile(lim)
		if len(read.Choices) != 0 {
			t.Errorf("%s: read %v", name, read.Choices)
		}
		read.Choices["TN 64x64x512"] = tile32.String()
		if err := read.save(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := openTuneFile(lim).Choices["TN 64x64x512"]; got != tile32.String() {
			t.Errorf("%s: after rewriting it holds %q", name, got)
		}
	}
}

// TestTuneFileOfTwoProcesses: writers at the same time leave a whole file with
// choices that were written, and no other files.
func TestTuneFileOfTwoProcesses(t *testing.T) {
	ownCacheFolder(t)
	lim := cardLimits()
	var both sync.WaitGroup
	for process := range 2 {
		both.Go(func() {
			f := openTuneFile(lim)
			for i := range 50 {
				f.Choices[fmt.Sprintf("process %d, class %d", process, i)] = tile32.String()
				if err := f.save(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	f := openTuneFile(lim)
	if n := len(f.Choices); n < 50 || n > 100 {
		t.Errorf("%d choices are left of 2 x 50", n)
	}
	files, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v (%v), want one file", files, err)
	}
}

func TestTuneFileWithoutAFolder(t *testing.T) {
	ownCacheFolder(t)
	lim := cardLimits()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", file) // a file where the folder should be
	t.Setenv("LocalAppData", file)
	f := openTuneFile(lim)
	if err := f.save(); err == nil {
		t.Error("saving without a folder gives no error")
	}
}

func FuzzParseTuneFile(f *testing.F) {
	key := tuneKey{"Vendor", "Card", "4.6", "abc"}
	good, err := json.Marshal(tuneFile{tuneKey: key, Choices: map[string]string{"NN 64x64x512": "tiled"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"vendor": "Vendor", "choices": {"": ""}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		choices := parseTuneFile(text, key)
		size := 0
		for class, way := range choices {
			size += len(class) + len(way)
		}
		// JSON text is at most three times shorter than what it stands for: a
		// broken byte becomes the three of U+FFFD.
		if size > 3*len(text) {
			t.Errorf("%d bytes of choices from %d bytes of text", size, len(text))
		}
		if choices != nil && !bytes.Contains(text, []byte("Vendor")) {
			t.Error("choices of a device that the text does not name")
		}
	})
}
