// Package nn trains neural networks, in Keras' words: [NewSequential], Compile,
// Fit, Evaluate, Predict, Summary.
//
// docs/from-keras.md goes through a program that trains on a CSV file, beside the
// same steps in Keras; docs/keras-coverage.md has what differs, name by name.
package nn

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// Layer is the plan of a part of a network: a value that configures it.
type Layer interface {
	// Build looks at the shapes of the inputs (without the batch axis),
	// declares the weights and returns the forward pass. It returns an error
	// that says what does not fit.
	Build(b *Builder, inputs ...[]int) (Forward, error)
}

// Forward is a layer's forward pass on symbolic tensors, whose first axis is
// the batch. Nobody writes a backward pass: graph.Gradients derives it.
type Forward func(c *Call, inputs ...*graph.Tensor) *graph.Tensor

// WeightSpec declares a weight.
type WeightSpec struct {
	Name         string
	Shape        []int
	Init         initializers.Initializer // nil is zeros
	NonTrainable bool                     // state that Call assigns itself, such as a moving average
	Regularizer  regularizers.Regularizer
	Constraint   constraints.Constraint
}
