package graphtest

import (
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// Number is the value of a word on a device; truth values are floats there.
func Number(typ compute.Type, w uint32) float64 {
	if typ == compute.Int {
		return float64(int32(w))
	}
	return float64(math.Float32frombits(w))
}

// Near wants got to be want within rel times |want| plus abs, NaN and
// infinities to be the same.
func Near(t testing.TB, what string, got, want []float64, rel, abs float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if !near(got[i], want[i], rel, abs) {
			t.Errorf("%s [%d]: got %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

func near(got, want, rel, abs float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return got == want || math.IsNaN(got) && math.IsNaN(want)
	}
	return math.Abs(got-want) <= rel*math.Abs(want)+abs
}

// Slope is the derivative of a float64 function by central differences,
// extrapolated (Richardson): its error is about 1e-10 of f's size.
func Slope(f func(x float64) float64, x float64) float64 {
	d := func(h float64) float64 { return (f(x+h) - f(x-h)) / (2 * h) }
	h := 1e-5 * max(1, math.Abs(x))
	return (4*d(h/2) - d(h)) / 3
}

// MistakeOf is the error that a graph keeps of building something.
func MistakeOf(build func(g *graph.Graph)) error {
	g := graph.New()
	build(g)
	return g.Err()
}
