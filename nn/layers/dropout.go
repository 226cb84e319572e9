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
	Name string
	Rate float64 // 0 to below 1
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
	return random(l.Check(), l.Rate == 0, inputs, func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		return drop(c, x, l.Rate, x.Shape())
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
func (l SpatialDropout1D) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if _, err := rank(inputs, 2, "[steps, features]"); err != nil {
		return nil, err
	}
	return random(l.Check(), l.Rate == 0, inputs, func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		return drop(c, x, l.Rate, []int{x.Shape()[0], 1, x.Shape()[2]})
	})
}

// drop is x scaled up, or 0 where a random number of a tensor of the mask's
// shape is below rate.
func drop(c *nn.Call, x *graph.Tensor, rate float64, mask []int) *graph.Tensor {
	kept := graph.LessEq(x.Const(float32(rate)), c.Random(mask...))
	return graph.Select(kept, graph.Scale(x, float32(1/(1-rate))), x.Const(0))
}
