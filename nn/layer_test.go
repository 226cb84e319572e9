package nn_test

import (
	"fmt"
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

// counter is a layer with state that it assigns itself: it counts the steps of
// training and adds the count to its input.
type counter struct{}

func (counter) Build(b *nn.Builder, _ ...[]int) (nn.Forward, error) {
	n := b.Weight(nn.WeightSpec{Name: "n", Shape: []int{1}, NonTrainable: true})
	return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
		c.Assign(n, graph.Shift(c.Read(n), 1))
		return graph.Add(in[0], c.Read(n))
	}, nil
}

func TestStateOfLayers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{1}}, scale{Start: 0}, counter{}), nn.CompileConfig{
			Loss: losses.MeanAbsoluteError{}, Optimizer: optimizers.SGD{Settings: rate(0)},
		})
		defer closeModel(t, m)
		train := set(t, dense(1, 0, 0, 0), dense(1, 0, 0, 0))
		// In training the layer sees its new value: 1, 2, 3.
		h := fit(t, m, train, nn.FitConfig{BatchSize: 1})
		closeTo(t, "loss", h.Last("loss"), 2, 1e-6)
		for range 2 { // outside of it, the state stays
			p, err := m.Predict(background, dense(1, 0))
			if err != nil || p.Values[0] != 3 {
				t.Errorf("predicts %v, %v, want 3", p, err)
			}
		}
		fit(t, m, train, nn.FitConfig{BatchSize: 2})
		if n := weights(t, m)[1][0]; n != 5 {
			t.Errorf("state is %v after 5 steps", n)
		}
	})
}

// Sparse rows give what full rows give, in training, too.
func TestSparseRows(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		sparse := &data.CSR{Columns: 6, RowPtr: []int32{0, 2, 2, 5, 6}, Col: []int32{1, 4, 0, 2, 5, 3}}
		y := ints(0, 1, 2, 0)
		histories := [2]*nn.History{}
		for i, x := range []data.Tensor{sparse, sparse.Dense()} {
			for _, front := range []nn.Layer{layers.Dense{Units: 4}, layers.Activation{Activation: activations.Tanh}} {
				m := forBlobs(t, b, nn.NewSequential(front, layers.Dense{Units: 3, Activation: activations.Softmax}))
				h := fit(t, m, set(t, x, y), nn.FitConfig{Epochs: 3, BatchSize: 3})
				if histories[i] != nil {
					h.Metrics["loss"] = append(h.Metrics["loss"], histories[i].Metrics["loss"]...)
				}
				histories[i] = h
				closeModel(t, m)
			}
		}
		for e, x := range histories[1].Metrics["loss"] {
			closeTo(t, fmt.Sprintf("loss %d", e), histories[0].Metrics["loss"][e], x, 1e-5)
		}
	})
}

// Rows of several axes: a sequence of 4 steps, each with a class of its own.
func TestSequences(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, nn.NewSequential(layers.Dense{Units: 3, Activation: activations.Softmax}))
		defer closeModel(t, m)
		x := &data.Dense{Shape: []int{5, 4, 2}, Values: waves(20, 2).Values}
		y := &data.Ints{Shape: []int{5, 4}, Values: make([]int32, 20)}
		for i := range y.Values {
			y.Values[i] = int32(i % 3)
		}
		train := set(t, x, y)
		train.Weights = []float32{1, 0, 2, 1, 0.5}
		r, err := m.EvaluateWith(background, train, nn.EvaluateConfig{BatchSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Predict(background, x)
		if err != nil || !slices.Equal(p.Shape, []int{5, 4, 3}) {
			t.Fatalf("%v, %v", p, err)
		}
		loss, right := 0.0, 0.0
		for i, c := range y.Values {
			row := p.Values[3*i : 3*i+3]
			loss -= float64(train.Weights[i/4]) * math.Log(float64(row[c])) / 20
			if row[c] == slices.Max(row) {
				right++
			}
		}
		closeTo(t, "loss", r.Loss(), loss, 1e-5)
		closeTo(t, "accuracy", r.Get("accuracy"), right/20, 1e-6)
		if h := fit(t, m, train, nn.FitConfig{Epochs: 5, BatchSize: 2}); !(h.Last("loss") < h.Metrics["loss"][0]) {
			t.Errorf("loss goes %v", h.Metrics["loss"])
		}
	})
}

