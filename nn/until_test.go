package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
)

// What a layer in the middle of a model makes of data is what the model itself
// gives where that layer is one of its outputs, before and after it is saved.
func TestUntil(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		inner := nn.NewSequential(layers.Dense{Units: 4, Activation: activations.Tanh}, layers.BatchNormalization{}).Named("inner")
		x, y := nn.NamedInput("x", 3), nn.NamedInput("y", 3)
		twice := nn.Share(layers.Dense{Name: "twice", Units: 3})
		once := nn.Apply(twice, x)
		again := nn.Apply(twice, once)
		nested := nn.Apply(inner.AsLayer(), again)
		both := nn.Apply(layers.Concatenate{Name: "both"}, nested, y)
		m := nn.NewModel([]*nn.Node{y, x}, []*nn.Node{nn.Apply(layers.Dense{Name: "top", Units: 2}, both), again, nested, both})
		if err := errors.Join(m.Build(), m.SetTrainable("inner/dense", false)); err != nil {
			t.Fatal(err)
		}
		mse := losses.MeanSquaredError{}
		m = compiled(t, b, m, nn.CompileConfig{Losses: []losses.Loss{mse, nil, nil, nil}, Seed: 3})
		defer closeModel(t, m)
		fit(t, m, &data.Dataset{X: []data.Tensor{waves(12, 3), waves(12, 3)}, Y: []data.Tensor{waves(12, 2)}}, nn.FitConfig{})
		ys, xs := waves(5, 3), waves(5, 3)
		slices.Reverse(ys.Values)
		want, err := m.PredictAll(background, ys, xs)
		if err != nil {
			t.Fatal(err)
		}
		back, err := nn.Load(nil, saved(t, m))
		if err != nil {
			t.Fatal(err)
		}
		for name, whole := range map[string]*nn.Model{"the model": m, "loaded": back} {
			for i, c := range []struct {
				layer  string
				inputs []data.Tensor
			}{{"top", []data.Tensor{ys, xs}}, {"twice", []data.Tensor{xs}}, {"inner", []data.Tensor{xs}}, {"both", []data.Tensor{ys, xs}}} {
				part, err := whole.Until(c.layer)
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range part.Weights() {
					if trainable := !strings.HasPrefix(w.Name(), "inner/dense/") && !strings.Contains(w.Name(), "moving"); w.Trainable() != trainable {
						t.Errorf("%s until %s: %s is trainable: %v", name, c.layer, w.Name(), w.Trainable())
					}
				}
				got, err := compiled(t, b, part, nn.CompileConfig{}).Predict(background, c.inputs...)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got.Shape, want[i].Shape) {
					t.Fatalf("%s until %s: shape %v, want %v", name, c.layer, got.Shape, want[i].Shape)
				}
				for k, v := range got.Values {
					closeTo(t, fmt.Sprint(name, " until ", c.layer), float64(v), float64(want[i].Values[k]), 1e-5)
				}
				closeModel(t, part)
			}
		}
	})
}

// The part of a Sequential model is one, on which layers can be stacked, and what
// it learns is its own.
func TestUntilOfSequential(t *testing.T) {
	b := cpu(t)
	m := forBlobs(t, b, nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 4}, layers.Activation{Activation: activations.ReLU}, layers.Dense{Units: 3, Activation: activations.Softmax}))
	defer closeModel(t, m)
	before := weights(t, m)
	part, err := m.Until("activation")
	if err != nil {
		t.Fatal(err)
	}
	if got := weights(t, part); fmt.Sprint(got) != fmt.Sprint(before[:2]) {
		t.Errorf("the part has weights %v, want %v", got, before[:2])
	}
	if err := part.Add(layers.Dense{Name: "new", Units: 3, Activation: activations.Softmax}); err != nil {
		t.Fatal(err)
	}
	fit(t, forBlobs(t, b, part), blobs(t, 30), nn.FitConfig{Epochs: 2})
	defer closeModel(t, part)
	if slices.Equal(weights(t, part)[0], before[0]) || fmt.Sprint(weights(t, m)) != fmt.Sprint(before) {
		t.Error("the part does not learn, or the model learns with it")
	}
	var out bytes.Buffer
	if err := part.Summary(&out); err != nil || !strings.Contains(out.String(), "new (Dense)") || strings.Contains(out.String(), "dense_1") {
		t.Errorf("%v\n%s", err, out.String())
	}
	_, err = m.Until("top")
	mistake(t, "no layer", err, `no layer "top"`, "dense_1")
	_, err = nn.NewSequential(layers.Dense{Units: 1}).Until("dense")
	mistake(t, "not built", err, "not built")
	outer := nn.NewSequential(layers.Input{Shape: []int{2}}, m.AsLayer())
	if err := outer.Build(); err != nil {
		t.Fatal(err)
	}
	_, err = outer.Until("sequential/dense")
	mistake(t, "inside", err, `layer "sequential/dense" is inside of a nested model`)
	closeModel(t, m)
	_, err = m.Until("dense")
	if !errors.Is(err, nn.ErrClosed) {
		t.Errorf("of a closed model: %v", err)
	}
}
