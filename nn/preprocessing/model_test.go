package preprocessing_test

import (
	"context"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/layers"
	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// A model's file has all that is needed to answer raw rows.
func TestModelServesRows(t *testing.T) {
	dev, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	p, train := passengers()
	if err := p.Adapt(train); err != nil {
		t.Fatal(err)
	}
	person, note := nn.Input(5), nn.Input(3)
	words := nn.Apply(layers.GlobalAveragePooling1D{}, nn.Apply(layers.Embedding{InputDim: 6, OutputDim: 2}, note))
	m := nn.NewModel([]*nn.Node{person, note}, []*nn.Node{
		nn.Apply(layers.Dense{Units: 1, Activation: activations.Sigmoid}, nn.Apply(layers.Concatenate{}, person, words)),
	})
	defer m.Close()
	if err := m.Compile(dev, nn.CompileConfig{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	if err := m.Attach("rows", p); err != nil {
		t.Fatal(err)
	}
	answers := func(m *nn.Model) []float32 {
		t.Helper()
		p, ok := m.Attached("rows").(*Pipeline)
		if !ok {
			t.Fatalf("attached is %T", m.Attached("rows"))
		}
		x, err := p.Apply(Records([]map[string]any{{"age": 33.0, "sex": "male", "class": 3.0, "note": "b c"}, {"sex": "female", "class": 1.0, "age": nil, "note": nil}}))
		if err != nil {
			t.Fatal(err)
		}
		y, err := m.Predict(context.Background(), x...)
		if err != nil {
			t.Fatal(err)
		}
		return y.Values
	}
	want := answers(m)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := nn.Load(dev, path)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if got := answers(back); !slices.Equal(got, want) || slices.ContainsFunc(got, func(v float32) bool { return math.IsNaN(float64(v)) }) {
		t.Errorf("the loaded model answers %v, the saved one %v", got, want)
	}
}

// All transforms, too, can be attached to a model by themselves.
func TestPreprocessors(t *testing.T) {
	for _, f := range transforms {
		name := reflect.TypeOf(f).Elem().Name()
		if !slices.Contains(spec.Classes[nn.Preprocessor](), name) {
			t.Errorf("%s is not registered as a preprocessor", name)
		}
	}
}