// What a layer does wrong while it is traced is a mistake that names it.
func TestMistakesOfLayers(t *testing.T) {
	weight := func(b *nn.Builder, trained bool) *nn.Weight {
		return b.Weight(nn.WeightSpec{Name: "w", Shape: []int{1}, NonTrainable: !trained})
	}
	for _, c := range []struct {
		name  string
		build func(b *nn.Builder) nn.Forward
		words []string
	}{
		{"assigns a trained weight", func(b *nn.Builder) nn.Forward {
			w := weight(b, true)
			return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
				c.Assign(w, c.Read(w))
				return in[0]
			}
		}, []string{`"layer_func/w" is trained by the optimizer`}},
		{"adds many losses", func(*nn.Builder) nn.Forward {
			return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
				c.AddLoss(in[0])
				return in[0]
			}
		}, []string{"a loss to add is one number", "[3 2]"}},
		{"two weights of one name", func(b *nn.Builder) nn.Forward {
			weight(b, true)
			weight(b, true)
			return func(_ *nn.Call, in ...*graph.Tensor) *graph.Tensor { return in[0] }
		}, []string{"two weights are called", "layer_func/w"}},
		{"has a part that does not fit", func(b *nn.Builder) nn.Forward {
			if _, err := b.Layer("part", layers.Dense{Units: -1}, []int{2}); err != nil {
				panic(fmt.Sprintf("%s: %v", b.Name(), err))
			}
			return nil
		}, []string{"layer_func: part: ", "is -1"}},
	} {
		m := nn.NewSequential(layers.Input{Shape: []int{2}}, layerFunc(func(b *nn.Builder, _ [][]int) (nn.Forward, error) { return c.build(b), nil }))
		err := m.Build()
		mistake(t, c.name, err, append(c.words, "layer_func")...)
	}
	inner := nn.NewSequential(layers.Dense{Units: 4})
	if err := inner.Build(3); err != nil {
		t.Fatal(err)
	}
	mistake(t, "a nested model of other columns", nn.NewSequential(layers.Input{Shape: []int{2}}, inner.AsLayer()).Build(), `layer "sequential"`, "[2]", "[3]")
	mistake(t, "a nested model of two outputs", nn.NewSequential(layers.Input{Shape: []int{1}}, twoHeads().AsLayer()).Build(), "2 outputs")
	var none *nn.Model
	mistake(t, "a nested model that is nil", nn.NewSequential(layers.Input{Shape: []int{1}}, none.AsLayer()).Build(), "nil")
	mistake(t, "a nested model that is closed", func() error {
		closeModel(t, inner)
		return nn.NewSequential(layers.Input{Shape: []int{3}}, inner.AsLayer()).Build()
	}(), "closed")
}

// noise adds normal noise while it trains.
type noise struct{}

func (noise) Build(*nn.Builder, ...[]int) (nn.Forward, error) {
	return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
		if !c.Training {
			return in[0]
		}
		return graph.Add(in[0], c.RandomNormal(in[0].Shape()...))
	}, nil
}

// Noise differs from step to step and from layer to layer, and not from backend
// to backend.
func TestNoiseOfLayers(t *testing.T) {
	seen := map[string][]float64{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x := nn.Input(1)
		y := nn.Apply(layers.Subtract{}, nn.Apply(noise{}, x), nn.Apply(noise{}, x))
		m := compiled(t, b, nn.NewModel([]*nn.Node{x}, []*nn.Node{y}), nn.CompileConfig{Loss: losses.MeanSquaredError{}, Seed: 3})
		defer closeModel(t, m)
		if shapes := m.InputShapes(); len(shapes) != 1 || !slices.Equal(shapes[0], []int{1}) || !m.Built() {
			t.Errorf("inputs %v, built %v", shapes, m.Built())
		}
		zeros := set(t, dense(1, make([]float32, 500)...), dense(1, make([]float32, 500)...))
		h := fit(t, m, zeros, nn.FitConfig{Epochs: 2, BatchSize: 500})
		l := h.Metrics["loss"]
		if l[0] == l[1] {
			t.Error("two steps have the same noise")
		}
		// The difference of two normal numbers has variance 2; that of 500 such
		// differs from it by less than 0.5 (four deviations).
		for _, x := range l {
			if math.Abs(x-2) > 0.5 {
				t.Errorf("the variance is %v, want 2", x)
			}
		}
		r, err := m.Evaluate(background, zeros)
		if err != nil || r.Loss() != 0 {
			t.Errorf("noise outside of training: %v, %v", r, err)
		}
		seen[b.Info().Backend] = l
	})
	for name, l := range seen {
		for i := range l {
			closeTo(t, "loss on "+name, l[i], seen["cpu"][i], 1e-4)
		}
	}
}
