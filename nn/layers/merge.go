package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Add is the sum of its inputs.
//
//	y = x1 + x2 + ...               x: [rows, ...], y: what they broadcast to
//
// Rows of different shapes broadcast as numpy arrays do. (So in all the layers
// that merge.)
type Add struct{ Name string }

// Build implements nn.Layer.
func (l Add) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return merge(inputs, graph.Add)
}

// Subtract is the difference of its two inputs.
//
//	y = x1 - x2
type Subtract struct{ Name string }

// Build implements nn.Layer.
func (l Subtract) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if len(inputs) != 2 {
		return nil, fmt.Errorf("takes 2 inputs, got %d: %w", len(inputs), nn.ErrShape)
	}
	return merge(inputs, graph.Sub)
}

// Multiply is the product of its inputs, element by element.
//
//	y = x1 * x2 * ...
type Multiply struct{ Name string }

// Build implements nn.Layer.
func (l Multiply) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return merge(inputs, graph.Mul)
}

// Average is the mean of its inputs.
//
//	y = (x1 + x2 + ...) / n
type Average struct{ Name string }

// Build implements nn.Layer.
func (l Average) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	sum, err := merge(inputs, graph.Add)
	if err != nil {
		return nil, err
	}
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		return graph.Scale(sum(c, inputs...), 1/float32(len(inputs)))
	}, nil
}

// Maximum is the largest of its inputs, element by element.
//
//	y = max(x1, x2, ...)
type Maximum struct{ Name string }

// Build implements nn.Layer.
func (l Maximum) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return merge(inputs, graph.Max)
}

// Minimum is the smallest of its inputs, element by element.
//
//	y = min(x1, x2, ...)
type Minimum struct{ Name string }

// Build implements nn.Layer.
func (l Minimum) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return merge(inputs, graph.Min)
}

// merge combines inputs one after the other, rows broadcast.
func merge(inputs [][]int, combine func(a, b *graph.Tensor) *graph.Tensor) (nn.Forward, error) {
	if len(inputs) < 2 {
		return nil, fmt.Errorf("takes 2 inputs or more, got %d: %w", len(inputs), nn.ErrShape)
	}
	axes := 0
	for _, in := range inputs {
		axes = max(axes, len(in))
	}
	for i := range axes { // from the last
		length := 1
		for _, in := range inputs {
			if i >= len(in) {
				continue
			}
			d := in[len(in)-1-i]
			if d != 1 && length != 1 && d != length {
				return nil, fmt.Errorf("input rows of shapes %v do not fit together: %w", inputs, nn.ErrShape)
			}
			length = max(length, d)
		}
	}
	return func(_ *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		y := widen(inputs[0], axes)
		for _, x := range inputs[1:] {
			y = combine(y, widen(x, axes))
		}
		return y
	}, nil
}

// widen puts axes of length 1 between the batch and a row, up to rows of the
// given number of axes.
func widen(x *graph.Tensor, axes int) *graph.Tensor {
	x = floats(x)
	shape := []int{x.Shape()[0]}
	for range axes + 1 - x.Rank() {
		shape = append(shape, 1)
	}
	if len(shape) == 1 {
		return x // as it is; also sparse rows, whose layers say what they want
	}
	return graph.Reshape(x, append(shape, x.Shape()[1:]...)...)
}
