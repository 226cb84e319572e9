package initializers

import (
	"fmt"
	"math/rand/v2"
)

// RandomNormal draws from a normal distribution.
type RandomNormal struct {
	Mean   float64
	StdDev float64 // at least 0; 0: 0.05
}

// Init draws every element.
func (n RandomNormal) Init(w []float32, _ []int, r *rand.Rand) error {
	if err := n.Check(); err != nil {
		return err
	}
	sigma := deviation(n.StdDev)
	fill(w, func() float64 { return n.Mean + sigma*r.NormFloat64() })
	return nil
}

// Check wants a deviation of 0 or more.
func (n RandomNormal) Check() error { return checkNormal("RandomNormal", n.Mean, n.StdDev) }

// TruncatedNormal draws from a normal distribution and draws again what lies
// more than two deviations from the mean.
type TruncatedNormal struct {
	Mean   float64
	StdDev float64 // before truncation, at least 0; 0: 0.05
}

// Init draws every element.
func (n TruncatedNormal) Init(w []float32, _ []int, r *rand.Rand) error {
	if err := n.Check(); err != nil {
		return err
	}
	fill(w, truncated(r, n.Mean, deviation(n.StdDev)))
	return nil
}

// Check wants a deviation of 0 or more.
func (n TruncatedNormal) Check() error { return checkNormal("TruncatedNormal", n.Mean, n.StdDev) }

func deviation(x float64) float64 {
	if x == 0 {
		return 0.05
	}
	return x
}

func checkNormal(who string, mean, deviation float64) error {
	if deviation < 0 {
		return fmt.Errorf("initializers: %s: StdDev is %v, want at least 0", who, deviation)
	}
	return finite(who, mean, deviation)
}

// RandomUniform draws evenly from [Min, Max); both 0 are -0.05 and 0.05.
type RandomUniform struct{ Min, Max float64 }

// Init draws every element.
func (u RandomUniform) Init(w []float32, _ []int, r *rand.Rand) error {
	if err := u.Check(); err != nil {
		return err
	}
	low, high := u.Min, u.Max
	if low == 0 && high == 0 {
		low, high = -0.05, 0.05
	}
	fill(w, func() float64 { return low + (high-low)*r.Float64() })
	return nil
}

// Check wants Min not above Max.
func (u RandomUniform) Check() error {
	if u.Min > u.Max {
		return fmt.Errorf("initializers: RandomUniform: Min %v is above Max %v", u.Min, u.Max)
	}
	return finite("RandomUniform", u.Min, u.Max)
}
