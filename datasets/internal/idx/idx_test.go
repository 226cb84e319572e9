package idx

import (
	"bytes"
	"compress/gzip"
	"runtime"
	"slices"
	"strings"
	"testing"
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

func TestReadRefusesWhatDoesNotFit(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
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
	} {
		_, err := Read(strings.NewReader(c.file), int64(len(c.file)), limit)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: error %v, want one with a byte offset and %q", name, err, c.want)
		}
	}
}

func TestReadAllocatesTwiceTheSizeAtMost(t *testing.T) {
	raw := "\x00\x00\x08\x01\x00\x40\x00\x00" + strings.Repeat("x", 1<<22)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(strings.NewReader(raw), int64(len(raw)), limit)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(2*len(raw)) {
		t.Errorf("reading %d bytes allocated %d", len(raw), got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(six))
	f.Add([]byte(zipped(f, six)))
	f.Add([]byte("\x00\x00\x08\x03\x7f\xff\xff\xff\x00\x00\x00\x00\x7f\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := Read(bytes.NewReader(raw), int64(len(raw)), 1<<16)
		if err != nil {
			return
		}
		n := 1
		for _, d := range a.Shape {
			n *= d
		}
		if n != len(a.Values) || n > 1<<16 {
			t.Fatalf("shape %v with %d elements", a.Shape, len(a.Values))
		}
	})
}
