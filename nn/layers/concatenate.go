package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Concatenate joins its inputs along an axis.
//
//	x1 [rows, a], x2 [rows, b]  ->  y [rows, a+b]
//
// Other axes must have equal lengths.
type Concatenate struct {
	Name string
	Axis int // the batch is axis 0; 0 stands for the last axis, as in Keras -1
}

// Build implements nn.Layer.
func (l Concatenate) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if len(inputs) == 0 {
		return nil, fmt.Errorf("takes 1 input or more, got none: %w", nn.ErrShape)
	}
	axis, err := axisOf(l.Axis, inputs[0])
	if err != nil {
		return nil, err
	}
	for _, in := range inputs[1:] {
		fits := len(in) == len(inputs[0])
		for i := range in {
			fits = fits && (i == axis-1 || in[i] == inputs[0][i])
		}
		if !fits {
			return nil, fmt.Errorf("input rows of shapes %v differ in more than axis %d: %w", inputs, axis, nn.ErrShape)
		}
	}
	return func(_ *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		parts := make([]*graph.Tensor, len(inputs))
		for i, x := range inputs {
			parts[i] = floats(x)
		}
		return graph.Concat(axis, parts...)
	}, nil
}
