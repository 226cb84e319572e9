package npy

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestWriteArchive(t *testing.T) {
	long := make([]float32, 2*blockElements+3)
	for i := range long {
		long[i] = float32(i)
	}
	arrays := []Array{{"dense/kernel", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}}, {"scalar", nil, []float32{7}}, {"empty", []int{0, 2}, nil}, {"long", []int{len(long)}, long}}
	var b, again bytes.Buffer
	for _, w := range []io.Writer{&b, &again} {
		if err := WriteArchive(w, arrays); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same arrays are written differently")
	}
	a, err := archive(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range arrays {
		var got []float32
		err := a.Read(want.Name, func(r *Reader) (err error) {
			if !slices.Equal(r.Shape, want.Shape) || r.from%64 != 0 {
				t.Errorf("%s: shape %v, elements from byte %d", want.Name, r.Shape, r.from)
			}
			got, err = r.Float32s()
			return err
		})
		if err != nil || !slices.Equal(got, want.Values) {
			t.Errorf("%s: %v", want.Name, err)
		}
	}
}

// TestHeaderAsNumPyWritesIt compares with a file that NumPy wrote.
func TestHeaderAsNumPyWritesIt(t *testing.T) {
	raw, err := os.ReadFile("testdata/f4_c.npy")
	if err != nil {
		t.Fatal(err)
	}
	in, err := NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if got := in.encode(); !bytes.Equal(got, raw[:len(got)]) {
		t.Errorf("header %q, NumPy writes %q", got, raw[:len(got)])
	}
}

func TestWriteArchiveRefuses(t *testing.T) {
	if err := WriteArchive(io.Discard, []Array{{"x", []int{2}, []float32{1}}}); err == nil || !strings.Contains(err.Error(), "x: shape [2] holds 2 elements, got 1") {
		t.Errorf("error %v", err)
	}
}
