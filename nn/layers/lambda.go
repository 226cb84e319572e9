package layers

import (
	"errors"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Lambda is any function of tensors as a layer without weights.
//
//	y = Function(x1, x2, ...)       x, y: [rows, ...]
//
// Inputs come as they are: data of whole numbers is Int, which graph.ToFloat
// turns into floats.
//
// A model with one can be trained, but not saved, since a Go function is not
// data: write a layer type of your own for that, and [nn.Register] it.
type Lambda struct {
	Name     string
	Function func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor
}

// Check wants a function.
func (l Lambda) Check() error {
	if l.Function == nil {
		return errors.New("field Function is nil")
	}
	return nil
}

// Build implements nn.Layer.
func (l Lambda) Build(*nn.Builder, ...[]int) (nn.Forward, error) {
	return l.Function, l.Check()
}
