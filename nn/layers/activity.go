package layers

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// ActivityRegularization is the identity and adds to the loss what its input
// costs, each row's share of it.
//
//	loss += (L1 sum |x| + L2 sum x^2) / rows        y = x: [rows, ...]
type ActivityRegularization struct {
	Name   string
	L1, L2 float64 // at least 0
}

// Check looks at the factors.
func (l ActivityRegularization) Check() error {
	for _, f := range []float64{l.L1, l.L2} {
		if !(f >= 0) || math.IsInf(f, 0) {
			return fmt.Errorf("field L1 is %v and L2 %v, want finite numbers of at least 0", l.L1, l.L2)
		}
	}
	return nil
}

// Build implements nn.Layer.
func (l ActivityRegularization) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		penalize(c, regularizers.L1L2{L1: l.L1, L2: l.L2}, x)
		return x
	}), nil
}

// penalize adds to the loss what x costs, each row's share of it.
func penalize(c *nn.Call, r regularizers.Regularizer, x *graph.Tensor) {
	c.AddLoss(graph.Scale(r.Penalty(x), 1/float32(x.Shape()[0])))
}
