package initializers

import (
	"fmt"
	"math/rand/v2"
)

// Zeros sets 0.
type Zeros struct{}

// Init sets every element.
func (Zeros) Init(w []float32, shape []int, r *rand.Rand) error { return Constant{0}.Init(w, shape, r) }

// Ones sets 1.
type Ones struct{}

// Init sets every element.
func (Ones) Init(w []float32, shape []int, r *rand.Rand) error { return Constant{1}.Init(w, shape, r) }

// Constant sets Value.
type Constant struct{ Value float64 }

// Init sets every element.
func (c Constant) Init(w []float32, _ []int, _ *rand.Rand) error {
	fill(w, func() float64 { return c.Value })
	return c.Check()
}

// Check wants a finite value.
func (c Constant) Check() error { return finite("Constant", c.Value) }

// Identity sets Gain on the diagonal of a matrix and 0 elsewhere.
type Identity struct {
	Gain float64 // 0: 1
}

// Init sets every element of a matrix.
func (i Identity) Init(w []float32, shape []int, _ *rand.Rand) error {
	if len(shape) != 2 {
		return fmt.Errorf("initializers: Identity is for matrices, got shape %v", shape)
	}
	if err := i.Check(); err != nil {
		return err
	}
	clear(w)
	gain := i.Gain
	if gain == 0 {
		gain = 1
	}
	for k := range min(shape[0], shape[1]) {
		w[k*shape[1]+k] = float32(gain)
	}
	return nil
}

// Check wants a finite gain.
func (i Identity) Check() error { return finite("Identity", i.Gain) }
