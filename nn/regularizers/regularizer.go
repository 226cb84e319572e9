// Package regularizers has penalties on large weights or outputs.
package regularizers

import "github.com/glearn-go/glearn/graph"

// Regularizer adds to the loss.
type Regularizer interface {
	// Penalty is a scalar computed from a weight or an output.
	Penalty(x *graph.Tensor) *graph.Tensor
}
