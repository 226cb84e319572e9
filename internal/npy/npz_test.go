package npy

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const limit = 1 << 20

func archive(raw []byte) (*Archive, error) {
	return NewArchive(bytes.NewReader(raw), int64(len(raw)), limit)
}

func TestArchiveReadsWhatNumPyWrote(t *testing.T) {
	for _, file := range []string{"two.npz", "stored.npz"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		a, err := archive(raw)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if got := a.Names(); !slices.Equal(got, []string{"x", "y"}) || !a.Has("y") || a.Has("z") {
			t.Errorf("%s: names %v", file, got)
		}
		var x []float32
		if err := a.Read("x", func(r *Reader) (err error) { x, err = r.Float32s(); return err }); err != nil || len(x) != 24 || x[23] != 23 {
			t.Errorf("%s: x is %v, %v", file, x, err)
		}
		var y []int32
		if err := a.Read("y", func(r *Reader) (err error) { y, err = r.Int32s(); return err }); err != nil || !slices.Equal(y, []int32{1, 2, 3}) {
			t.Errorf("%s: y is %v, %v", file, y, err)
		}
		if err := a.Read("z", nil); err == nil || !strings.Contains(err.Error(), `no array "z"; there is ["x" "y"]`) {
			t.Errorf("%s: a missing array: %v", file, err)
		}
	}
}

// zipped packs one entry called x.npy, after change has had its way with the header.
func zipped(t testing.TB, body string, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "x.npy", Method: zip.Store, UncompressedSize64: uint64(len(body)), CompressedSize64: uint64(len(body))}
	change(h)
	e, err := w.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchiveRefusesSizesThatLie(t *testing.T) {
	body := file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "1234")
	for name, c := range map[string]struct {
		change func(*zip.FileHeader)
		want   string
	}{
		"above the limit":        {func(h *zip.FileHeader) { h.UncompressedSize64 = limit + 1 }, "want at most"},
		"2^63":                   {func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 63 }, "want at most"},
		"stored with other size": {func(h *zip.FileHeader) { h.UncompressedSize64++ }, "declared with"},
		"a bomb's ratio":         {func(h *zip.FileHeader) { h.Method = zip.Deflate; h.UncompressedSize64 = 1000 * 1000 }, "cannot unpack"},
		"unknown method":         {func(h *zip.FileHeader) { h.Method = 99 }, "other than deflate"},
		"wrong checksum":         {func(h *zip.FileHeader) { h.CRC32 = 7 }, "checksum"},
	} {
		a, err := archive(zipped(t, body, c.change))
		if err == nil {
			err = a.Read("x", func(r *Reader) error { _, err := r.Float32s(); return err })
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func TestArchiveRefusesABrokenDirectory(t *testing.T) {
	raw, err := os.ReadFile("testdata/two.npz")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(raw) {
		if _, err := archive(raw[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(raw))
		}
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 30000 { // 1.4 MB of directory
		if _, err := w.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := archive(b.Bytes()); err == nil || !strings.Contains(err.Error(), "zip directory of more than") {
		t.Errorf("a directory of 30,000 entries: %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	for _, file := range []string{"two.npz", "stored.npz"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := archive(raw)
		if err != nil {
			return
		}
		for _, name := range a.Names() {
			var v []float32
			err := a.Read(name, func(r *Reader) (err error) { v, err = r.Float32s(); return err })
			if err == nil && len(v) > limit {
				t.Fatalf("%d elements above the limit", len(v))
			}
		}
	})
}
