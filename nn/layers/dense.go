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

// Dense connects every input to every unit, with weights between them.
//
//	y = activation(x kernel + bias)
//
//	x       [rows, ..., inputs]
//	kernel  [inputs, Units]         Glorot uniform by default
//	bias    [Units]                 zeros by default
//	y       [rows, ..., Units]
//
// Source: Rosenblatt 1958; Keras' Dense.
type Dense struct {
	Name       string
	Units      int
	Activation activations.Activation // nil: linear
	NoBias     bool

	KernelInitializer   initializers.Initializer // nil: Glorot uniform
	BiasInitializer     initializers.Initializer // nil: zeros
	KernelRegularizer   regularizers.Regularizer
	BiasRegularizer     regularizers.Regularizer
	ActivityRegularizer regularizers.Regularizer // of y, over the batch size
	KernelConstraint    constraints.Constraint
	BiasConstraint      constraints.Constraint
}

// Check looks at the sizes.
func (l Dense) Check() error {
	if l.Units <= 0 {
		return fmt.Errorf("field Units is %d, want at least 1", l.Units)
	}
	return nil
}

// Build implements nn.Layer.
func (l Dense) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 {
		return nil, fmt.Errorf("input rows are single numbers, want a column, shape [1]: %w", nn.ErrShape)
	}
	init := l.KernelInitializer
	if init == nil {
		init = initializers.GlorotUniform{}
	}
	kernel := b.Weight(nn.WeightSpec{Name: "kernel", Shape: []int{in[len(in)-1], l.Units}, Init: init,
		Regularizer: l.KernelRegularizer, Constraint: l.KernelConstraint})
	var bias *nn.Weight
	if !l.NoBias {
		bias = b.Weight(nn.WeightSpec{Name: "bias", Shape: []int{l.Units}, Init: l.BiasInitializer,
			Regularizer: l.BiasRegularizer, Constraint: l.BiasConstraint})
	}
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		shape := append([]int(nil), x.Shape()...)
		if n := shape[len(shape)-1]; n != in[len(in)-1] {
			c.Graph.Fail("input has %d columns, want %d: %w", n, in[len(in)-1], nn.ErrShape)
			return x
		}
		flat := x
		if len(shape) > 2 {
			// As one matrix, so that bias and activation follow the product
			// directly.
			flat = graph.Reshape(x, product(shape[:len(shape)-1]), shape[len(shape)-1])
		}
		y := graph.MatMul(flat, c.Read(kernel))
		if bias != nil {
			y = graph.Add(y, c.Read(bias))
		}
		y = activations.Apply(l.Activation, y)
		if len(shape) > 2 {
			y = graph.Reshape(y, append(shape[:len(shape)-1:len(shape)-1], y.Shape()[1:]...)...)
		}
		if l.ActivityRegularizer != nil {
			penalize(c, l.ActivityRegularizer, y)
		}
		return y
	}), nil
}
