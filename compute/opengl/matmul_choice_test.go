//go:build cgo && (linux || windows)

package opengl

import "testing"

// shaped is a product of a size, with nothing to compute it from.
func shaped(batch, m, n, k int) product {
	return product{
		size: [4]int{batch, m, n, k},
		a:    array{strides: []int{m * k, k, 1}},
		b:    array{strides: []int{k * n, n, 1}},
	}
}

func TestChoice(t *testing.T) {
	hardware, other := cardLimits(), cardLimits()
	hardware.vendor = "NVIDIA Corporation"
	bare := hardware
	bare.sharedBytes = 1 << 10
	software := hardware
	software.software = true
	for _, c := range []struct {
		name           string
		lim            limits
		batch, m, n, k int
		want           string
	}{
		{"a large product has large tiles", hardware, 1, 1024, 1024, 1024, "tiled 128x128x8 by 8x8 ahead"},
		{"a smaller one has smaller tiles", hardware, 1, 512, 512, 512, "tiled 64x64x32 by 4x8"},
		{"few results, many terms: k is split", hardware, 1, 512, 64, 10000, "tiled 64x64x32 by 4x8, k in 8 parts"},
		{"a batch is work as well", hardware, 64, 128, 128, 64, "tiled 128x128x8 by 8x8 ahead"},
		{"few of everything", hardware, 1, 33, 10, 64, "tiled 32x32x16 by 4x4"},
		{"an unknown vendor", other, 1, 1024, 1024, 1024, "tiled 32x32x16 by 4x4"},
		{"too little shared memory", bare, 1, 1024, 1024, 1024, "flat 8x16 along n"},
		{"a CPU renders", software, 1, 1024, 1024, 1024, "flat 8x16 along n"},
		{"a CPU renders few columns", software, 1, 10000, 64, 512, "flat 8x16 along m"},
		{"a CPU renders few columns and rows", software, 1, 64, 64, 512, "flat 8x8 along n"},
		{"a CPU renders little: short compiling counts", software, 1, 32, 64, 16, "flat 4x8 along n"},
		{"a CPU renders an empty sum", software, 1, 3, 3, 0, "flat 4x8 along n"},
	} {
		p := shaped(c.batch, c.m, c.n, c.k)
		got := choose(c.lim, p)
		if got.String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
		if !got.can(c.lim, p) {
			t.Errorf("%s: the device cannot run %v", c.name, got)
		}
	}
}

// TestCandidatesHaveNames holds what the tuning file relies on.
func TestCandidatesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range candidates() {
		if seen[c.String()] {
			t.Errorf("two candidates are called %q", c)
		}
		seen[c.String()] = true
	}
	for _, e := range tileTable {
		for _, tile := range e.tiles {
			if !seen[tile.String()] {
				t.Errorf("%v of the table for %q is no candidate", tile, e.vendor)
			}
		}
	}
}

// TestTilesDivideEvenly: each invocation copies as many fours as the next, parts
// of k end where tiles do, and what every OpenGL 4.3 device has is enough.
func TestTilesDivideEvenly(t *testing.T) {
	for _, c := range candidates() {
		tile, ok := c.(tiled)
		if !ok {
			continue
		}
		n := tile.invocations()
		for _, places := range []int{tile.m, tile.n} {
			if places*tile.k%(4*n) != 0 {
				t.Errorf("%v: %d words for %d invocations", tile, places*tile.k, n)
			}
		}
		if c := tile.k % addedAtOnce; c != 0 || !tile.can(limits{groupSize: 1024, sharedBytes: 32 << 10}, product{}) {
			t.Errorf("%v has a part of a turn, or does not run on every device", tile)
		}
		if splitTerms%tile.k != 0 || tile.m%tile.rows+tile.n%tile.columns+tile.rows%4+tile.columns%4 != 0 {
			t.Errorf("%v does not divide evenly", tile)
		}
	}
}
