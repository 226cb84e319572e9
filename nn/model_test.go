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
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

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
	again := nn.Share(layers.Dense{Units: 46})
	m := nn.NewSequential(layers.Dense{Units: 64}, layers.Dense{Units: 46, Name: "out"}, again, again)
	want = `Model: "sequential"
┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━━━┓
┃ Layer (type)    ┃ Output Shape ┃     Param # ┃
┣━━━━━━━━━━━━━━━━━╋━━━━━━━━━━━━━━╋━━━━━━━━━━━━━┫
┃ dense (Dense)   ┃ ?            ┃ 0 (unbuilt) ┃
┃ out (Dense)     ┃ ?            ┃ 0 (unbuilt) ┃
┃ dense_1 (Dense) ┃ ?            ┃ 0 (unbuilt) ┃
┃ dense_1 (Dense) ┃ ?            ┃ 0 (unbuilt) ┃
┗━━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━┻━━━━━━━━━━━━━┛
 Total params: 0 (0.00 B)
 Trainable params: 0 (0.00 B)
 Non-trainable params: 0 (0.00 B)
`
	if err := m.Summary(&out); err != nil || out.String() != want {
		t.Errorf("unbuilt: %v, got\n%swant\n%s", err, out.String(), want)
	}
	mistake(t, "two layers of one name", nn.NewSequential(layers.Dense{Units: 1, Name: "a"}, layers.Dense{Units: 1, Name: "a"}).Summary(&out), `two layers are called "a"`)
	out.Reset()
	if err := m.Build(10000); err != nil {
		t.Fatal(err)
	}
	if err := m.Summary(&out); err != nil || !strings.Contains(out.String(), "dense_1 (Dense)") || !strings.Contains(out.String(), "640,064") || !strings.Contains(out.String(), "645,216 (2.46 MB)") {
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
	mistake(t, "SetWeights", m.SetWeights(w[:3]), "got 3 weights, the model has 4")
	w[2] = w[2][:5]
	mistake(t, "SetWeights", m.SetWeights(w), "dense_1/kernel", "[4 3]", "12 elements, got 5")
	if _, err := classifier().GetWeights(); err == nil {
		t.Error("an unbuilt model has weights")
	}
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

// A layer's weights go into another model, whether the layer is one of its own
// or inside of a model.
func TestLayerWeights(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		inner := nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 4}, layers.Dense{Units: 5}).Named("inner")
		m := forBlobs(t, b, nn.NewSequential(layers.Input{Shape: []int{2}}, inner.AsLayer(), layers.Dense{Name: "top", Units: 3, Activation: activations.Softmax}))
		defer closeModel(t, m)
		all := weights(t, m)
		for name, want := range map[string][][]float32{"": all, "inner": all[:4], "inner/dense_1": all[2:4], "top": all[4:]} {
			if got, err := m.GetLayerWeights(name); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q has %v, %v, want %v", name, got, err, want)
			}
		}
		learned, err := m.GetLayerWeights("inner")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(inner.Build(), inner.SetWeights(learned)); err != nil {
			t.Fatal(err)
		}
		if got := weights(t, inner); fmt.Sprint(got) != fmt.Sprint(learned) {
			t.Errorf("the inner model has %v, want %v", got, learned)
		}
		ones := [][]float32{{1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1}}
		if err := m.SetLayerWeights("inner/dense", ones); err != nil {
			t.Fatal(err)
		}
		if got, want := weights(t, m), append(ones, all[2:]...); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after SetLayerWeights: %v, want %v", got, want)
		}
		mistake(t, "too few", m.SetLayerWeights("inner/dense", ones[:1]), `got 1 weights, layer "inner/dense" has 2`)
		mistake(t, "no layer", m.SetLayerWeights("iner", ones), `no layer "iner"`)
		_, err = m.GetLayerWeights("iner")
		mistake(t, "no layer", err, `no layer "iner"`)
	})
}
