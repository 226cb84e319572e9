package nn_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/regularizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// vocabulary is a preprocessor with something that was learned from data.
type vocabulary struct {
	Words   []string
	Weights map[string]float64
}

func init() { nn.Register[nn.Preprocessor](vocabulary{}) }

// branches is a functional model with two inputs, two outputs, a shared layer,
// a model inside, and frozen layers in both.
func branches(t *testing.T) *nn.Model {
	t.Helper()
	inner := nn.NewSequential(layers.Dense{Units: 4, Activation: activations.LeakyReLU{NegativeSlope: new(0.1)}}, layers.BatchNormalization{}).Named("inner")
	if err := inner.Build(4); err != nil {
		t.Fatal(err)
	}
	if err := inner.SetTrainable("dense", false); err != nil {
		t.Fatal(err)
	}
	a, b := nn.NamedInput("left", 2), nn.Input(2)
	shared := nn.Share(layers.Dense{Name: "twice", Units: 4, Activation: activations.Tanh,
		KernelInitializer: initializers.VarianceScaling{Scale: 2}, KernelRegularizer: regularizers.L2{Factor: 0.02}})
	h := nn.Apply(layers.Add{}, nn.Apply(shared, a), nn.Apply(shared, b))
	h = nn.Apply(inner.AsLayer(), h)
	m := nn.NewModel([]*nn.Node{a, b}, []*nn.Node{
		nn.Apply(layers.Dense{Units: 3, Activation: activations.Softmax}, h),
		nn.Apply(layers.Dense{Units: 1}, nn.Apply(layers.Dropout{Rate: 0.25}, h)),
	}).Named("branches")
	if err := m.Build(); err != nil {
		t.Fatal(err)
	}
	if err := m.SetTrainable("dense_1", false); err != nil {
		t.Fatal(err)
	}
	return m
}

// branchData fits branches.
func branchData(rows int) *data.Dataset {
	x := waves(rows, 2)
	y := ints(make([]int32, rows)...)
	for i := range rows {
		y.Values[i] = int32(i % 3)
	}
	return &data.Dataset{X: []data.Tensor{x, waves(rows, 2)}, Y: []data.Tensor{y, waves(rows, 1)}}
}

func saved(t *testing.T, m *nn.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSaveAndLoad(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct {
			name   string
			model  *nn.Model
			config nn.CompileConfig
			set    *data.Dataset
		}{
			{"sequential", classifier(), nn.CompileConfig{
				Optimizer: &optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.ExponentialDecay{Initial: 0.1, DecaySteps: 10, DecayRate: 0.9}}},
				Loss:      losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.Accuracy{}, metrics.SparseTopKCategoricalAccuracy{K: 2}}, Seed: 1<<63 + 5,
			}, blobs(t, 40)},
			{"functional", branches(t), nn.CompileConfig{
				Losses:        []losses.Loss{losses.SparseCategoricalCrossentropy{}, losses.Huber{Delta: 0.5}},
				LossWeights:   []float64{1, 0.25},
				OutputMetrics: [][]nn.Metric{{metrics.Accuracy{}}, {metrics.MeanAbsoluteError{}, metrics.RootMeanSquaredError{}}},
			}, branchData(40)},
		} {
			m := compiled(t, b, c.model, c.config)
			fit(t, m, c.set, nn.FitConfig{Epochs: 2, BatchSize: 8})
			words := vocabulary{Words: []string{"[UNK]", "ü", "\"quoted\""}, Weights: map[string]float64{"ü": 0.1}}
			if err := m.Attach("words", words); err != nil {
				t.Fatal(err)
			}
			path := saved(t, m)
			back, err := nn.Load(b, path)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := back.Attached("words"); fmt.Sprint(got) != fmt.Sprint(words) || back.Attached("other") != nil {
				t.Errorf("%s: attached is %v", c.name, got)
			}
			same(t, c.name, m, back, c.set)
			if first, second := read(t, path), read(t, saved(t, back)); !bytes.Equal(first, second) {
				t.Errorf("%s: saved again, the file differs", c.name)
			}
			// It learns on as a model that was compiled anew with these weights.
			again := compiled(t, b, m, c.config)
			fit(t, again, c.set, nn.FitConfig{Epochs: 2, BatchSize: 8})
			fit(t, back, c.set, nn.FitConfig{Epochs: 2, BatchSize: 8})
			same(t, c.name+", trained on", again, back, c.set)
			closeModel(t, m)
			closeModel(t, back)
		}
	})
}

