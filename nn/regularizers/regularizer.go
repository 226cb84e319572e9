// Package regularizers has penalties on large weights or outputs, in Keras'
// names and with Keras' defaults. They are fields of layers: KernelRegularizer,
// BiasRegularizer and so on for weights, ActivityRegularizer for outputs, whose
// penalty is divided by the batch size. The loss that Fit and Evaluate show has the
// penalties in it.
package regularizers

import (
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// Regularizer adds to the loss.
type Regularizer interface {
	// Penalty is a scalar computed from a weight or an output.
	Penalty(x *graph.Tensor) *graph.Tensor
}

func init() {
	spec.Register[Regularizer](L1{}, L2{}, L1L2{}, Orthogonal{})
}

// L1 is Factor sum |x|: it makes small weights exactly 0.
type L1 struct {
	Factor float64 // at least 0; 0: 0.01
}

// Penalty is the formula above.
func (r L1) Penalty(x *graph.Tensor) *graph.Tensor {
	return L1L2{L1: standard(r.Factor)}.Penalty(x)
}

// L2 is Factor sum x^2: it keeps weights small.
type L2 struct {
	Factor float64 // at least 0; 0: 0.01
}

// Penalty is the formula above.
func (r L2) Penalty(x *graph.Tensor) *graph.Tensor {
	return L1L2{L2: standard(r.Factor)}.Penalty(x)
}

// standard is a factor, or Keras' default.
func standard(factor float64) float64 {
	if factor == 0 {
		return 0.01
	}
	return factor
}

// L1L2 is L1 sum |x| + L2 sum x^2. Either is left out where it is 0.
type L1L2 struct{ L1, L2 float64 }

// Penalty is the formula above.
func (r L1L2) Penalty(x *graph.Tensor) *graph.Tensor {
	if !valid(r.L1) || !valid(r.L2) {
		x.Graph().Fail("regularizers: factors are %v and %v, want finite numbers of at least 0", r.L1, r.L2)
	}
	total := x.Const(0)
	if r.L1 > 0 {
		total = graph.Add(total, graph.Scale(graph.Sum(graph.Abs(x)), float32(r.L1)))
	}
	if r.L2 > 0 {
		total = graph.Add(total, graph.Scale(graph.Sum(graph.Square(x)), float32(r.L2)))
	}
	return total
}

func valid(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }
