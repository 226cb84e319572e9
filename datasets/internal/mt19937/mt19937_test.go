package mt19937

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"
)

// The expected numbers are NumPy 1.24.2's:
// numpy.random.RandomState(seed).randint(0, 2**32, dtype=numpy.uint32).
func TestUint32IsNumPys(t *testing.T) {
	for _, c := range []struct {
		seed uint32
		skip int
		want []uint32
	}{
		{113, 0, []uint32{3659249829, 529109724, 317413538, 548173386}},
		{0, 0, []uint32{2357136044, 2546248239, 3071714933, 3626093760}},
		{1<<32 - 1, 1996, []uint32{4275619227, 1284623406, 2390694165, 1762272365}},
	} {
		s := New(c.seed)
		for range c.skip {
			s.Uint32()
		}
		for i, want := range c.want {
			if got := s.Uint32(); got != want {
				t.Errorf("seed %d: number %d is %d, want %d", c.seed, c.skip+i, got, want)
			}
		}
	}
}

// The hashes are sha256 over the shuffled numpy.arange(count) as little-endian
// uint32, shuffled one after the other by one RandomState(113), NumPy 1.24.2.
func TestShuffledIsNumPys(t *testing.T) {
	s := New(113)
	for _, c := range []struct {
		count int
		first []int
		hash  string
	}{
		{20, []int{14, 11, 19, 17, 1, 4, 8, 3, 13, 15}, "1d1ed3aca781e6b5ead2386a3b874ad7cb0a13d37dda79dda40259e35b238268"},
		{11228, []int{6292, 5794, 1839, 8631, 3897}, "525661306083947ff3d83a98dff0c25373ff29d2e65e2e1aa1d708034ce47f7c"},
		{25000, []int{13298, 21953, 15559, 5255}, "08dfa8209d039b6a0f9068f86be36f240ab2f3764c3c928122abcc95128b47ce"},
	} {
		order := s.Shuffled(c.count)
		if got := order[:len(c.first)]; !slices.Equal(got, c.first) {
			t.Errorf("shuffle of %d starts %v, want %v", c.count, got, c.first)
		}
		h := sha256.New()
		for _, v := range order {
			h.Write(binary.LittleEndian.AppendUint32(nil, uint32(v)))
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != c.hash {
			t.Errorf("shuffle of %d has hash %s, want %s", c.count, got, c.hash)
		}
	}
	for _, want := range [][]int{{}, {0}, {0, 1}, {0, 3, 2, 1, 4, 5, 6}} {
		if got := s.Shuffled(len(want)); !slices.Equal(got, want) {
			t.Errorf("shuffle of %d is %v, want %v", len(want), got, want)
		}
	}
}
