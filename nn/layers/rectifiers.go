package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// ReLU is a rectifier with a ceiling, a slope below and a threshold.
//
//	y = MaxValue                           for x >= MaxValue
//	y = x                                  for Threshold <= x < MaxValue
//	y = NegativeSlope (x - Threshold)      for x < Threshold
//
//	x, y: [rows, ...]
type ReLU struct {
	Name          string
	MaxValue      *float64 // at least 0; nil: none
	NegativeSlope float64  // at least 0
	Threshold     float64  // at least 0
}

// Check looks at the ranges.
func (l ReLU) Check() error {
	if m := or(l.MaxValue, 0); !(m >= 0 && l.NegativeSlope >= 0 && l.Threshold >= 0) {
		return fmt.Errorf("field MaxValue is %v, NegativeSlope %v and Threshold %v, want at least 0 each", m, l.NegativeSlope, l.Threshold)
	}
	return nil
}

// Build implements nn.Layer.
func (l ReLU) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	return elementwise(inputs, func(x *graph.Tensor) *graph.Tensor {
		y := graph.Relu(x)
		if l.Threshold != 0 || l.NegativeSlope != 0 {
			below := graph.Scale(graph.Shift(x, float32(-l.Threshold)), float32(l.NegativeSlope))
			y = graph.Select(graph.Less(x, x.Const(float32(l.Threshold))), below, x)
		}
		if l.MaxValue != nil {
			y = graph.Min(y, x.Const(float32(*l.MaxValue)))
		}
		return y
	})
}

// LeakyReLU lets a little through below 0.
//
//	y = x for x > 0, else NegativeSlope x      x, y: [rows, ...]
//
// Keras' default slope is 0.3 in the layer and 0.2 in the activation. Source:
// Maas et al. 2013.
type LeakyReLU struct {
	Name          string
	NegativeSlope *float64 // at least 0; nil: 0.3
}

// Check looks at the slope.
func (l LeakyReLU) Check() error {
	if s := or(l.NegativeSlope, 0.3); !(s >= 0) {
		return fmt.Errorf("field NegativeSlope is %v, want at least 0", s)
	}
	return nil
}

// Build implements nn.Layer.
func (l LeakyReLU) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	return elementwise(inputs, activations.LeakyReLU{NegativeSlope: new(or(l.NegativeSlope, 0.3))}.Apply)
}

// ELU bends towards -Alpha below 0.
//
//	y = x for x > 0, else Alpha (e^x - 1)      x, y: [rows, ...]
//
// Source: Clevert et al. 2016.
type ELU struct {
	Name  string
	Alpha *float64 // nil: 1
}

// Build implements nn.Layer.
func (l ELU) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return elementwise(inputs, activations.ELU{Alpha: l.Alpha}.Apply)
}

// PReLU is a leaky rectifier whose slopes are learned.
//
//	y = x for x > 0, else alpha x              x, y: [rows, ...]
//
//	alpha   a row's shape, with length 1 along SharedAxes; zeros by default
//
// Source: He et al. 2015.
type PReLU struct {
	Name       string
	SharedAxes []int // along which one slope serves all; the batch is axis 0

	AlphaInitializer initializers.Initializer // nil: zeros
	AlphaRegularizer regularizers.Regularizer
	AlphaConstraint  constraints.Constraint
}

// Build implements nn.Layer.
func (l PReLU) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	shape := append([]int(nil), in...)
	if len(l.SharedAxes) > 0 {
		shared, err := axesOf(l.SharedAxes, in)
		if err != nil {
			return nil, err
		}
		for _, a := range shared {
			shape[a-1] = 1
		}
	}
	alpha := b.Weight(nn.WeightSpec{Name: "alpha", Shape: shape, Init: l.AlphaInitializer,
		Regularizer: l.AlphaRegularizer, Constraint: l.AlphaConstraint})
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		return graph.Sub(graph.Relu(x), graph.Mul(c.Read(alpha), graph.Relu(graph.Neg(x))))
	}), nil
}

// elementwise is the Forward of a layer that is a function of each element.
func elementwise(inputs [][]int, f func(x *graph.Tensor) *graph.Tensor) (nn.Forward, error) {
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return f(floats(x)) }), nil
}
