package nn_test

import (
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// scale is a layer of one weight: y = w x.
type scale struct {
	Name  string
	Start float64
}

func (s scale) Build(b *nn.Builder, _ ...[]int) (nn.Forward, error) {
	w := b.Weight(nn.WeightSpec{Name: "w", Shape: []int{1}, Init: initializers.Constant{Value: s.Start}})
	return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
		return graph.Mul(in[0], c.Read(w))
	}, nil
}

// twoHeads is y = 2x and z = 3 * 2x + x: a shared layer, a residual branch and
// two outputs.
func twoHeads() *nn.Model {
	x := nn.NamedInput("x", 1)
	double := nn.Share(scale{Name: "double", Start: 2})
	y := nn.Apply(double, x)
	z := nn.Apply(layers.Add{}, nn.Apply(scale{Name: "triple", Start: 3}, nn.Apply(double, x)), x)
	return nn.NewModel([]*nn.Node{x}, []*nn.Node{y, z})
}

func TestFunctionalModelsOfSeveralOutputs(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, twoHeads(), nn.CompileConfig{
			Optimizer:   optimizers.SGD{Settings: rate(0.01)},
			Losses:      []losses.Loss{losses.MeanSquaredError{}, losses.MeanAbsoluteError{}},
			LossWeights: []float64{0.5, 2},
			OutputMetrics: [][]nn.Metric{
				{metrics.MeanAbsoluteError{}}, {},
			},
		})
		defer closeModel(t, m)
		x := dense(1, 1, -2)
		outs, err := m.PredictAll(background, x)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(outs[0].Values, []float32{2, -4}) || !slices.Equal(outs[1].Values, []float32{7, -14}) {
			t.Errorf("predicts %v and %v", outs[0].Values, outs[1].Values)
		}
		_, err = m.Predict(background, x)
		mistake(t, "Predict", err, "2 outputs", "PredictAll")
		train := &data.Dataset{X: []data.Tensor{x}, Y: []data.Tensor{dense(1, 3, -4), dense(1, 0, -12)}}
		r, err := m.TrainOnBatch(background, train)
		if err != nil {
			t.Fatal(err)
		}
		// y: errors -1, 0; z: 7, -2.
		for name, want := range map[string]float64{"double_loss": 0.5, "add_loss": 4.5, "loss": 0.25 + 9, "double_mean_absolute_error": 0.5} {
			closeTo(t, name, r.Get(name), want, 1e-6)
		}
		// dL/d(double) = 0.5 * mean(2 e x) + 2 * mean(sign(e) * 3 x), dL/d(triple)
		// = 2 * mean(sign(e) * 2 x).
		double, triple := 0.5*(2*-1*1+0)/2+2*(3*1+3*2)/2.0, 2*(2*1+2*2)/2.0
		w := weights(t, m)
		closeTo(t, "double", float64(w[0][0]), 2-0.01*double, 1e-6)
		closeTo(t, "triple", float64(w[1][0]), 3-0.01*triple, 1e-6)
		if m.CountParams() != 2 {
			t.Errorf("%d parameters, want 2: a shared layer counts once", m.CountParams())
		}
	})
}

func TestFunctionalModelsOfSeveralInputs(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x, y := nn.Input(2), nn.Input(1)
		joined := nn.Apply(layers.Concatenate{}, nn.Apply(scale{Start: 10}, x), y)
		m := compiled(t, b, nn.NewModel([]*nn.Node{x, y}, []*nn.Node{joined}), nn.CompileConfig{Loss: losses.MeanSquaredError{}})
		defer closeModel(t, m)
		got, err := m.Predict(background, dense(2, 1, 2, 3, 4), dense(1, 5, 6))
		if err != nil {
			t.Fatal(err)
		}
		if want := []float32{10, 20, 5, 30, 40, 6}; !slices.Equal(got.Values, want) {
			t.Errorf("predicts %v, want %v", got.Values, want)
		}
		_, err = m.Predict(background, dense(2, 1, 2))
		mistake(t, "one input", err, "1 inputs for a model of 2")
		_, err = m.Predict(background, dense(2, 1, 2), dense(1, 5, 6))
		mistake(t, "uneven inputs", err, "input 1 has 2 rows, input 0 has 1")
	})
}

