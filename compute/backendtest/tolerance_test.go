package backendtest

import (
	"math"
	"testing"
)

func TestTolerance(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	next := func(x float32, steps int) float32 { return math.Float32frombits(math.Float32bits(x) + uint32(steps)) }
	for _, c := range []struct {
		name  string
		tol   tolerance
		got   float32
		want  float64
		scale float64
		ok    bool
	}{
		{"equal", exact, 1, 1, 0, true},
		{"correctly rounded", exact, 0.1, 0.1, 0, true},
		{"one unit off", exact, next(1, 1), 1, 0, false},
		{"one unit allowed", tolerance{ulps: 1}, next(1, 1), 1, 0, true},
		{"two units off", tolerance{ulps: 1}, next(1, 2), 1, 0, false},
		{"just below a power of two", tolerance{ulps: 1}, next(2, -1), 2, 0, true},
		{"of the terms' size", tolerance{scale: 2}, 1e-6, 0, 10, true},
		{"beyond the terms' size", tolerance{scale: 2}, 1e-5, 0, 10, false},
		{"zeros of both signs", exact, float32(math.Copysign(0, -1)), 0, 0, true},
		{"taken for zero", exact, 0, 1e-40, 0, true},
		{"small but normal", exact, 0, 2e-38, 0, false},
		{"NaN", exact, float32(nan), nan, 0, true},
		{"NaN expected", exact, 1, nan, 0, false},
		{"NaN found", tolerance{ulps: 1e9, scale: 1e9}, float32(nan), 1, 1, false},
		{"NaN for Inf", exact, float32(nan), inf, 0, false},
		{"Inf", exact, float32(inf), inf, 0, true},
		{"Inf of the other sign", tolerance{ulps: 1e9}, float32(-inf), inf, 0, false},
		{"the largest float for Inf", tolerance{ulps: 1e9}, math.MaxFloat32, inf, 0, false},
		{"Inf for a small number", tolerance{ulps: 1e6}, float32(inf), 1, 0, false},
		{"overflow", exact, float32(inf), 1e39, 0, true},
		{"overflow of the other sign", exact, float32(-inf), 1e39, 0, false},
		{"no overflow", exact, math.MaxFloat32, 1e39, 0, false},
		{"overflow within the tolerance", tolerance{ulps: 4}, float32(inf), math.MaxFloat32, 0, true},
		{"overflow outside it", tolerance{ulps: 4}, float32(inf), math.MaxFloat32 * 0.99, 0, false},
		{"infinite terms allow nothing", tolerance{scale: 4}, 2, 1, inf, false},
	} {
		if got := c.tol.accepts(c.got, c.want, c.scale); got != c.ok {
			t.Errorf("%s: %g for %g with %+v of %g: %v, want %v", c.name, c.got, c.want, c.tol, c.scale, got, c.ok)
		}
	}
	for x, want := range map[float64]float64{1: 0x1p-23, 1.99: 0x1p-23, 2: 0x1p-22, -1: 0x1p-23, 0.75: 0x1p-24, 0: 0x1p-149, 1e-45: 0x1p-149, 1e300: 0x1p104} {
		if got := ulp(x); got != want {
			t.Errorf("ulp(%g) = %g, want %g", x, got, want)
		}
	}
}
