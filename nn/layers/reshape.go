package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Reshape gives each row another shape with as many elements.
//
//	x [rows, ...]  ->  y [rows, Shape...]
type Reshape struct {
	Name  string
	Shape []int // without the batch; one axis may be -1 and takes what is left
}

// Build implements nn.Layer.
func (l Reshape) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	shape, rest, known := append([]int(nil), l.Shape...), -1, 1
	for i, d := range shape {
		switch {
		case d == -1 && rest < 0:
			rest = i
		case d < 1:
			return nil, fmt.Errorf("field Shape is %v: axes are at least 1, one of them may be -1", l.Shape)
		default:
			known *= d
		}
	}
	if rest >= 0 {
		shape[rest] = product(in) / known
		known *= shape[rest]
	}
	if known != product(in) {
		return nil, fmt.Errorf("rows of shape %v have %d elements and cannot become %v: %w", in, product(in), l.Shape, nn.ErrShape)
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor {
		return graph.Reshape(x, append([]int{x.Shape()[0]}, shape...)...)
	}), nil
}
