package nn_test

import (
	"errors"
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// runaway diverges at batch 3 of the second epoch, in the layer called "log":
// every step moves the only weight down by 1, from 6.5, and the logarithm of a
// negative number is NaN.
func runaway(t *testing.T, b compute.Backend) (*nn.Model, *data.Dataset) {
	m := compiled(t, b, nn.NewSequential(
		layers.Dense{Name: "down", Units: 1, NoBias: true, KernelInitializer: columnOf{6.5}},
		layers.Activation{Name: "log", Activation: activations.Func(func(x *graph.Tensor) *graph.Tensor {
			return graph.Select(graph.Less(x, x.Const(0)), graph.Log(x), x)
		})},
	), nn.CompileConfig{Optimizer: optimizers.SGD{Settings: rate(1)}, Loss: losses.Func(func(_, p *graph.Tensor) *graph.Tensor {
		return graph.Sum(p, -1)
	})})
	return m, set(t, dense(1, 1, 1, 1, 1, 1), dense(1, 0, 0, 0, 0, 0))
}

func TestDivergenceNamesEpochAndBatchAndKeepsWeights(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m, train := runaway(t, b)
		defer closeModel(t, m)
		h, err := m.Fit(background, train, nn.FitConfig{Epochs: 4, BatchSize: 1})
		mistake(t, "Fit", err, "epoch 2", "batch 3", "NaN or infinite", `the first such number is in "log"; a smaller learning rate or inputs scaled to about 1 may help`)
		if !errors.Is(err, nn.ErrDiverged) {
			t.Errorf("%v is not ErrDiverged", err)
		}
		if h == nil || !slices.Equal(h.Epoch, []int{0}) {
			t.Errorf("history has %+v, want the first epoch", h)
		}
		if w := weights(t, m)[0][0]; w != -0.5 {
			t.Errorf("weight is %v, want -0.5, from before the batch", w)
		}
		// The model goes on from there.
		if err := m.SetWeights([][]float32{{3}}); err != nil {
			t.Fatal(err)
		}
		fit(t, m, train.Slice(0, 2), nn.FitConfig{BatchSize: 1})
		if w := weights(t, m)[0][0]; w != 1 {
			t.Errorf("weight is %v after two more steps, want 1", w)
		}
	})
}

func TestCheckNaNNamesTheOperation(t *testing.T) {
	t.Setenv("GLEARN_CHECK", "nan")
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m, train := runaway(t, b)
		defer closeModel(t, m)
		_, err := m.Fit(background, train, nn.FitConfig{Epochs: 4, BatchSize: 1})
		mistake(t, "Fit", err, "epoch 2", "batch 3", "log/log", "element 0 is NaN")
		if !errors.Is(err, nn.ErrDiverged) {
			t.Errorf("%v is not ErrDiverged", err)
		}
	})
}

// A stream sends the next batch over the present one, unless it is told to keep
// it: then the layer is not known, and none is named.
func TestDivergenceInAStream(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct{ check, want string }{{"", "with GLEARN_CHECK=nan in the environment"}, {"nan", "log/log"}} {
			t.Setenv("GLEARN_CHECK", c.check)
			m, train := runaway(t, b)
			_, err := m.FitStream(background, func(int) iter.Seq2[*data.Dataset, error] {
				return func(yield func(*data.Dataset, error) bool) {
					for i := range train.Rows() {
						if !yield(train.Slice(i, i+1), nil) {
							return
						}
					}
				}
			}, nn.FitConfig{Epochs: 4})
			mistake(t, "FitStream", err, "epoch 2", "batch 3", c.want)
			closeModel(t, m)
		}
	})
}

// A gradient overflows where its loss does not: sqrt has an infinite slope at 0.
func TestGradientThatIsNoNumberLeavesWeightsFinite(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1, NoBias: true, KernelInitializer: columnOf{1e20}}), nn.CompileConfig{
			Optimizer: optimizers.Adam{},
			Loss: losses.Func(func(_, p *graph.Tensor) *graph.Tensor {
				return graph.Mean(graph.Sqrt(graph.Sub(p, p.Const(0))), -1)
			}),
		})
		defer closeModel(t, m)
		_, err := m.Fit(background, set(t, dense(1, 0), dense(1, 0)), nn.FitConfig{})
		if !errors.Is(err, nn.ErrDiverged) {
			t.Errorf("error %v, want ErrDiverged", err)
		}
		if w := float64(weights(t, m)[0][0]); math.IsNaN(w) || math.IsInf(w, 0) {
			t.Errorf("weight is %v", w)
		}
	})
}
