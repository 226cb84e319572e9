package layers

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// Embedding turns whole numbers (words, categories) into vectors that are
// learned: each number is a row of a table.
//
//	y[r, i] = embeddings[x[r, i]]
//
//	x           [rows, ...]             whole numbers in [0, InputDim)
//	embeddings  [InputDim, OutputDim]   uniform in +-0.05 by default
//	y           [rows, ..., OutputDim]
//
// Data with another number is refused before the first step. Source: Bengio et
// al. 2003.
type Embedding struct {
	Name      string
	InputDim  int // how many numbers there are: the largest plus 1
	OutputDim int // length of a vector

	EmbeddingsInitializer initializers.Initializer // nil: uniform in +-0.05
	EmbeddingsRegularizer regularizers.Regularizer
	EmbeddingsConstraint  constraints.Constraint
}

// Check looks at the sizes.
func (l Embedding) Check() error {
	if l.InputDim <= 0 || l.OutputDim <= 0 {
		return fmt.Errorf("field InputDim is %d and OutputDim %d, want at least 1 each", l.InputDim, l.OutputDim)
	}
	return nil
}

// Build implements nn.Layer.
func (l Embedding) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if _, err := one(inputs); err != nil {
		return nil, err
	}
	b.IntegerInput(l.InputDim)
	init := l.EmbeddingsInitializer
	if init == nil {
		init = initializers.RandomUniform{}
	}
	table := b.Weight(nn.WeightSpec{Name: "embeddings", Shape: []int{l.InputDim, l.OutputDim}, Init: init,
		Regularizer: l.EmbeddingsRegularizer, Constraint: l.EmbeddingsConstraint})
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		return graph.Gather(c.Read(table), integers(x))
	}), nil
}
