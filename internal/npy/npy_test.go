package npy

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/internal/memtest"
)

func open(t testing.TB, file string) *Reader {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	in, err := NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return in
}

// want is numpy.arange(24).reshape(2, 3, 4) as testdata has it: minus 12 for
// signed types and floats, its lowest bit for bools. NumPy 1.24.2 wrote the files.
func want(kind byte, i int) int {
	switch kind {
	case 'b':
		return i % 2
	case 'u':
		return i
	}
	return i - 12
}

func TestEveryTypeAndOrderReadsAsNumPyWroteIt(t *testing.T) {
	for _, typ := range []string{"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"} {
		for _, order := range []string{"_c", "_f", "_big"} {
			if order == "_big" && typ[1] == '1' {
				continue
			}
			file := typ + order + ".npy"
			in := open(t, file)
			if !slices.Equal(in.Shape, []int{2, 3, 4}) || in.Fortran != (order == "_f") {
				t.Errorf("%s: header %+v", file, in.Header)
			}
			floats, err := in.Float32s()
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			ints, err := open(t, file).Int32s()
			if typ[0] == 'f' {
				if err == nil {
					t.Errorf("%s: floats are read as ints", file)
				}
				ints = nil
			} else if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			for i := range 24 {
				w := want(typ[0], i)
				if floats[i] != float32(w) || ints != nil && ints[i] != int32(w) {
					t.Errorf("%s: element %d is %v and %v, want %d", file, i, floats[i], ints, w)
					break
				}
			}
		}
	}
}

func TestScalarEmptyAndVersion2(t *testing.T) {
	if v, err := open(t, "scalar.npy").Float32s(); err != nil || !slices.Equal(v, []float32{2.5}) {
		t.Errorf("scalar: %v, %v", v, err)
	}
	in := open(t, "empty.npy")
	if v, err := in.Float32s(); err != nil || len(v) != 0 || !slices.Equal(in.Shape, []int{0, 3}) {
		t.Errorf("empty: %v, %v, shape %v", v, err, in.Shape)
	}
	if v, err := open(t, "version2.npy").Float32s(); err != nil || v[23] != 23 {
		t.Errorf("version 2: %v, %v", v, err)
	}
}

// file makes an array file around a header's text.
func file(header, body string) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + body
}

func dict(descr, order, shape string) string {
	return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n"
}

// hostile are files that must be refused, with a part of the error.
var hostile = map[string]struct{ file, want string }{
	"nothing":               {"", "byte 0: the file is cut short"},
	"no array":              {"PK\x03\x04 and more", "byte 0: not a NumPy array"},
	"version 9":             {"\x93NUMPY\x09\x00", "version 9.0"},
	"4 GB header":           {"\x93NUMPY\x02\x00\xff\xff\xff\xff", "header of 4294967295 bytes"},
	"header beyond the end": {"\x93NUMPY\x01\x00\xff\x00{", "header of 255 bytes in a file that has 1 left"},
	"empty header":          {file("", ""), `no "{"`},
	"missing key":           {file("{'descr': '<f4'}", ""), "1 of the keys"},
	"double key":            {file("{'shape': (), 'shape': ()}", ""), "twice"},
	"strange key":           {file("{'code': 1}", ""), "the key"},
	"endless string":        {file("{'descr", ""), "does not end"},
	"text after":            {file(dict("'<f4'", "False", "()")+"x", "1234"), "text after"},
	"negative axis":         {file(dict("'<f4'", "False", "(-1,)"), "1234"), "not a number from 0"},
	"axis of 2^63":          {file(dict("'<f4'", "False", "(9223372036854775808,)"), "1234"), "not a number from 0"},
	"overflowing shape":     {file(dict("'<f4'", "False", "(4294967296, 4294967297)"), "1234"), "too large"},
	"product over 2^62":     {file(dict("'<f4'", "False", "(4611686018427387905,)"), "1234"), "too large"},
	"huge shape":            {file(dict("'<f8'", "False", "(1000000, 1000000)"), "1234"), "does not take"},
	"33 axes":               {file(dict("'<f8'", "False", "("+strings.Repeat("1,", 33)+")"), "12345678"), "more than 32 axes"},
	"trailing bytes":        {file(dict("'<f4'", "False", "(1,)"), "12345"), "does not take the 5 bytes"},
	"missing bytes":         {file(dict("'<f4'", "False", "(2,)"), "12345"), "does not take"},
	"no order":              {file(dict("'<f4'", "maybe", "(2,)"), "12345678"), "neither True nor False"},
	"records":               {file(dict("[('a', '<f4')]", "False", "(1,)"), "1234"), "records"},
	"complex":               {file(dict("'<c8'", "False", "(1,)"), "12345678"), `"<c8"`},
	"strings":               {file(dict("'<U1'", "False", "(1,)"), "1234"), `"<U1"`},
	"many objects":          {file(dict("'|O'", "False", "(100,)"), "1234"), "100 objects"},
}

