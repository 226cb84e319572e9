package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Dropout sets each input to 0 with probability Rate while training and scales
// the others by 1/(1-Rate); otherwise it is the identity (Srivastava et al.
// 2014). The masks depend on the model's seed and the step alone, and are the
// same on every backend.
type Dropout struct {
	Rate float64 // in [0, 1)
	Name string
}

// Build implements nn.Layer.
func (d Dropout) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if !(d.Rate >= 0 && d.Rate < 1) {
		return nil, fmt.Errorf("Rate is %v, want at least 0 and below 1", d.Rate)
	}
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		x := inputs[0]
		if !c.Training || d.Rate == 0 {
			return x
		}
		keep := graph.LessEq(x.Const(float32(d.Rate)), c.Random(x.Shape()...))
		return graph.Select(keep, graph.Scale(x, float32(1/(1-d.Rate))), x.Const(0))
	}, nil
}
