// Package initializers has the values that weights start from, in Keras' names
// and with Keras' defaults.
package initializers

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Initializer fills a new weight.
type Initializer interface {
	// Init sets every element of w, row-major of the given shape. All chance
	// comes from r, which is seeded by the model and differs for each weight.
	Init(w []float32, shape []int, r *rand.Rand) error
}

// fill sets every element to what next gives.
func fill(w []float32, next func() float64) {
	for i := range w {
		w[i] = float32(next())
	}
}

// truncated draws from a normal distribution without what lies more than two
// deviations from the mean.
func truncated(r *rand.Rand, mean, deviation float64) func() float64 {
	return func() float64 {
		for {
			if x := r.NormFloat64(); math.Abs(x) <= 2 {
				return mean + deviation*x
			}
		}
	}
}

// finite wants numbers that are.
func finite(who string, xs ...float64) error {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("initializers: %s: %v is not a finite number", who, x)
		}
	}
	return nil
}
