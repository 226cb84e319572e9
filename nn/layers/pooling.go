package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// GlobalAveragePooling1D is the mean over the steps of a sequence.
//
//	y[r, f] = mean over s of x[r, s, f]
//
//	x [rows, steps, features]  ->  y [rows, features], or [rows, 1, features]
type GlobalAveragePooling1D struct {
	Name     string
	KeepDims bool `json:"keepdims"` // the axis of the steps stays, with length 1
}

// Build implements nn.Layer.
func (l GlobalAveragePooling1D) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return pool(inputs, l.KeepDims, graph.Mean, graph.MeanKeep)
}

// GlobalMaxPooling1D is the largest over the steps of a sequence.
//
//	y[r, f] = max over s of x[r, s, f]
//
//	x [rows, steps, features]  ->  y [rows, features], or [rows, 1, features]
type GlobalMaxPooling1D struct {
	Name     string
	KeepDims bool `json:"keepdims"` // the axis of the steps stays, with length 1
}

// Build implements nn.Layer.
func (l GlobalMaxPooling1D) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return pool(inputs, l.KeepDims, graph.ReduceMax, graph.MaxKeep)
}

func pool(inputs [][]int, keep bool, drop, kept func(x *graph.Tensor, axes ...int) *graph.Tensor) (nn.Forward, error) {
	if _, err := rank(inputs, 2, "[steps, features]"); err != nil {
		return nil, err
	}
	if keep {
		drop = kept
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return drop(floats(x), 1) }), nil
}
