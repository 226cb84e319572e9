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
	if err := l.Check(); err != nil {
		return nil, err
	}
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		if !c.Training || l.Rate == 0 {
			return x
		}
		x = floats(x)
		keep := graph.LessEq(x.Const(float32(l.Rate)), c.Random(x.Shape()...))
		return graph.Select(keep, graph.Scale(x, float32(1/(1-l.Rate))), x.Const(0))
	}), nil
}
