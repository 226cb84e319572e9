package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
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
		{"input unused", nn.NewModel([]*nn.Node{x, other}, []*nn.Node{y}), []string{"input 1", "leads to no output"}},
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

func TestSummary(t *testing.T) {
	var out bytes.Buffer
	if err := twoHeads().Named("heads").Summary(&out); err != nil {
		t.Fatal(err)
	}
	want := `Model: "heads"
┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━┓
┃ Layer (type)   ┃ Output Shape ┃ Param # ┃ Connected to ┃
┣━━━━━━━━━━━━━━━━╋━━━━━━━━━━━━━━╋━━━━━━━━━╋━━━━━━━━━━━━━━┫
┃ x (Input)      ┃ (None, 1)    ┃       0 ┃ -            ┃
┃ double (scale) ┃ (None, 1)    ┃       1 ┃ x            ┃
┃ double (scale) ┃ (None, 1)    ┃       0 ┃ x            ┃
┃ triple (scale) ┃ (None, 1)    ┃       1 ┃ double       ┃
┃ add (Add)      ┃ (None, 1)    ┃       0 ┃ triple, x    ┃
┗━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━┻━━━━━━━━━┻━━━━━━━━━━━━━━┛
 Total params: 2 (8.00 B)
 Trainable params: 2 (8.00 B)
 Non-trainable params: 0 (0.00 B)
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	m := nn.NewSequential(layers.Dense{Units: 64}, layers.Dense{Units: 46})
	if err := m.Summary(&out); err != nil || !strings.Contains(out.String(), "dense (Dense)") || !strings.Contains(out.String(), "unbuilt") {
		t.Errorf("unbuilt: %v\n%s", err, out.String())
	}
	out.Reset()
	if err := m.Build(10000); err != nil {
		t.Fatal(err)
	}
	if err := m.Summary(&out); err != nil || !strings.Contains(out.String(), "640,064") || !strings.Contains(out.String(), "643,054 (2.45 MB)") {
		t.Errorf("built: %v\n%s", err, out.String())
	}
}

func TestFreezing(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, nn.NewSequential(
			layers.Input{Shape: []int{2}},
			layers.Dense{Name: "base", Units: 4, Activation: activations.Tanh},
			layers.Dense{Name: "top", Units: 3, Activation: activations.Softmax},
		))
		defer closeModel(t, m)
		before := weights(t, m)
		if err := m.SetTrainable("base", false); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(background, blobs(t, 12), nn.FitConfig{}); !errors.Is(err, nn.ErrNotCompiled) {
			t.Errorf("Fit after SetTrainable: %v, want ErrNotCompiled", err)
		}
		forBlobs(t, b, m)
		fit(t, m, blobs(t, 12), nn.FitConfig{Epochs: 2})
		after := weights(t, m)
		for i, w := range m.Weights() {
			frozen := strings.HasPrefix(w.Name(), "base/")
			if w.Trainable() == frozen || slices.Equal(before[i], after[i]) != frozen {
				t.Errorf("%s: trainable %v, changed %v", w.Name(), w.Trainable(), !slices.Equal(before[i], after[i]))
			}
		}
		var out bytes.Buffer
		if err := m.Summary(&out); err != nil || !strings.Contains(out.String(), "Trainable params: 15") || !strings.Contains(out.String(), "Non-trainable params: 12") {
			t.Errorf("%v\n%s", err, out.String())
		}
		// All frozen: there is nothing to learn, and nothing breaks.
		if err := m.SetTrainable("", false); err != nil {
			t.Fatal(err)
		}
		forBlobs(t, b, m)
		fit(t, m, blobs(t, 12), nn.FitConfig{})
		for i, w := range weights(t, m) {
			if !slices.Equal(w, after[i]) {
				t.Errorf("weight %d of a frozen model changed", i)
			}
		}
		mistake(t, "unknown layer", m.SetTrainable("botom", false), `no layer "botom"`, "base", "top")
	})
	mistake(t, "not built", nn.NewSequential(layers.Dense{Units: 1}).SetTrainable("", false), "not built")
}

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

func TestAddAndPop(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		fit(t, m, blobs(t, 12), nn.FitConfig{})
		base := weights(t, m)[:2]
		if err := m.Pop(); err != nil {
			t.Fatal(err)
		}
		if n := len(m.Weights()); n != 2 {
			t.Errorf("%d weights after Pop, want 2", n)
		}
		// A layer that does not fit is not added.
		mistake(t, "Add", m.Add(layers.Reshape{Shape: []int{5}}), `layer "reshape"`)
		if err := m.Add(layers.Dense{Units: 5, Activation: activations.Softmax}); err != nil {
			t.Fatal(err)
		}
		if shapes := m.OutputShapes(); !slices.Equal(shapes[0], []int{5}) {
			t.Errorf("the output has shape %v, want [5]", shapes[0])
		}
		forBlobs(t, b, m)
		for i, w := range base {
			if !slices.Equal(w, weights(t, m)[i]) {
				t.Errorf("weight %d was lost", i)
			}
		}
		fit(t, m, blobs(t, 12), nn.FitConfig{})
		for range 2 {
			if err := m.Pop(); err != nil {
				t.Fatal(err)
			}
		}
		mistake(t, "Pop", m.Pop(), "without layers")
		mistake(t, "Compile", m.Compile(b, nn.CompileConfig{}), "no layers")
	})
	mistake(t, "Add", twoHeads().Add(layers.Flatten{}), "Sequential")
	mistake(t, "Pop", twoHeads().Pop(), "Sequential")
	mistake(t, "Add", classifier().Add(nil), "nil layer")
}

func TestGetLayerAndWeights(t *testing.T) {
	b := cpu(t)
	m := forBlobs(t, b, nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 4}, layers.Dense{Units: 3, Activation: activations.Softmax}))
	defer closeModel(t, m)
	l, err := m.GetLayer("dense_1")
	if err != nil || l.Type != "Dense" || l.Config.(layers.Dense).Units != 3 || len(l.Weights) != 2 || !l.Trainable {
		t.Errorf("%+v, %v", l, err)
	}
	_, err = m.GetLayer("dense_2")
	mistake(t, "GetLayer", err, `no layer "dense_2"`, "dense_1")
	if n := m.CountParams(); n != 2*4+4+4*3+3 {
		t.Errorf("%d parameters", n)
	}
	w := weights(t, m)
	for i := range w {
		for k := range w[i] {
			w[i][k] = float32(i) + float32(k)/8
		}
	}
	if err := m.SetWeights(w); err != nil {
		t.Fatal(err)
	}
	for i, got := range weights(t, m) {
		if !slices.Equal(got, w[i]) {
			t.Errorf("weight %d is %v, want %v", i, got, w[i])
		}
	}
	mistake(t, "SetWeights", m.SetWeights(w[:3]), "3 weights for a model of 4")
	w[2] = w[2][:5]
	mistake(t, "SetWeights", m.SetWeights(w), "dense_1/kernel", "[4 3]", "12 elements, got 5")
	if _, err := classifier().GetWeights(); err == nil {
		t.Error("an unbuilt model has weights")
	}
}

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

func TestTestOnBatchAndPredictOnBatch(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		batch := blobs(t, 13)
		r, err := m.TestOnBatch(background, batch)
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.TrainOnBatch(background, batch)
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "loss before the step", again.Loss(), r.Loss(), 1e-6)
		after, err := m.TestOnBatch(background, batch)
		if err != nil || !(after.Loss() < r.Loss()) {
			t.Errorf("loss went from %v to %v (%v)", r.Loss(), after.Loss(), err)
		}
		one, err := m.PredictOnBatch(background, batch.X...)
		if err != nil {
			t.Fatal(err)
		}
		all, err := m.Predict(background, batch.X...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one.Values, all.Values) || !slices.Equal(one.Shape, []int{13, 3}) {
			t.Errorf("PredictOnBatch and Predict differ")
		}
		for _, rows := range []int{1, 2, 600} { // padded, and in several parts
			x := waves(rows, 2)
			p, err := m.Predict(background, x)
			if err != nil || p.Rows() != rows {
				t.Fatalf("%d rows: %v, %v", rows, p, err)
			}
			last, err := m.Predict(background, x.Slice(rows-1, rows))
			if err != nil {
				t.Fatal(err)
			}
			for k, x := range last.Values {
				closeTo(t, fmt.Sprintf("%d rows, last one", rows), float64(p.Row(rows - 1)[k]), float64(x), 1e-5)
			}
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

func TestNamesOfLayers(t *testing.T) {
	m := nn.NewSequential(layers.Input{Shape: []int{4}}, layers.Dense{Units: 4}, layers.LeakyReLU{}, layers.Dense{Units: 2}, &counter{})
	if err := m.Build(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range m.Layers() {
		names = append(names, l.Name)
	}
	if want := []string{"dense", "leaky_re_lu", "dense_1", "counter"}; !slices.Equal(names, want) {
		t.Errorf("layers are called %q, want %q", names, want)
	}
	mistake(t, "twice", nn.NewSequential(layers.Input{Shape: []int{4}}, layers.Dense{Name: "a", Units: 4}, layers.Dense{Name: "a", Units: 4}).Build(), `two layers are called "a"`)
	mistake(t, "slash", nn.NewSequential(layers.Input{Shape: []int{4}}, layers.Dense{Name: "a/b", Units: 4}).Build(), "slash")
}

func TestSeeds(t *testing.T) {
	b := cpu(t)
	start := func(seed uint64) []float32 {
		m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{3}}, layers.Dense{Units: 4}, layers.Dense{Units: 3}), nn.CompileConfig{Seed: seed})
		defer closeModel(t, m)
		w := weights(t, m)
		if slices.Equal(w[0], w[2]) {
			t.Error("two layers start equal")
		}
		return w[0]
	}
	if !slices.Equal(start(5), start(5)) || slices.Equal(start(5), start(6)) {
		t.Error("start weights do not follow the seed")
	}
	if s := start(1); math.Abs(float64(s[0])) > 1 {
		t.Errorf("Glorot uniform gave %v", s)
	}
}

// A model goes from one device to another with its weights.
func TestCompileMovesAModel(t *testing.T) {
	home := cpu(t)
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, home, classifier())
		defer closeModel(t, m)
		fit(t, m, blobs(t, 20), nn.FitConfig{})
		want := weights(t, m)
		for _, dev := range []compute.Backend{b, home, b} {
			forBlobs(t, dev, m)
			for i, w := range weights(t, m) {
				if !slices.Equal(w, want[i]) {
					t.Errorf("weight %d differs on %s", i, dev.Info().Backend)
				}
			}
		}
		fit(t, m, blobs(t, 20), nn.FitConfig{})
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
