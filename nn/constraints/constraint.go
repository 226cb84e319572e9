// Package constraints has limits that weights are put back into after a step, in
// Keras' names and with Keras' defaults. They are fields of layers, such as
// KernelConstraint.
//
// Axis is the weight's. With 0, the default, and a Dense kernel [inputs, units],
// what comes into each unit is measured together.
package constraints

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// Constraint maps a weight to the nearest allowed one, of the same shape.
type Constraint interface {
	Project(w *graph.Tensor) *graph.Tensor
}

func init() {
	spec.Register[Constraint](NonNeg{}, MaxNorm{}, UnitNorm{}, MinMaxNorm{})
}

// NonNeg sets negative weights to 0.
type NonNeg struct{}

// Project is max(w, 0).
func (NonNeg) Project(w *graph.Tensor) *graph.Tensor { return graph.Relu(w) }
