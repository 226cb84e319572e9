package idx

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

const (
	limit = 1 << 24
	six   = "\x00\x00\x08\x02\x00\x00\x00\x02\x00\x00\x00\x03abcdef"
)

func zipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadPlainAndGzipped(t *testing.T) {
	for _, raw := range []string{six, zipped(t, six)} {
		a, err := Read(strings.NewReader(raw), int64(len(raw)), limit)
		if err != nil || !slices.Equal(a.Shape, []int{2, 3}) || string(a.Values) != "abcdef" {
			t.Errorf("got %+v, %v", a, err)
		}
	}
}

// hostile are files that must be refused, with a part of the error.
func hostile(t testing.TB) map[string]struct{ file, want string } {
	return map[string]struct{ file, want string }{
		"nothing":             {"", "byte 0: the file is cut short"},
		"no IDX":              {"\x93NUMPY", "magic number"},
		"no axes":             {"\x00\x00\x08\x00", "magic number"},
		"floats":              {"\x00\x00\x0d\x01\x00\x00\x00\x00", "byte 2: elements of type 0x0d"},
		"cut in the axes":     {"\x00\x00\x08\x02\x00\x00", "byte 6: the file is cut short"},
		"cut in the elements": {zipped(t, six[:15]), "byte 15: the file is cut short"},
		"count over length":   {six[:15], "holds 6 elements, but 3 bytes follow"},
		"count under length":  {six + "g", "holds 6 elements, but 7 bytes follow"},
		"trailing, gzipped":   {zipped(t, six+"g"), "bytes follow the 6 elements"},
		"4 GB":                {"\x00\x00\x08\x01\xff\xff\xff\xff", "byte 4: axis 0 has length 4294967295"},
		"overflow":            {"\x00\x00\x08\x03\x7f\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff", "byte 4: axis 0"},
		"4 GB, gzipped":       {zipped(t, "\x00\x00\x08\x01\xff\xff\xff\xff"), "than the"},
		"a bomb's ratio":      {zipped(t, "\x00\x00\x08\x01\x00\xf0\x00\x00"), "than the"},
		"broken gzip":         {"\x1f\x8bjunk and junk", "gzip"},
		"wrong checksum":      {strings.Replace(zipped(t, six), zipped(t, six)[len(zipped(t, six))-8:], "12345678", 1), "checksum"},
	}
}

func TestReadRefusesWhatDoesNotFit(t *testing.T) {
	for name, c := range hostile(t) {
		var err error
		memtest.AtMost(t, int64(len(c.file)), constant, func() { _, err = Read(strings.NewReader(c.file), int64(len(c.file)), limit) })
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: error %v, want one with a byte offset and %q", name, err, c.want)
		}
	}
}

// constant is what the reader needs for itself: its buffer, gzip's window.
const constant = 1 << 17

func TestReadAllocatesTwiceTheSizeAtMost(t *testing.T) {
	raw := "\x00\x00\x08\x01\x00\x40\x00\x00" + strings.Repeat("x", 1<<22)
	var err error
	memtest.AtMost(t, int64(len(raw)), 0, func() { _, err = Read(strings.NewReader(raw), int64(len(raw)), limit) })
	if err != nil {
		t.Fatal(err)
	}
}

// A gzipped file may unpack to what its header declares, and not to more.
func TestReadAllocatesWhatAGzippedHeaderDeclares(t *testing.T) {
	const declared = 1 << 22
	bomb := zipped(t, "\x00\x00\x08\x01\x00\x40\x00\x00"+strings.Repeat("\x00", 4*declared))
	var err error
	memtest.AtMost(t, declared/2, constant, func() { _, err = Read(strings.NewReader(bomb), int64(len(bomb)), limit) })
	if err == nil || !strings.Contains(err.Error(), "bytes follow the 4194304 elements") {
		t.Errorf("a bomb of %d bytes: %v", len(bomb), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(six))
	f.Add([]byte(zipped(f, six)))
	for _, c := range hostile(f) {
		f.Add([]byte(c.file))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		const limit = 1 << 16
		var a *Array
		var err error
		memtest.AtMost(t, int64(len(raw)), constant+limit, func() { a, err = Read(bytes.NewReader(raw), int64(len(raw)), limit) })
		if err != nil {
			return
		}
		n := 1
		for _, d := range a.Shape {
			n *= d
		}
		if n != len(a.Values) || n > limit {
			t.Fatalf("shape %v with %d elements", a.Shape, len(a.Values))
		}
	})
}
