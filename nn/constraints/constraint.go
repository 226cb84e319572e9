// Package constraints has limits that weights are put back into after a step.
package constraints

import "github.com/glearn-go/glearn/graph"

// Constraint maps a weight to the nearest allowed one, of the same shape.
type Constraint interface {
	Project(w *graph.Tensor) *graph.Tensor
}
