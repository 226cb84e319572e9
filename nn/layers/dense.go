// Package layers has the parts that networks are made of. A layer is plain
// configuration; what it computes is written once, on symbolic tensors, and
// its gradient is derived.
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

// Dense is y = activation(x W + b): every output sees every input.
//
// x is [batch, ..., in], W (kernel) [in, Units], b (bias) [Units], y
// [batch, ..., Units]. The kernel starts as Glorot uniform and the bias as
// zeros, as in Keras.
type Dense struct {
	Units      int                    // number of outputs, at least 1
	Activation activations.Activation // nil is linear
	NoBias     bool                   // leave b out
	Name       string                 // "" counts: dense, dense_1, ...

	KernelInitializer   initializers.Initializer // nil is GlorotUniform
	BiasInitializer     initializers.Initializer // nil is Zeros
	KernelRegularizer   regularizers.Regularizer
	BiasRegularizer     regularizers.Regularizer
	ActivityRegularizer regularizers.Regularizer // of y, per example
	KernelConstraint    constraints.Constraint
	BiasConstraint      constraints.Constraint
}

// Build implements nn.Layer.
func (d Dense) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if d.Units < 1 {
		return nil, fmt.Errorf("Units is %d, want at least 1", d.Units)
	}
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 {
		return nil, fmt.Errorf("input rows are single numbers; give them a column, shape [1]")
	}
	kernelInit := d.KernelInitializer
	if kernelInit == nil {
		kernelInit = initializers.GlorotUniform{}
	}
	columns := in[len(in)-1]
	kernel := b.Weight(nn.WeightSpec{Name: "kernel", Shape: []int{columns, d.Units}, Init: kernelInit, Regularizer: d.KernelRegularizer, Constraint: d.KernelConstraint})
	var bias *nn.Weight
	if !d.NoBias {
		bias = b.Weight(nn.WeightSpec{Name: "bias", Shape: []int{d.Units}, Init: d.BiasInitializer, Regularizer: d.BiasRegularizer, Constraint: d.BiasConstraint})
	}
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		x := inputs[0]
		shape := append([]int(nil), x.Shape()...)
		last := len(shape) - 1
		if shape[last] != columns {
			c.Graph.Fail("input has %d columns, want %d", shape[last], columns)
			return x
		}
		if last > 1 {
			// One product over all rows, so that bias and activation can run in
			// its epilogue.
			x = graph.Reshape(x, -1, columns)
		}
		y := graph.MatMul(x, c.Read(kernel))
		if bias != nil {
			y = graph.Add(y, c.Read(bias))
		}
		y = activations.Apply(d.Activation, y)
		if last > 1 {
			shape[last] = y.Shape()[1]
			y = graph.Reshape(y, shape...)
		}
		if d.ActivityRegularizer != nil {
			c.AddLoss(graph.Scale(d.ActivityRegularizer.Penalty(y), 1/float32(shape[0])))
		}
		return y
	}, nil
}

// one is the only input of a layer that takes one.
func one(inputs [][]int) ([]int, error) {
	if len(inputs) != 1 {
		return nil, fmt.Errorf("takes 1 input, got %d", len(inputs))
	}
	return inputs[0], nil
}
