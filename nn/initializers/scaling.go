package initializers

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Mode is the number that VarianceScaling divides by.
type Mode string

// The modes, by Keras' names.
const (
	FanIn  Mode = "fan_in"  // inputs of a unit
	FanOut Mode = "fan_out" // outputs that a unit goes to
	FanAvg Mode = "fan_avg" // mean of the two
)

// Distribution is the shape that VarianceScaling draws from.
type Distribution string

// The distributions, by Keras' names.
const (
	Truncated   Distribution = "truncated_normal"
	Untruncated Distribution = "untruncated_normal"
	Uniform     Distribution = "uniform"
)

// VarianceScaling draws with mean 0 and variance Scale / n, where n is chosen by
// Mode from a weight's fans: a kernel of shape [in, out] has fan-in in and
// fan-out out; further axes in front (a window) multiply both.
type VarianceScaling struct {
	Scale        float64      // above 0; 0: 1
	Mode         Mode         // "": FanIn
	Distribution Distribution // "": Truncated
}

// fans counts what a unit is fed by and feeds.
func fans(shape []int) (in, out float64) {
	switch n := len(shape); n {
	case 0:
		return 1, 1
	case 1:
		return float64(shape[0]), float64(shape[0])
	default:
		field := 1.0
		for _, d := range shape[:n-2] {
			field *= float64(d)
		}
		return field * float64(shape[n-2]), field * float64(shape[n-1])
	}
}

// Init draws every element.
func (v VarianceScaling) Init(w []float32, shape []int, r *rand.Rand) error {
	if err := v.Check(); err != nil {
		return err
	}
	scale := v.Scale
	if scale == 0 {
		scale = 1
	}
	in, out := fans(shape)
	switch v.Mode {
	case FanOut:
		scale /= max(1, out)
	case FanAvg:
		scale /= max(1, (in+out)/2)
	default:
		scale /= max(1, in)
	}
	sigma := math.Sqrt(scale)
	switch v.Distribution {
	case Uniform:
		limit := math.Sqrt(3) * sigma
		fill(w, func() float64 { return limit * (2*r.Float64() - 1) })
	case Untruncated:
		fill(w, func() float64 { return sigma * r.NormFloat64() })
	default:
		// The deviation that a standard normal has left when it is cut at 2.
		fill(w, truncated(r, 0, sigma/0.87962566103423978))
	}
	return nil
}

// Check wants a scale of 0 or more, and names that exist.
func (v VarianceScaling) Check() error {
	switch v.Mode {
	case "", FanIn, FanOut, FanAvg:
	default:
		return fmt.Errorf("initializers: VarianceScaling: Mode is %q, want %q, %q or %q", v.Mode, FanIn, FanOut, FanAvg)
	}
	switch v.Distribution {
	case "", Truncated, Untruncated, Uniform:
	default:
		return fmt.Errorf("initializers: VarianceScaling: Distribution is %q, want %q, %q or %q", v.Distribution, Truncated, Untruncated, Uniform)
	}
	if v.Scale < 0 {
		return fmt.Errorf("initializers: VarianceScaling: Scale is %v, want at least 0", v.Scale)
	}
	return finite("VarianceScaling", v.Scale)
}

// GlorotUniform draws evenly from +-sqrt(6 / (in + out)): Keras' default for
// kernels (Glorot & Bengio 2010, eq. 16).
type GlorotUniform struct{}

// Init draws every element.
func (GlorotUniform) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{1, FanAvg, Uniform}.Init(w, shape, r)
}

// GlorotNormal draws from a truncated normal of variance 2 / (in + out) (Glorot
// & Bengio 2010).
type GlorotNormal struct{}

// Init draws every element.
func (GlorotNormal) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{1, FanAvg, Truncated}.Init(w, shape, r)
}

// HeUniform draws evenly from +-sqrt(6 / in), for ReLU layers (He et al. 2015).
type HeUniform struct{}

// Init draws every element.
func (HeUniform) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{2, FanIn, Uniform}.Init(w, shape, r)
}

// HeNormal draws from a truncated normal of variance 2 / in, for ReLU layers (He
// et al. 2015).
type HeNormal struct{}

// Init draws every element.
func (HeNormal) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{2, FanIn, Truncated}.Init(w, shape, r)
}

// LecunUniform draws evenly from +-sqrt(3 / in) (LeCun et al. 1998).
type LecunUniform struct{}

// Init draws every element.
func (LecunUniform) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{1, FanIn, Uniform}.Init(w, shape, r)
}

// LecunNormal draws from a truncated normal of variance 1 / in: the start that
// SELU needs (LeCun et al. 1998; Klambauer et al. 2017).
type LecunNormal struct{}

// Init draws every element.
func (LecunNormal) Init(w []float32, shape []int, r *rand.Rand) error {
	return VarianceScaling{1, FanIn, Truncated}.Init(w, shape, r)
}
