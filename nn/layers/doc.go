// Package layers has the parts that networks are made of, in Keras' names and
// with Keras' defaults.
//
// A layer is a plain struct that configures it; its weights belong to the
// model that it is put into. Shapes in the comments leave nothing out: the
// first axis is the batch. A field Name is the layer's name in its model; the
// default is Keras': dense, dense_1, ...
package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// one is the only input of a layer that takes one.
func one(inputs [][]int) ([]int, error) {
	if len(inputs) != 1 {
		return nil, fmt.Errorf("takes 1 input, got %d: %w", len(inputs), nn.ErrShape)
	}
	return inputs[0], nil
}

// plain is the Forward of a layer of one input, without weights.
func plain(f func(c *nn.Call, x *graph.Tensor) *graph.Tensor) nn.Forward {
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor { return f(c, inputs[0]) }
}

// floats is x as floats: data may come as whole numbers.
func floats(x *graph.Tensor) *graph.Tensor {
	if x.IsSparse() {
		return x
	}
	return graph.ToFloat(x)
}

// integers is x as whole numbers: data may come as floats.
func integers(x *graph.Tensor) *graph.Tensor {
	if x.Type() == compute.Int {
		return x
	}
	return graph.ToInt(x)
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