// same wants two models to look, answer and score alike, bit for bit.
func same(t *testing.T, what string, a, b *nn.Model, set *data.Dataset) {
	t.Helper()
	var first, second bytes.Buffer
	for m, out := range map[*nn.Model]*bytes.Buffer{a: &first, b: &second} {
		if err := m.Summary(out); err != nil {
			t.Fatal(err)
		}
		for _, w := range m.Weights() {
			fmt.Fprintln(out, w.Name(), w.Shape(), w.Trainable())
		}
		results, err := m.Evaluate(background, set)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range results.All() {
			fmt.Fprintf(out, "%s %x\n", name, x)
		}
		outs, err := m.PredictAll(background, set.X...)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outs {
			fmt.Fprintf(out, "%x\n", o.Values)
		}
	}
	if first.String() != second.String() {
		t.Errorf("%s: the models differ:\n%s\n%s", what, first.String(), second.String())
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestLoadWithoutADevice(t *testing.T) {
	m := branches(t)
	back, err := nn.Load(nil, saved(t, m))
	if err != nil {
		t.Fatal(err)
	}
	a, b := weights(t, m), weights(t, back)
	for i := range a {
		if !slices.Equal(a[i], b[i]) {
			t.Errorf("weight %q comes back as other numbers", m.Weights()[i].Name())
		}
	}
	_, err = back.Predict(background, dense(2, 1, 2), dense(2, 1, 2))
	mistake(t, "Predict", err, "call Compile first")
}

// TestLoadedSequential goes on as a model that was never saved.
func TestLoadedSequential(t *testing.T) {
	m := classifier()
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	if err := m.Pop(); err != nil {
		t.Fatal(err)
	}
	if err := m.Add(layers.Dense{Units: 5}); err != nil {
		t.Fatal(err)
	}
	back, err := nn.Load(nil, saved(t, m))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*nn.Model{m, back} {
		if err := x.Add(layers.Dense{Units: 2}); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, w := range x.Weights() {
			names = append(names, w.Name())
		}
		if want := []string{"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"}; !slices.Equal(names, want) {
			t.Errorf("weights %q, want %q", names, want)
		}
	}
}

// TestLoadedInputs: an Input layer in front is the model's input, one after it
// a layer.
func TestLoadedInputs(t *testing.T) {
	in := layers.Input{Shape: []int{2}}
	for _, stack := range [][]nn.Layer{{in, layers.Dense{Units: 1}}, {in, in, layers.Dense{Units: 1}}, {layers.Dense{Units: 2}, in, layers.Dense{Units: 1}}} {
		m := nn.NewSequential(stack...)
		if err := m.Build(2); err != nil {
			t.Fatal(err)
		}
		back, err := nn.Load(nil, saved(t, m))
		if err != nil {
			t.Errorf("%v: %v", stack, err)
		} else if got, want := len(back.Layers()), len(m.Layers()); got != want {
			t.Errorf("%v comes back with %d layers, want %d", stack, got, want)
		}
	}
}

func TestSaveRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	build := func(l nn.Layer) *nn.Model {
		m := nn.NewSequential(l)
		if err := m.Build(2); err != nil {
			t.Fatal(err)
		}
		return m
	}
	mistake(t, "a model that is not built", classifier().Save(path), "not built")
	mistake(t, "a Go function", build(layers.Activation{Activation: activations.Func(activations.ReLU.Apply)}).Save(path),
		"a Go function, which cannot be saved", "model.layers[0].layer(Activation).activation")
	mistake(t, "a layer that is not registered", build(nn.Layer(stranger{})).Save(path), "nn_test.stranger", "not registered", "nn.Register[nn.Layer]")
	mistake(t, "the extension .npz", build(layers.Dense{Units: 1}).Save(path+".npz"), "SaveWeights")
	mistake(t, "a folder that is not there", build(layers.Dense{Units: 1}).Save(filepath.Join(path, "x")), "no such file")
	huge := build(layers.Softmax{})
	if err := huge.Attach("words", vocabulary{Words: slices.Repeat([]string{"ab"}, 1200000)}); err != nil {
		t.Fatal(err)
	}
	mistake(t, "a vocabulary that Load has no memory for", huge.Save(path), "Load would refuse it", "words", "would take more than")
	if _, err := os.Stat(path); err == nil {
		t.Error("a refused Save leaves a file")
	}
}

// stranger is a layer that is not registered.
type stranger struct{ layers.Flatten }

func TestSaveWeights(t *testing.T) {
	folder := t.TempDir()
	m := branches(t)
	for _, name := range []string{"w.safetensors", "w.npz", "w"} {
		path := filepath.Join(folder, name)
		if err := m.SaveWeights(path); err != nil {
			t.Fatal(err)
		}
		other := branches(t)
		zero := weights(t, other)
		for _, w := range zero {
			clear(w)
		}
		if err := other.SetWeights(zero); err != nil {
			t.Fatal(err)
		}
		if err := other.LoadWeights(path); err != nil {
			t.Fatal(err)
		}
		for i, w := range weights(t, m) {
			if !slices.Equal(weights(t, other)[i], w) {
				t.Errorf("%s: weight %q comes back as other numbers", name, m.Weights()[i].Name())
			}
		}
	}
	_, err := nn.Load(nil, filepath.Join(folder, "w"))
	mistake(t, "Load of weights alone", err, "no configuration", "LoadWeights")
	mistake(t, "LoadWeights of a model that is not built", classifier().LoadWeights(filepath.Join(folder, "w")), "not built")
	mistake(t, "SaveWeights of a model that is not built", classifier().SaveWeights(filepath.Join(folder, "w.npz")), "not built")
	mistake(t, "LoadWeights of a folder", m.LoadWeights(folder), "not a file")
}

// TestLoadWeightsNames says which weight is off, in both formats.
func TestLoadWeightsNames(t *testing.T) {
	one := func(l nn.Layer, columns int) *nn.Model {
		m := nn.NewSequential(l)
		if err := m.Build(columns); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := one(layers.Dense{Name: "out", Units: 3}, 2)
	for _, ext := range []string{".safetensors", ".npz"} {
		for _, c := range []struct {
			what  string
			other *nn.Model
			words []string
		}{
			{"another shape", one(layers.Dense{Name: "out", Units: 3}, 4), []string{`weight "out/kernel" has the shape [4 3] in the file, want [2 3]`}},
			{"another name", one(layers.Dense{Name: "in", Units: 3}, 2), []string{`no weight "out/kernel", of shape [2 3]; it has ["in/`}},
			{"no bias", one(layers.Dense{Name: "out", Units: 3, NoBias: true}, 2), []string{`no weight "out/bias", of shape [3]`}},
		} {
			path := filepath.Join(t.TempDir(), "w"+ext)
			if err := c.other.SaveWeights(path); err != nil {
				t.Fatal(err)
			}
			mistake(t, c.what+ext, m.LoadWeights(path), append(c.words, path)...)
		}
		path := filepath.Join(t.TempDir(), "w"+ext)
		if err := m.SaveWeights(path); err != nil {
			t.Fatal(err)
		}
		mistake(t, "an array too many"+ext, one(layers.Dense{Name: "out", Units: 3, NoBias: true}, 2).LoadWeights(path), `an array "out/bias", which is no weight`)
	}
	path := filepath.Join(t.TempDir(), "double.safetensors")
	var b bytes.Buffer
	if err := safetensors.Write(&b, nil, []safetensors.Tensor{safetensors.Of("out/kernel", make([]float64, 6), 2, 3), safetensors.Of("out/bias", make([]float32, 3), 3)}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	mistake(t, "another type", m.LoadWeights(path), `weight "out/kernel" has elements of type F64`, "want F32")
	mistake(t, "npz of another type", m.LoadWeights("../internal/npy/testdata/two.npz"), `no weight "out/kernel"`, `["x" "y"]`)
}
