package nn_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

func TestNestedModels(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		inner := nn.NewSequential(layers.Dense{Units: 4, Activation: activations.Tanh}, layers.Dense{Units: 4}).Named("inner")
		start := func(seed uint64) [][]float32 {
			m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{2}}, inner.AsLayer(), layers.Dense{Units: 3, Activation: activations.Softmax}),
				nn.CompileConfig{Loss: losses.SparseCategoricalCrossentropy{}, Optimizer: optimizers.Adam{Settings: rate(0.05)}, Seed: seed})
			defer closeModel(t, m)
			if name := m.Weights()[0].Name(); name != "inner/dense/kernel" {
				t.Errorf("the first weight is %q", name)
			}
			w := weights(t, m)
			before, err := m.Evaluate(background, blobs(t, 60))
			if err != nil {
				t.Fatal(err)
			}
			h := fit(t, m, blobs(t, 60), nn.FitConfig{Epochs: 15, BatchSize: 8})
			if h.Last("loss") > before.Loss()/3 {
				t.Errorf("loss went from %v to %v", before.Loss(), h.Last("loss"))
			}
			return w
		}
		one, two := start(1), start(2)
		if slices.Equal(one[0], two[0]) {
			t.Error("a nested model without weights starts equal under two seeds")
		}
		// Weights that the nested model has come along.
		if err := inner.Compile(b, nn.CompileConfig{Seed: 3}); err != nil {
			t.Fatal(err)
		}
		have := weights(t, inner)
		three := start(4)
		closeModel(t, inner)
		for i, w := range have {
			if !slices.Equal(w, three[i]) {
				t.Errorf("weight %d of the nested model did not come along", i)
			}
		}
	})
}

// A nested model that came frozen can be let go again, as a whole or by layer,
// and its own later changes are nothing to the model that it was put into.
func TestUnfreezingNestedModels(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		deep := nn.NewSequential(layers.Dense{Name: "b", Units: 4}, layers.BatchNormalization{Name: "norm"}).Named("deep")
		base := nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Name: "a", Units: 4, Activation: activations.Tanh}, deep.AsLayer()).Named("base")
		if err := errors.Join(base.Build(), base.SetTrainable("", false)); err != nil {
			t.Fatal(err)
		}
		m := nn.NewSequential(layers.Input{Shape: []int{2}}, base.AsLayer(), layers.Dense{Name: "top", Units: 3, Activation: activations.Softmax})
		if err := errors.Join(m.Build(), base.SetTrainable("", true), base.Pop()); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			name  string
			learn bool
			want  string // the weights that then move in Fit
		}{
			{"top", true, "top/kernel top/bias"},
			{"base", true, "base/a/kernel base/a/bias base/deep/b/kernel base/deep/b/bias base/deep/norm/gamma base/deep/norm/beta base/deep/norm/moving_mean base/deep/norm/moving_variance top/kernel top/bias"},
			{"base/deep/norm", false, "base/a/kernel base/a/bias base/deep/b/kernel base/deep/b/bias top/kernel top/bias"},
			{"base/a", false, "base/deep/b/kernel base/deep/b/bias top/kernel top/bias"},
			{"base/deep", false, "base/a/kernel base/a/bias top/kernel top/bias"},
			{"base", false, "top/kernel top/bias"},
			{"base/a", true, "top/kernel top/bias"},
		} {
			if step.name == "base/deep" {
				if err := m.SetTrainable("base/a", true); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.SetTrainable(step.name, step.learn); err != nil {
				t.Fatal(err)
			}
			if got := moved(t, b, m); got != step.want {
				t.Errorf("%s %v: %q moved, want %q", step.name, step.learn, got, step.want)
			}
			back, err := nn.Load(b, saved(t, m))
			if err != nil {
				t.Fatal(err)
			}
			if got := moved(t, b, back); got != step.want {
				t.Errorf("%s %v, loaded: %q moved, want %q", step.name, step.learn, got, step.want)
			}
			closeModel(t, back)
		}
		layer, err := m.GetLayer("base/deep/b")
		if err != nil || layer.Name != "base/deep/b" || layer.Type != "Dense" || len(layer.Weights) != 2 || layer.Trainable {
			t.Errorf("GetLayer gives %+v, %v", layer, err)
		}
		for name, have := range map[string]string{"base/c": `["base/a" "base/deep"]`, "base/deep/c": `["base/deep/b" "base/deep/norm"]`, "base/a/c": `["base/a" "base/deep"]`, "bas": `["base" "top"]`, "a": `["base" "top"]`} {
			mistake(t, name, m.SetTrainable(name, true), `no layer "`+name+`"; the model has `+have)
		}
		closeModel(t, m)
	})
}

// moved is the names of the weights that two steps of training change.
func moved(t *testing.T, b compute.Backend, m *nn.Model) string {
	t.Helper()
	forBlobs(t, b, m)
	before := weights(t, m)
	fit(t, m, blobs(t, 24), nn.FitConfig{BatchSize: 12})
	var names []string
	for i, after := range weights(t, m) {
		if !slices.Equal(before[i], after) {
			names = append(names, m.Weights()[i].Name())
		}
	}
	return strings.Join(names, " ")
}

// A model inside of another that was changed since it was put there no longer
// fits the weights.
func TestNestedModelChangedInside(t *testing.T) {
	deep := nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 4}).Named("deep")
	base := nn.NewSequential(layers.Input{Shape: []int{2}}, deep.AsLayer()).Named("base")
	if err := errors.Join(base.Build(), deep.Add(layers.Dropout{Rate: 0.5})); err != nil {
		t.Fatal(err)
	}
	mistake(t, "changed", nn.NewSequential(layers.Input{Shape: []int{2}}, base.AsLayer()).Build(), `layer "base"`, "deep: the model inside was changed")
}
