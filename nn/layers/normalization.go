package layers

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
)

// Normalization brings every feature to mean 0 and deviation 1, with the mean
// and variance of data that it was adapted to: a preprocessing step that is
// saved with the model.
//
//	y = (x - mean) / sqrt(variance)         inverted: y = x sqrt(variance) + mean
//
//	x, y            [rows, ..., features]
//	mean, variance  [features], state that is not trained
//
// A feature that never varies is only shifted.
type Normalization struct {
	Name     string
	Mean     []float64 // one a feature, or one for all; [Normalization.Adapt] sets it
	Variance []float64
	Invert   bool // undo a normalization
}

// Adapt measures every feature of x, over its rows and all other axes. A value
// that is not finite is an error that names its row and column.
func (l *Normalization) Adapt(x *data.Dense) error {
	columns := 1
	if n := len(x.Shape); n > 1 {
		columns = x.Shape[n-1]
	}
	flat, err := data.NewDense(x.Values, len(x.Values)/max(columns, 1), columns)
	if err != nil {
		return err
	}
	n, err := data.NewNormalization(flat)
	if err != nil {
		return err
	}
	l.Mean, l.Variance = make([]float64, columns), make([]float64, columns)
	for i := range n.Mean {
		l.Mean[i], l.Variance[i] = float64(n.Mean[i]), float64(n.Std[i])*float64(n.Std[i])
	}
	return nil
}

// Check looks at the numbers.
func (l Normalization) Check() error {
	if len(l.Mean) == 0 || len(l.Mean) != len(l.Variance) {
		return fmt.Errorf("field Mean has %d numbers and Variance %d, want as many of both: call Adapt first", len(l.Mean), len(l.Variance))
	}
	for i, m := range l.Mean {
		if v := l.Variance[i]; math.IsNaN(m) || math.IsInf(m, 0) || !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("feature %d has mean %v and variance %v, want finite numbers, the second at least 0", i, m, v)
		}
	}
	return nil
}

// Build implements nn.Layer.
func (l Normalization) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	in, err := one(inputs)
	if err != nil {
		return nil, err
	}
	features := 1
	if len(in) > 0 {
		features = in[len(in)-1]
	}
	if n := len(l.Mean); n != 1 && n != features {
		return nil, fmt.Errorf("input rows have %d features, Normalization was adapted to %d: %w", features, n, nn.ErrShape)
	}
	state := func(name string, values []float64) *nn.Weight {
		return b.Weight(nn.WeightSpec{Name: name, Shape: []int{len(values)}, NonTrainable: true, Init: given(values)})
	}
	mean, variance := state("mean", l.Mean), state("variance", l.Variance)
	return plain(func(c *nn.Call, x *graph.Tensor) *graph.Tensor {
		x = floats(x)
		m, v := c.Read(mean), c.Read(variance)
		if x.Rank() == 1 {
			m, v = graph.Reshape(m), graph.Reshape(v)
		}
		root := graph.Select(graph.Equal(v, x.Const(0)), x.Const(1), graph.Sqrt(v))
		if l.Invert {
			return graph.Add(graph.Mul(x, root), m)
		}
		return graph.Div(graph.Sub(x, m), root)
	}), nil
}

// given is an initializer of known values.
type given []float64

// Init implements initializers.Initializer.
func (g given) Init(w []float32, _ []int, _ *rand.Rand) error {
	for i := range w {
		w[i] = float32(g[i])
	}
	return nil
}
