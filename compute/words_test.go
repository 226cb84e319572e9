package compute

import (
	"math"
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	x := []float32{1, -2, float32(math.Inf(1))}
	w := Words(x)
	if want := []uint32{0x3F800000, 0xC0000000, 0x7F800000}; !slices.Equal(w, want) {
		t.Errorf("Words(%v) = %#x, want %#x", x, w, want)
	}
	w[1] = 0x40000000
	if x[1] != 2 {
		t.Errorf("a word was set to the bits of 2 and the float is %g: it was copied", x[1])
	}
	if got := Words([]int32{-1}); got[0] != math.MaxUint32 {
		t.Errorf("Words of -1 is %#x", got)
	}
	if Words([]float32(nil)) != nil || Words([]int32{}) != nil {
		t.Error("Words of nothing is something")
	}
}

func TestNewBufferOf(t *testing.T) {
	b := newFake()
	buffer, err := NewBufferOf(b, []int32{1, -2, 3})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadAs[int32](b, ViewOf(buffer).Slice(1, 2))
	if err != nil || !slices.Equal(got, []int32{-2, 3}) {
		t.Errorf("read %v, %v, want [-2 3]", got, err)
	}
	b.full = true
	if _, err := NewBufferOf(b, []float32{1}); err != ErrOutOfMemory {
		t.Errorf("a full device: %v, want ErrOutOfMemory", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadAs[float32](b, ViewOf(buffer)); err != ErrClosed || got != nil {
		t.Errorf("a closed device: %v, %v, want nothing and ErrClosed", got, err)
	}
}
