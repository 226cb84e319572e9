package nn

import (
	"math"
	"testing"
)

func TestAllFinite(t *testing.T) {
	bad := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	lengths := []int{1<<19 + 5} // shared out, if there are cores
	for n := range 20 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i%3-1) * math.MaxFloat32
		}
		if !allFinite(x) {
			t.Errorf("%d finite numbers are not taken for that", n)
		}
		for i := 0; i < n; i += 1 + n/20 {
			for _, v := range bad {
				kept := x[i]
				if x[i] = v; allFinite(x) {
					t.Errorf("%v at %d of %d is taken for finite", v, i, n)
				}
				x[i] = kept
			}
		}
	}
}
