package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Flatten makes one axis of each row.
//
//	x [rows, a, b, ...]  ->  y [rows, a*b*...]
type Flatten struct{ Name string }

// Build implements nn.Layer.
func (l Flatten) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	n := product(in)
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return graph.Reshape(x, x.Shape()[0], n) }), nil
}
