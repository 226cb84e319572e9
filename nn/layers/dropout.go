package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Dropout sets each input to 0 with probability Rate while training and scales
// the others up; otherwise it is the identity. The masks depend on the model's
// seed and the step alone, and are the same on every backend.
//
//	y = x / (1 - Rate), or 0        x, y: [rows, ...]
//
// Source: Srivastava et al. 2014.
type Dropout struct {
	Name       string
	Rate       float64 // 0 to below 1
	NoiseShape []int   // of the mask, the batch first: 1 is one for all of the axis, 0 the input's length; nil: all 0
}

// Check looks at the rate.
func (l Dropout) Check() error {
	if !(l.Rate >= 0 && l.Rate < 1) {
		return fmt.Errorf("field Rate is %v, want at least 0 and below 1", l.Rate)
	}
	return nil
}

// Build implements nn.Layer.
func (l Dropout) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return masked(l.Check(), l.Rate, l.NoiseShape, inputs, func(x, kept *graph.Tensor) *graph.Tensor {
		return graph.Select(kept, graph.Scale(x, float32(1/(1-l.Rate))), x.Const(0))
	})
}

// SpatialDropout1D sets whole features of a row to 0, the same at every step,
// with probability Rate while training, and scales the others up: neighbouring
// steps of a sequence resemble each other, so dropping single numbers would
// take little away.
//
//	x, y: [rows, steps, features]
//
// Source: Tompson et al. 2015.
type SpatialDropout1D struct {
	Name string
	Rate float64 // 0 to below 1
}

// Check looks at the rate.
func (l SpatialDropout1D) Check() error { return Dropout{Rate: l.Rate}.Check() }

// Build implements nn.Layer.
func (l SpatialDropout1D) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if _, err := rank(inputs, 2, "[steps, features]"); err != nil {
		return nil, err
	}
	return Dropout{Rate: l.Rate, NoiseShape: []int{0, 1, 0}}.Build(b, inputs...)
}

// masked is the Forward of a layer that drops inputs with probability rate while
// training: combine says what stands for x, of which those in kept are kept.
func masked(wrong error, rate float64, noise []int, inputs [][]int, combine func(x, kept *graph.Tensor) *graph.Tensor) (nn.Forward, error) {
	if wrong == nil && len(inputs) == 1 {
		wrong = checkNoise(noise, inputs[0])
	}
	return random(wrong, rate == 0, inputs, func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		mask := append([]int(nil), x.Shape()...)
		for i, d := range noise {
			if d == 1 {
				mask[i] = 1
			}
		}
		return combine(x, graph.LessEq(x.Const(float32(rate)), c.Random(mask...)))
	})
}

// checkNoise wants lengths that a mask of the input can have.
func checkNoise(noise, row []int) error {
	fits := len(noise) == 0 || len(noise) == len(row)+1
	for i, d := range noise {
		fits = fits && (d == 0 || d == 1 || i > 0 && d == row[i-1])
	}
	if !fits {
		return fmt.Errorf("field NoiseShape is %v for rows of shape %v, want a length for the batch and each axis: 0, 1 or the row's: %w", noise, row, nn.ErrShape)
	}
	return nil
}
