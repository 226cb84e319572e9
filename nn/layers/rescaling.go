package layers

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Rescaling brings inputs to another range, such as bytes to 0 to 1 with a Scale
// of 1/255.
//
//	y = Scale x + Offset            x, y: [rows, ...]
type Rescaling struct {
	Name   string
	Scale  float64
	Offset float64
}

// Check looks at the numbers.
func (l Rescaling) Check() error {
	if l.Scale == 0 || math.IsNaN(l.Scale) || math.IsInf(l.Scale, 0) {
		return fmt.Errorf("field Scale is %v, want a finite number other than 0", l.Scale)
	}
	if math.IsNaN(l.Offset) || math.IsInf(l.Offset, 0) {
		return fmt.Errorf("field Offset is %v, want a finite number", l.Offset)
	}
	return nil
}

// Build implements nn.Layer.
func (l Rescaling) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	return elementwise(inputs, func(x *graph.Tensor) *graph.Tensor {
		return graph.Shift(graph.Scale(x, float32(l.Scale)), float32(l.Offset))
	})
}
