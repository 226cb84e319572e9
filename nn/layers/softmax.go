package layers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Softmax makes probabilities of logits along an axis. Before a cross-entropy
// it costs no accuracy: the loss goes back to the logits.
//
//	y = exp(x) / sum exp(x)         x, y: [rows, ...]
type Softmax struct {
	Name string
	Axis int // the batch is axis 0; 0 stands for the last axis, as in Keras -1
}

// Build implements nn.Layer.
func (l Softmax) Build(_ *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	axis, err := axisOf(l.Axis, in)
	if err != nil {
		return nil, err
	}
	return plain(func(_ *nn.Call, x *graph.Tensor) *graph.Tensor {
		y := graph.Softmax(last(floats(x), axis))
		back := make([]int, x.Rank())
		for i := range back {
			switch {
			case i < axis:
				back[i] = i
			case i == axis:
				back[i] = x.Rank() - 1
			default:
				back[i] = i - 1
			}
		}
		return graph.Permute(y, back...)
	}), nil
}
