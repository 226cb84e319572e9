package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
)

// Activation is an activation as a layer of its own.
//
//	y = f(x)                        x, y: [rows, ...]
type Activation struct {
	Name       string
	Activation activations.Activation // nil: linear
}

// Build implements nn.Layer.
func (l Activation) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	return elementwise(inputs, func(x *graph.Tensor) *graph.Tensor { return activations.Apply(l.Activation, x) })
}

// Identity gives its input back.
//
//	y = x                           x, y: [rows, ...]
type Identity struct{ Name string }

// Build implements nn.Layer.
func (l Identity) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor { return x }), nil
}
