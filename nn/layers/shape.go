package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Input fixes the shape of a Sequential model's rows, without the batch axis.
type Input struct{ Shape []int }

// InputShape is Shape.
func (i Input) InputShape() []int { return i.Shape }

// Build implements nn.Layer: as anything but the first layer of a Sequential
// model, Input checks the shape and passes it on.
func (i Input) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	if fmt.Sprint(in) != fmt.Sprint(i.Shape) {
		return nil, fmt.Errorf("input rows have shape %v, want %v", in, i.Shape)
	}
	return func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor { return x[0] }, nil
}

// Flatten makes one axis of each row: [batch, a, b, ...] becomes
// [batch, a*b*...].
type Flatten struct{ Name string }

// Build implements nn.Layer.
func (Flatten) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	n := size(in)
	return func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor {
		return graph.Reshape(x[0], x[0].Shape()[0], n)
	}, nil
}

// Reshape gives each row another shape with as many elements; one axis may be
// -1 and takes what is left.
type Reshape struct {
	Shape []int // without the batch axis
	Name  string
}

// Build implements nn.Layer.
func (r Reshape) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	shape, rest, known := append([]int(nil), r.Shape...), -1, 1
	for i, d := range shape {
		switch {
		case d == -1 && rest < 0:
			rest = i
		case d < 1:
			return nil, fmt.Errorf("Shape is %v: axes are at least 1, one of them may be -1", r.Shape)
		default:
			known *= d
		}
	}
	if rest >= 0 {
		shape[rest] = size(in) / known
		known *= shape[rest]
	}
	if known != size(in) {
		return nil, fmt.Errorf("rows of shape %v have %d elements and cannot become %v", in, size(in), r.Shape)
	}
	return func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor {
		return graph.Reshape(x[0], append([]int{x[0].Shape()[0]}, shape...)...)
	}, nil
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
