package nn

import (
	"math"
	"testing"
)

func TestAllFinite(t *testing.T) {
	bad := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	for n := range 20 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i%3-1) * math.MaxFloat32
		}
		if !allFinite(x) {
			t.Errorf("%v is taken for not finite", x)
		}
		for i := range x {
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
