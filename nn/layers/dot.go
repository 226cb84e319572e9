package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Dot is the scalar product of its two inputs along one axis of each, row by
// row.
//
//	x1 [rows, k], x2 [rows, k]        ->  y [rows, 1]
//	x1 [rows, m, k], x2 [rows, n, k]  ->  y [rows, m, n]
//
// With Normalize both are first scaled to length 1 along the axis, so that y is
// the cosine of the angle between them.
type Dot struct {
	Name      string
	Axes      [2]int // of x1 and x2; the batch is axis 0; 0 stands for the last axis
	Normalize bool
}

// Build implements nn.Layer.
func (l Dot) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if len(inputs) != 2 {
		return nil, fmt.Errorf("takes 2 inputs, got %d: %w", len(inputs), nn.ErrShape)
	}
	var axes [2]int
	var out []int // of a row of y
	for i, in := range inputs {
		at, err := axisOf(l.Axes[i], in)
		if err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		axes[i] = at
		out = append(append(out, in[:at-1]...), in[at:]...)
	}
	k := inputs[0][axes[0]-1]
	if other := inputs[1][axes[1]-1]; other != k {
		return nil, fmt.Errorf("axis %d of the first input has length %d, axis %d of the second %d: %w", axes[0], k, axes[1], other, nn.ErrShape)
	}
	if len(out) == 0 {
		out = []int{1}
	}
	return func(_ *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		var sides [2]*graph.Tensor // [rows, rest, k]
		rows := inputs[0].Shape()[0]
		for i, x := range inputs {
			x = floats(x)
			if l.Normalize {
				x = unit(x, axes[i])
			}
			sides[i] = graph.Reshape(last(x, axes[i]), rows, -1, k)
		}
		if len(out) == 1 && out[0] == 1 {
			return graph.SumKeep(graph.Reshape(graph.Mul(sides[0], sides[1]), rows, k), 1)
		}
		y := graph.MatMul(sides[0], graph.Transpose(sides[1]))
		return graph.Reshape(y, append([]int{rows}, out...)...)
	}, nil
}

// last moves an axis to the end.
func last(x *graph.Tensor, axis int) *graph.Tensor {
	return graph.Permute(x, append(others([]int{axis}, x.Rank()), axis)...)
}
