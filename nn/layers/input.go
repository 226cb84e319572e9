package layers

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Input states the shape of a row, as the first layer of a Sequential model.
//
//	y = x                           x, y: [rows, Shape...]
type Input struct {
	Name  string
	Shape []int
}

// InputShape is the shape of a row.
func (l Input) InputShape() []int { return l.Shape }

// Check looks at the shape.
func (l Input) Check() error {
	for _, d := range l.Shape {
		if d <= 0 {
			return fmt.Errorf("field Shape is %v: every axis must be at least 1", l.Shape)
		}
	}
	return nil
}

// Build implements nn.Layer: further down in a model, Input checks the shape.
func (l Input) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(in, l.Shape) {
		return nil, fmt.Errorf("input rows have shape %v, want %v: %w", in, l.Shape, nn.ErrShape)
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return x }), nil
}
