package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
)

// Activation is y = f(x), of x's shape: an activation as a layer of its own.
type Activation struct {
	Activation activations.Activation
	Name       string
}

// Build implements nn.Layer.
func (a Activation) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	return func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor { return activations.Apply(a.Activation, x[0]) }, nil
}
