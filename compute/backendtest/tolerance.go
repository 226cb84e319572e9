package backendtest

import "math"

const (
	// eps is half the distance from 1 to the next float32: the relative error of
	// one rounding.
	eps = 1.0 / (1 << 24)
	// tiny is the smallest normal float32. GPUs and some BLAS libraries take
	// smaller numbers for zero, so two results that are both below it are equal.
	tiny = 0x1p-126
)

// tolerance is how far a result may be from the correctly rounded one.
type tolerance struct {
	ulps  float64 // in units of the last place of the result
	scale float64 // in roundings (eps) of the size of the numbers that went into it
}

// exact is for results that every order of float32 operations gets right.
var exact = tolerance{}

// ulp is the distance between float32 neighbours at x.
func ulp(x float64) float64 {
	if x = math.Abs(x); x < tiny {
		return tiny / (1 << 23)
	}
	_, e := math.Frexp(min(x, math.MaxFloat32))
	return math.Ldexp(1, e-24)
}

// accepts says whether got stands for want; scale is the size of the terms.
func (t tolerance) accepts(got float32, want, scale float64) bool {
	g, w := float64(got), float64(float32(want))
	slack := tiny + t.ulps*ulp(want)
	if t.scale > 0 && !math.IsInf(scale, 0) {
		slack += t.scale * eps * scale
	}
	switch {
	case math.IsNaN(want):
		return math.IsNaN(g)
	case g == w:
		return true
	case math.IsInf(want, 0) || math.IsNaN(g):
		return false
	case math.IsInf(w, 0): // want is finite and too large for a float32
		return !math.IsInf(g, 0) && math.Abs(want-g) <= slack
	case math.IsInf(g, 0):
		return (g > 0) == (want > 0) && math.Abs(want)+slack > math.MaxFloat32
	}
	return math.Abs(g-w) <= slack
}
