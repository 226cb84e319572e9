package layers

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// GaussianNoise adds normal noise while training; otherwise it is the identity.
//
//	y = x + StdDev n,  n ~ N(0, 1)  x, y: [rows, ...]
//
// Source: Keras' GaussianNoise; Bishop 1995 on noise as regularization.
type GaussianNoise struct {
	Name   string
	StdDev float64 `json:"stddev"` // at least 0
}

// Check looks at the deviation.
func (l GaussianNoise) Check() error {
	if !(l.StdDev >= 0) || math.IsInf(l.StdDev, 0) {
		return fmt.Errorf("field StdDev is %v, want a finite number of at least 0", l.StdDev)
	}
	return nil
}

// Build implements nn.Layer.
func (l GaussianNoise) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return random(l.Check(), l.StdDev == 0, inputs, func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		return graph.Add(x, graph.Scale(c.RandomNormal(x.Shape()...), float32(l.StdDev)))
	})
}

// GaussianDropout multiplies by normal noise around 1 while training, of the
// same mean and deviation as Dropout's masks; otherwise it is the identity.
//
//	y = x (1 + s n),  n ~ N(0, 1),  s = sqrt(Rate / (1 - Rate))
//
//	x, y: [rows, ...]
//
// Source: Srivastava et al. 2014, section 10.
type GaussianDropout struct {
	Name string
	Rate float64 // 0 to below 1
}

// Check looks at the rate.
func (l GaussianDropout) Check() error { return Dropout{Rate: l.Rate}.Check() }

// Build implements nn.Layer.
func (l GaussianDropout) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	deviation := float32(math.Sqrt(l.Rate / (1 - l.Rate)))
	return random(l.Check(), l.Rate == 0, inputs, func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		return graph.Mul(x, graph.Shift(graph.Scale(c.RandomNormal(x.Shape()...), deviation), 1))
	})
}

// AlphaDropout sets inputs to what a SELU gives for very negative numbers, with
// probability Rate while training, and scales the result so that mean and
// variance stay: dropout for networks of SELUs. Otherwise it is the identity.
//
//	y = a (x or p) + b,  p = -1.0507 * 1.6733,
//	a = ((1 - Rate) (1 + Rate p^2))^(-1/2),  b = -a p Rate
//
//	x, y: [rows, ...]
//
// Source: Klambauer et al. 2017.
type AlphaDropout struct {
	Name       string
	Rate       float64 // 0 to below 1
	NoiseShape []int   // as in Dropout
}

// Check looks at the rate.
func (l AlphaDropout) Check() error { return Dropout{Rate: l.Rate}.Check() }

// Build implements nn.Layer.
func (l AlphaDropout) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	const p = -1.0507009873554805 * 1.6732632423543772
	a := 1 / math.Sqrt((1-l.Rate)*(1+l.Rate*p*p))
	b := -a * p * l.Rate
	return masked(l.Check(), l.Rate, l.NoiseShape, inputs, func(x, kept *graph.Tensor) *graph.Tensor {
		return graph.Shift(graph.Scale(graph.Select(kept, x, x.Const(p)), float32(a)), float32(b))
	})
}

// random is the Forward of a layer that is the identity outside of training,
// and in training, too, when off. wrong is what Check found.
func random(wrong error, off bool, inputs [][]int, noisy func(c *nn.Call, x *graph.Tensor) *graph.Tensor) (nn.Forward, error) {
	if wrong != nil {
		return nil, wrong
	}
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		if off || !c.Training {
			return x
		}
		return noisy(c, floats(x))
	}), nil
}
