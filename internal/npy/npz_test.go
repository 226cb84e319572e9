package npy

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
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

// lies are changes to an entry's header, with a part of the error.
var lies = map[string]struct {
	change func(*zip.FileHeader)
	want   string
}{
	"above the limit":        {func(h *zip.FileHeader) { h.UncompressedSize64 = limit + 1 }, "want at most"},
	"2^63":                   {func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 63 }, "want at most"},
	"packed beyond the file": {func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }, "packed into 1099511627776 bytes in a file of"},
	"stored with other size": {func(h *zip.FileHeader) { h.UncompressedSize64++ }, "declared with"},
	"a bomb's ratio":         {func(h *zip.FileHeader) { h.Method = zip.Deflate; h.UncompressedSize64 = 1000 * 1000 }, "cannot unpack"},
	"unknown method":         {func(h *zip.FileHeader) { h.Method = 99 }, "other than deflate"},
	"wrong checksum":         {func(h *zip.FileHeader) { h.CRC32 = 7 }, "checksum"},
	"no deflate":             {func(h *zip.FileHeader) { h.Method = zip.Deflate }, "byte 0: the file is cut short"},
	"object array":           {func(h *zip.FileHeader) {}, "want numbers"},
}

// lying is the archive that a change makes.
func lying(t testing.TB, name string) []byte {
	if name == "object array" {
		return zipped(t, file(dict("'|O'", "False", "(1,)"), "\x80\x03N."), lies[name].change)
	}
	return zipped(t, file(dict("'<f4'", "False", "(1,)"), "1234"), lies[name].change)
}

func readFloats(raw []byte) ([]float32, error) {
	a, err := archive(raw)
	if err != nil {
		return nil, err
	}
	var v []float32
	err = a.Read("x", func(r *Reader) (err error) { v, err = r.Float32s(); return err })
	return v, err
}

func TestArchiveRefusesSizesThatLie(t *testing.T) {
	for name, c := range lies {
		raw := lying(t, name)
		var err error
		memtest.AtMost(t, int64(len(raw)), constant, func() { _, err = readFloats(raw) })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// bomb packs an array of 1 MB, which its header declares as one of n floats.
func bomb(t testing.TB, n int) []byte {
	body := file(dict("'<f4'", "False", fmt.Sprintf("(%d,)", n)), strings.Repeat("\x00", 1<<20))
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return zipped(t, packed.String(), func(h *zip.FileHeader) {
		h.Method = zip.Deflate
		h.UncompressedSize64 = uint64(len(body) - 1<<20 + 4*n)
	})
}

func TestArchiveUnpacksNoMoreThanIsDeclared(t *testing.T) {
	const n = 1 << 10
	raw := bomb(t, n)
	var err error
	memtest.AtMost(t, 4*n, constant, func() { _, err = readFloats(raw) })
	if err == nil || !strings.Contains(err.Error(), "not a valid zip file") {
		t.Errorf("an entry that unpacks to more than it says: %v", err)
	}
}

// zip64 moves an archive's directory with a second record, whose numbers the
// checks of the first do not see.
func zip64(t testing.TB) []byte {
	raw, err := os.ReadFile("testdata/two.npz")
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndex(raw, []byte("PK\x05\x06"))
	locator := append([]byte("PK\x06\x07"), make([]byte, 16)...)
	return slices.Concat(raw[:end], locator, raw[end:])
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
	if _, err := archive(zip64(t)); err == nil || !strings.Contains(err.Error(), "byte 426: a zip64 directory") {
		t.Errorf("a zip64 directory: %v", err)
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
	for name := range lies {
		f.Add(lying(f, name))
	}
	f.Add(bomb(f, 1<<10))
	f.Add(zip64(f))
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