func TestFunctionalMistakes(t *testing.T) {
	x, other := nn.Input(2), nn.NamedInput("other", 2)
	y := nn.Apply(layers.Dense{Units: 1}, x)
	self := nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 2})
	for _, c := range []struct {
		name  string
		model *nn.Model
		words []string
	}{
		{"no inputs", nn.NewModel(nil, []*nn.Node{y}), []string{"at least one input and one output"}},
		{"no outputs", nn.NewModel([]*nn.Node{x}, nil), []string{"at least one input and one output"}},
		{"input left out", nn.NewModel([]*nn.Node{other}, []*nn.Node{y}), []string{"shape [2]", "not among its inputs"}},
		{"input unused", nn.NewModel([]*nn.Node{x, other}, []*nn.Node{y}), []string{`input "other", of shape [2]`, "leads to no output"}},
		{"input twice", nn.NewModel([]*nn.Node{x, x}, []*nn.Node{y}), []string{"input 1", "listed twice"}},
		{"a layer as input", nn.NewModel([]*nn.Node{y}, []*nn.Node{y}), []string{"input 0 of the model is not an nn.Input"}},
		{"a nil input", nn.NewModel([]*nn.Node{nil}, []*nn.Node{y}), []string{"input 0"}},
		{"a nil output", nn.NewModel([]*nn.Node{x}, []*nn.Node{nil}), []string{"nil"}},
		{"a nil layer", nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(nil, x)}), []string{"nil layer"}},
		{"a nil node", nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(layers.Dense{Units: 1}, nil)}), []string{"nil"}},
		{"shapes that do not fit", nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(layers.Add{}, x, nn.Apply(layers.Dense{Units: 3}, x))}), []string{`layer "add"`}},
		{"a bad shape", nn.NewModel([]*nn.Node{nn.Input(0)}, []*nn.Node{y}), []string{"every axis must be at least 1"}},
		{"too many axes", func() *nn.Model {
			x := nn.Input(1, 1, 1, 1)
			return nn.NewModel([]*nn.Node{x}, []*nn.Node{x})
		}(), []string{"at most 3 axes"}},
	} {
		mistake(t, c.name, c.model.Build(), c.words...)
		mistake(t, c.name+", Compile", c.model.Compile(cpu(t), nn.CompileConfig{}), c.words...)
	}
	// A model inside itself is the only cycle there can be.
	if err := self.Build(); err != nil {
		t.Fatal(err)
	}
	mistake(t, "a cycle", self.Add(self.AsLayer()), `layer "sequential"`, "layer of itself")
}

// A model may hand an input on as an output.
func TestInputAsOutput(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x := nn.Input(1)
		m := compiled(t, b, nn.NewModel([]*nn.Node{x}, []*nn.Node{x, nn.Apply(scale{Start: 2}, x)}), nn.CompileConfig{Loss: losses.MeanSquaredError{}})
		defer closeModel(t, m)
		outs, err := m.PredictAll(background, dense(1, 3, 4))
		if err != nil || !slices.Equal(outs[0].Values, []float32{3, 4}) || !slices.Equal(outs[1].Values, []float32{6, 8}) {
			t.Errorf("predicts %v, %v", outs, err)
		}
		r, err := m.TestOnBatch(background, &data.Dataset{X: []data.Tensor{dense(1, 3)}, Y: []data.Tensor{dense(1, 2), dense(1, 6)}})
		if err != nil || !slices.Equal(r.Names(), []string{"loss", "output_0_loss", "scale_loss"}) || r.Loss() != 1 {
			t.Errorf("%v, %v", r, err)
		}
	})
}
