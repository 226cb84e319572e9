package initializers

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Orthogonal sets a matrix whose columns (or rows, if there are fewer) have
// length Gain and stand at right angles to each other, drawn evenly among all
// such. The axes before the last count as rows. (Saxe et al. 2014.)
type Orthogonal struct {
	Gain float64 // 0: 1
}

// Init draws a matrix of normal numbers and orthogonalizes it.
func (o Orthogonal) Init(w []float32, shape []int, r *rand.Rand) error {
	if len(shape) < 2 {
		return fmt.Errorf("initializers: Orthogonal needs at least two axes, got shape %v", shape)
	}
	if err := o.Check(); err != nil {
		return err
	}
	gain := o.Gain
	if gain == 0 {
		gain = 1
	}
	cols := shape[len(shape)-1]
	rows := 1
	for _, d := range shape[:len(shape)-1] {
		rows *= d
	}
	vectors := make([][]float64, min(rows, cols))
	for i := range vectors {
		vectors[i] = direction(vectors[:i], max(rows, cols), r)
	}
	for i, v := range vectors {
		for j, x := range v {
			at := j*cols + i
			if rows < cols {
				at = i*cols + j
			}
			w[at] = float32(gain * x)
		}
	}
	return nil
}

// direction is a random vector of length 1 at right angles to others, by
// Gram-Schmidt. (The factor R of that has a positive diagonal, which is the
// correction of signs that Keras makes after its QR.)
func direction(others [][]float64, n int, r *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	// Rounding leaves a rest after the first pass; a second takes it away.
	for range 2 {
		for _, u := range others {
			dot := 0.0
			for i := range v {
				dot += u[i] * v[i]
			}
			for i := range v {
				v[i] -= dot * u[i]
			}
		}
		length := 0.0
		for _, x := range v {
			length += x * x
		}
		length = math.Sqrt(length)
		for i := range v {
			v[i] /= length
		}
	}
	return v
}

// Check wants a finite gain.
func (o Orthogonal) Check() error { return finite("Orthogonal", o.Gain) }
