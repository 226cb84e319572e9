package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// BatchNormalization brings every feature to mean 0 and deviation 1 over the
// batch, and then to a mean and deviation that are learned.
//
//	y = gamma (x - mean) / sqrt(variance + Epsilon) + beta
//
//	x, y                            [rows, ..., features]
//	gamma, beta                     [features], trained
//	moving_mean, moving_variance    [features], state
//
// In training, mean and variance are those of the batch (over all axes but the
// feature's; variance as numpy.var), and the state follows them:
//
//	moving = Momentum moving + (1 - Momentum) batch
//
// Else, and in a layer frozen by SetTrainable, they are the state.
//
// Source: Ioffe & Szegedy 2015.
type BatchNormalization struct {
	Name     string
	Axis     int      // of the features; the batch is axis 0; 0 stands for the last axis
	Momentum *float64 // 0 to 1; nil: 0.99
	Epsilon  *float64 // above 0; nil: 0.001
	NoCenter bool     // no beta
	NoScale  bool     // no gamma

	BetaInitializer           initializers.Initializer // nil: zeros
	GammaInitializer          initializers.Initializer // nil: ones
	MovingMeanInitializer     initializers.Initializer // nil: zeros
	MovingVarianceInitializer initializers.Initializer // nil: ones
	BetaRegularizer           regularizers.Regularizer
	GammaRegularizer          regularizers.Regularizer
	BetaConstraint            constraints.Constraint
	GammaConstraint           constraints.Constraint
}

// Check looks at the ranges.
func (l BatchNormalization) Check() error {
	if m := or(l.Momentum, 0.99); !(m >= 0 && m <= 1) {
		return fmt.Errorf("field Momentum is %v, want 0 to 1", m)
	}
	return checkEpsilon(l.Epsilon)
}

func checkEpsilon(epsilon *float64) error {
	if e := or(epsilon, 1); !(e > 0 && e <= 1) {
		return fmt.Errorf("field Epsilon is %v, want above 0 and at most 1", e)
	}
	return nil
}

// Build implements nn.Layer.
func (l BatchNormalization) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	axis, err := axisOf(l.Axis, in)
	if err != nil {
		return nil, err
	}
	axes, shape := []int{axis}, []int{in[axis-1]}
	scale := affine{noCenter: l.NoCenter, noScale: l.NoScale,
		beta:  nn.WeightSpec{Init: l.BetaInitializer, Regularizer: l.BetaRegularizer, Constraint: l.BetaConstraint},
		gamma: nn.WeightSpec{Init: l.GammaInitializer, Regularizer: l.GammaRegularizer, Constraint: l.GammaConstraint},
	}.build(b, axes, shape)
	mean := b.Weight(nn.WeightSpec{Name: "moving_mean", Shape: shape, NonTrainable: true, Init: l.MovingMeanInitializer})
	variance := b.Weight(nn.WeightSpec{Name: "moving_variance", Shape: shape, NonTrainable: true, Init: orOnes(l.MovingVarianceInitializer)})
	epsilon, momentum := float32(or(l.Epsilon, 1e-3)), float32(or(l.Momentum, 0.99))
	follow := func(c *nn.Call, state *nn.Weight, batch *graph.Tensor) {
		batch = graph.Reshape(batch, shape...)
		c.Assign(state, graph.Add(graph.Scale(c.Read(state), momentum), graph.Scale(batch, 1-momentum)))
	}
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		if !c.Training || !c.Trainable() {
			y := graph.Sub(x, along(c.Read(mean), x, axes))
			return scale(c, graph.Div(y, along(deviation(c.Read(variance), epsilon), x, axes)))
		}
		y, m, v := standardize(x, others(axes, x.Rank()), epsilon)
		follow(c, mean, m)
		follow(c, variance, v)
		return scale(c, y)
	}), nil
}

// deviation is the root of a variance, kept away from 0.
func deviation(variance *graph.Tensor, epsilon float32) *graph.Tensor {
	return graph.Sqrt(graph.Shift(variance, epsilon))
}

// standardize is (x - mean) / sqrt(variance + epsilon) with mean and variance
// over the given axes, which they keep at length 1.
func standardize(x *graph.Tensor, over []int, epsilon float32) (y, mean, variance *graph.Tensor) {
	mean = average(x, over)
	// The variance does not change with the mean: the distances to it add up to
	// 0. So no gradient has to go that way.
	variance = average(graph.Square(graph.Sub(x, graph.StopGradient(mean))), over)
	return graph.Div(graph.Sub(x, mean), deviation(variance, epsilon)), mean, variance
}

// average is the mean over axes, which stay with length 1. It scales the sums,
// of which there are few, rather than x.
func average(x *graph.Tensor, over []int) *graph.Tensor {
	sum := graph.SumKeep(x, over...)
	return graph.Scale(sum, float32(sum.Size())/float32(x.Size()))
}
