package layers

import (
	"slices"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// LayerNormalization brings every row by itself to mean 0 and deviation 1 along
// some axes, and then each feature to a mean and deviation that are learned.
//
//	y = gamma (x - mean(x)) / sqrt(variance(x) + Epsilon) + beta
//
//	x, y                            [rows, ..., features]
//	gamma, beta                     the lengths of Axes, [features] by default
//
// It does the same in training and in Predict. Source: Ba et al. 2016.
type LayerNormalization struct {
	Name     string
	Axes     []int    // the batch is axis 0; nil: the last one
	Epsilon  *float64 // above 0; nil: 0.001
	NoCenter bool     // no beta
	NoScale  bool     // no gamma

	BetaInitializer  initializers.Initializer // nil: zeros
	GammaInitializer initializers.Initializer // nil: ones
	BetaRegularizer  regularizers.Regularizer
	GammaRegularizer regularizers.Regularizer
	BetaConstraint   constraints.Constraint
	GammaConstraint  constraints.Constraint
}

// Check looks at the ranges.
func (l LayerNormalization) Check() error { return checkEpsilon(l.Epsilon) }

// Build implements nn.Layer.
func (l LayerNormalization) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	axes, shape, err := normalized(l.Check(), l.Axes, inputs)
	if err != nil {
		return nil, err
	}
	scale := affine{noCenter: l.NoCenter, noScale: l.NoScale,
		beta:  nn.WeightSpec{Init: l.BetaInitializer, Regularizer: l.BetaRegularizer, Constraint: l.BetaConstraint},
		gamma: nn.WeightSpec{Init: l.GammaInitializer, Regularizer: l.GammaRegularizer, Constraint: l.GammaConstraint},
	}.build(b, axes, shape)
	epsilon := float32(or(l.Epsilon, 1e-3))
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		y, _, _ := standardize(floats(x), axes, epsilon)
		return scale(c, y)
	}), nil
}

// RMSNormalization brings every row by itself to a mean square of 1 along some
// axes, without moving its mean, and scales each feature.
//
//	y = scale x / sqrt(mean(x^2) + Epsilon)
//
//	x, y    [rows, ..., features]
//	scale   the lengths of Axes, [features] by default; ones at first
//
// Source: Zhang & Sennrich 2019.
type RMSNormalization struct {
	Name    string
	Axes    []int    // the batch is axis 0; nil: the last one
	Epsilon *float64 // above 0; nil: 1e-6
}

// Check looks at the range.
func (l RMSNormalization) Check() error { return checkEpsilon(l.Epsilon) }

// Build implements nn.Layer.
func (l RMSNormalization) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	axes, shape, err := normalized(l.Check(), l.Axes, inputs)
	if err != nil {
		return nil, err
	}
	scale := b.Weight(nn.WeightSpec{Name: "scale", Shape: shape, Init: initializers.Ones{}})
	epsilon := float32(or(l.Epsilon, 1e-6))
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		root := deviation(average(graph.Square(x), axes), epsilon)
		return graph.Mul(graph.Div(x, root), along(c.Read(scale), x, axes))
	}), nil
}

// UnitNormalization scales every row by itself to length 1 along some axes; a
// row of zeros stays.
//
//	y = x / max(sqrt(sum(x^2)), 1e-12)      x, y: [rows, ...]
type UnitNormalization struct {
	Name string
	Axes []int // the batch is axis 0; nil: the last one
}

// Build implements nn.Layer.
func (l UnitNormalization) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	axes, _, err := normalized(nil, l.Axes, inputs)
	if err != nil {
		return nil, err
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return unit(floats(x), axes...) }), nil
}

// unit is x scaled to length 1 along axes.
func unit(x *graph.Tensor, axes ...int) *graph.Tensor {
	squares := graph.SumKeep(graph.Square(x), axes...)
	return graph.Div(x, graph.Sqrt(graph.Max(squares, x.Const(1e-24))))
}

// normalized is what the layers here begin with: the settings that Check found
// wrong, if any; else the axes, sorted, and their lengths.
func normalized(wrong error, wanted []int, inputs [][]int) (axes, shape []int, err error) {
	if wrong != nil {
		return nil, nil, wrong
	}
	in, err := one(inputs)
	if err != nil {
		return nil, nil, err
	}
	if axes, err = axesOf(wanted, in); err != nil {
		return nil, nil, err
	}
	slices.Sort(axes)
	for _, a := range axes {
		shape = append(shape, in[a-1])
	}
	return axes, shape, nil
}