func TestNewReaderRefusesWhatDoesNotFit(t *testing.T) {
	good := file("{\"shape\":(2L,),'fortran_order':False , 'descr':'<f4'}", "12345678")
	if _, err := NewReader(strings.NewReader(good), int64(len(good))); err != nil {
		t.Fatalf("keys in another order: %v", err)
	}
	for name, c := range hostile {
		var err error
		memtest.AtMost(t, int64(len(c.file)), constant, func() { _, err = NewReader(strings.NewReader(c.file), int64(len(c.file))) })
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "byte ") {
			t.Errorf("%s: error %v, want one with a byte offset and %q", name, err, c.want)
		}
	}
}

func TestElementsThatDoNotFitAreNamed(t *testing.T) {
	big := file("{'descr': '<i8', 'fortran_order': False, 'shape': (2,)}", "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00")
	in, err := NewReader(strings.NewReader(big), int64(len(big)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Int32s(); err == nil || !strings.Contains(err.Error(), "element 1") {
		t.Errorf("error %v, want one that names element 1", err)
	}
	huge := file("{'descr': '>f8', 'fortran_order': False, 'shape': (1,)}", "\x7f\xef\xff\xff\xff\xff\xff\xff")
	if in, err = NewReader(strings.NewReader(huge), int64(len(huge))); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Float32s(); err == nil || !strings.Contains(err.Error(), "does not fit a float32") {
		t.Errorf("error %v, want one about float32", err)
	}
	nan := file("{'descr': '>f8', 'fortran_order': False, 'shape': (2,)}", "\x7f\xf8\x00\x00\x00\x00\x00\x00\x7f\xf0\x00\x00\x00\x00\x00\x00")
	if in, err = NewReader(strings.NewReader(nan), int64(len(nan))); err != nil {
		t.Fatal(err)
	}
	if v, err := in.Float32s(); err != nil || !math.IsNaN(float64(v[0])) || !math.IsInf(float64(v[1]), 1) {
		t.Errorf("NaN and Inf read as %v, %v", v, err)
	}
	// a reader that ends before its size: what a file that shrinks looks like
	if in, err = NewReader(strings.NewReader(nan[:len(nan)-3]), int64(len(nan))); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Float32s(); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("error %v, want one that says cut short", err)
	}
}

// constant is what the reader needs for itself: its buffer and the header.
const constant = 1 << 18

func TestReadingAllocatesTwiceTheSizeAtMost(t *testing.T) {
	const n = 1 << 20
	raw := file(dict("'<f4'", "True", "(1024, 1024)"), strings.Repeat("abcd", n))
	var err error
	memtest.AtMost(t, int64(len(raw)), constant, func() {
		var in *Reader
		if in, err = NewReader(strings.NewReader(raw), int64(len(raw))); err == nil {
			_, err = in.Float32s()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzNewReader(f *testing.F) {
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(files) == 0 {
		f.Fatalf("fixtures: %v, %v", files, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, c := range hostile {
		f.Add([]byte(c.file))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func(*Reader) (int, error){
			func(in *Reader) (int, error) { v, err := in.Float32s(); return len(v), err },
			func(in *Reader) (int, error) { v, err := in.Int32s(); return len(v), err },
		} {
			in, err := NewReader(bytes.NewReader(raw), int64(len(raw)))
			if err != nil {
				return
			}
			if n, err := read(in); err == nil && (n != in.Len() || n > len(raw)) {
				t.Fatalf("%d elements of shape %v from %d bytes", n, in.Shape, len(raw))
			}
		}
	})
}
