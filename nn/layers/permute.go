package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Permute reorders the axes of each row.
//
//	x [rows, a, b]  ->  y [rows, b, a] with Dims 2, 1
type Permute struct {
	Name string
	Dims []int // axis i of y is axis Dims[i] of x, counted from 1
}

// Build implements nn.Layer.
func (l Permute) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := rank(inputs, len(l.Dims), fmt.Sprintf("%d axes, as in Dims %v", len(l.Dims), l.Dims))
	if err != nil {
		return nil, err
	}
	if len(l.Dims) > 0 {
		if _, err := axesOf(l.Dims, in); err != nil {
			return nil, err
		}
	}
	for _, d := range l.Dims {
		if d < 1 {
			return nil, fmt.Errorf("field Dims is %v: axes count from 1", l.Dims)
		}
	}
	order := append([]int{0}, l.Dims...)
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return graph.Permute(x, order...) }), nil
}

// RepeatVector makes a sequence of N equal steps of each row.
//
//	x [rows, features]  ->  y [rows, N, features]
type RepeatVector struct {
	Name string
	N    int
}

// Check looks at the number.
func (l RepeatVector) Check() error {
	if l.N <= 0 {
		return fmt.Errorf("field N is %d, want at least 1", l.N)
	}
	return nil
}

// Build implements nn.Layer.
func (l RepeatVector) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	in, err := rank(inputs, 1, "[features]")
	if err != nil {
		return nil, err
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor {
		rows := x.Shape()[0]
		return graph.BroadcastTo(graph.Reshape(x, rows, 1, in[0]), rows, l.N, in[0])
	}), nil
}
