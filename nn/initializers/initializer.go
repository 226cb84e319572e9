// Package initializers has the values that weights start from.
package initializers

import "math/rand/v2"

// Initializer fills a new weight.
type Initializer interface {
	// Init sets every element of w, row-major of the given shape. All chance
	// comes from r, which is seeded by the model and differs for each weight.
	Init(w []float32, shape []int, r *rand.Rand) error
}
