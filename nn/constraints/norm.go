package constraints

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/graph"
)

// epsilon is Keras' backend.epsilon().
const epsilon = 1e-7

// norms is the length of w along an axis, kept: of each unit's incoming weights
// for axis 0 of a Dense kernel.
func norms(w *graph.Tensor, axis int) *graph.Tensor {
	if axis >= w.Rank() || axis < -w.Rank() {
		w.Graph().Fail("constraints: no axis %d in a weight of shape %v", axis, w.Shape())
		return w
	}
	return graph.Sqrt(graph.SumKeep(graph.Square(w), axis))
}

// to scales w to other norms.
func to(w, norms, wanted *graph.Tensor) *graph.Tensor {
	return graph.Mul(w, graph.Div(wanted, graph.Shift(norms, epsilon)))
}

// MaxNorm shortens what is longer than MaxValue along Axis (Srivastava et al.
// 2014):
//
//	w min(|w|, MaxValue) / (|w| + 1e-7)
type MaxNorm struct {
	MaxValue float64 // above 0; 0: 2
	Axis     int
}

// Project is the formula above.
func (c MaxNorm) Project(w *graph.Tensor) *graph.Tensor {
	if err := c.Check(); err != nil {
		w.Graph().Fail("%w", err)
	}
	limit := c.MaxValue
	if limit == 0 {
		limit = 2
	}
	n := norms(w, c.Axis)
	return to(w, n, graph.Min(n, n.Const(float32(limit))))
}

// Check wants a length of 0 or more.
func (c MaxNorm) Check() error { return length("MaxNorm", "MaxValue", c.MaxValue) }

// UnitNorm makes everything 1 long along Axis:
//
//	w / (|w| + 1e-7)
type UnitNorm struct{ Axis int }

// Project is the formula above.
func (c UnitNorm) Project(w *graph.Tensor) *graph.Tensor {
	n := norms(w, c.Axis)
	return to(w, n, n.Const(1))
}

// MinMaxNorm moves lengths along Axis towards [MinValue, MaxValue]:
//
//	w (Rate min(max(|w|, MinValue), MaxValue) + (1-Rate) |w|) / (|w| + 1e-7)
type MinMaxNorm struct {
	MinValue float64
	MaxValue float64 // not below MinValue; 0: 1
	Rate     float64 // how strictly, 0 to 1; 0: 1, at once
	Axis     int
}

// Project is the formula above.
func (c MinMaxNorm) Project(w *graph.Tensor) *graph.Tensor {
	if err := c.Check(); err != nil {
		w.Graph().Fail("%w", err)
		return w
	}
	high, rate := c.standard()
	n := norms(w, c.Axis)
	wanted := graph.Clip(n, float32(c.MinValue), float32(high))
	return to(w, n, graph.Add(graph.Scale(wanted, float32(rate)), graph.Scale(n, float32(1-rate))))
}

func (c MinMaxNorm) standard() (high, rate float64) {
	high, rate = c.MaxValue, c.Rate
	if high == 0 {
		high = 1
	}
	if rate == 0 {
		rate = 1
	}
	return high, rate
}

// Check wants lengths of 0 or more in order, and a rate of 0 to 1.
func (c MinMaxNorm) Check() error {
	if err := length("MinMaxNorm", "MinValue", c.MinValue); err != nil {
		return err
	}
	if err := length("MinMaxNorm", "MaxValue", c.MaxValue); err != nil {
		return err
	}
	high, rate := c.standard()
	if c.MinValue > high {
		return fmt.Errorf("constraints: MinMaxNorm: MinValue %v is above MaxValue %v", c.MinValue, high)
	}
	if !(rate >= 0 && rate <= 1) {
		return fmt.Errorf("constraints: MinMaxNorm: Rate is %v, want 0 to 1", rate)
	}
	return nil
}

func length(who, field string, x float64) error {
	if !(x >= 0) || math.IsInf(x, 0) {
		return fmt.Errorf("constraints: %s: %s is %v, want a finite number of at least 0", who, field, x)
	}
	return nil
}
