package nn_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
)

// TestTargetsThatDoNotFit are named before the first batch, in one sentence:
// the output, where there are several, both shapes, and the way out.
func TestTargetsThatDoNotFit(t *testing.T) {
	softmax := func(units int) []nn.Layer {
		return []nn.Layer{layers.Dense{Units: units, Activation: activations.Softmax}}
	}
	linear := func(units int) []nn.Layer { return []nn.Layer{layers.Dense{Units: units}} }
	steps := []nn.Layer{layers.Reshape{Shape: []int{2, 2}}, layers.Dense{Units: 3, Activation: activations.Softmax}}
	sparse, mse := losses.SparseCategoricalCrossentropy{}, losses.MeanSquaredError{}
	own := losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		return graph.Mean(graph.Square(graph.Sub(yTrue, yPred)), -1)
	})
	b := cpu(t)
	for _, c := range []struct {
		name    string
		layers  []nn.Layer
		loss    losses.Loss
		metrics []nn.Metric
		y       data.Tensor
		want    string
	}{
		{"class numbers as floats", softmax(3), losses.CategoricalCrossentropy{}, nil, dense(1, 0, 1, 2), "targets of shape [3 1] for the output of shape [3 3]: categorical_crossentropy takes one-hot rows; use losses.SparseCategoricalCrossentropy for class numbers, or make rows of them with data.ToCategorical"},
		{"class numbers for a focal loss", softmax(3), losses.CategoricalFocalCrossentropy{}, nil, ints(0, 1, 2), "categorical_focal_crossentropy takes one-hot rows"},
		{"too few classes", softmax(3), losses.CategoricalCrossentropy{}, nil, waves(3, 2), `targets of shape [3 2] for the output of shape [3 3]: units of layer "dense" are 3, columns of the targets 2; both must be the same`},
		{"class numbers for sigmoids", []nn.Layer{layers.Dense{Units: 3, Activation: activations.Sigmoid}}, losses.BinaryCrossentropy{}, nil, ints(0, 1, 2), "targets of shape [3] for the output of shape [3 3]: binary_crossentropy takes a number for each unit: data.ToCategorical makes rows of class numbers; one yes or no takes a layer of one unit"},
		{"one-hot rows for one unit", []nn.Layer{layers.Dense{Units: 1, Activation: activations.Sigmoid}}, losses.BinaryCrossentropy{}, nil, dense(2, 0, 1, 1, 0, 1, 0), `units of layer "dense" are 1, columns of the targets 2`},
		{"three columns for one unit", linear(1), mse, nil, waves(3, 3), `targets of shape [3 3] for the output of shape [3 1]: units of layer "dense" are 1, columns of the targets 3`},
		{"one column for three units", linear(3), mse, nil, waves(3, 1), `targets of shape [3 1] for the output of shape [3 3]: units of layer "dense" are 3, columns of the targets 1`},
		{"one number for three units", linear(3), mse, nil, ints(1, 2, 3), `targets of shape [3] for the output of shape [3 3]: units of layer "dense" are 3, columns of the targets 1`},
		{"a loss of one's own", linear(3), own, nil, waves(3, 2), `units of layer "dense" are 3, columns of the targets 2`},
		{"a result for each step", steps, sparse, nil, ints(0, 1, 2), `targets of shape [3] for the output of shape [3 2 3]: "dense" gives several results for each example; layers.Flatten in front of it makes one`},
		{"steps", steps, sparse, nil, &data.Ints{Shape: []int{3, 4}, Values: make([]int32, 12)}, "targets of shape [3 4] for the output of shape [3 2 3]: rows of both must have the same shape"},
		{"a metric for one-hot rows", softmax(3), sparse, []nn.Metric{metrics.Accuracy{}, metrics.CategoricalAccuracy{}}, ints(0, 1, 2), "targets of shape [3] for the output of shape [3 3]: metric categorical_accuracy takes rows like the output, not class numbers; metrics.Accuracy takes both"},
		{"a metric for class numbers", softmax(3), losses.CategoricalCrossentropy{}, []nn.Metric{metrics.SparseCategoricalAccuracy{}}, dense(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), "metric sparse_categorical_accuracy takes class numbers, not one-hot rows; metrics.Accuracy takes both"},
	} {
		m := nn.NewSequential(c.layers...)
		if err := m.Compile(b, nn.CompileConfig{Loss: c.loss, Metrics: c.metrics}); err != nil {
			t.Fatal(err)
		}
		d := set(t, waves(3, 4), c.y)
		_, err := m.Fit(background, d, nn.FitConfig{})
		mistake(t, c.name, err, c.want)
		if text := fmt.Sprint(err); strings.Count(text, "nn: ") != 1 || !strings.HasPrefix(text, "nn: training data: targets of shape") || !errors.Is(err, nn.ErrShape) {
			t.Errorf("%s: error %q, want one sentence, and an ErrShape", c.name, text)
		}
		_, err = m.FitStream(background, inBatches(d, 3), nn.FitConfig{})
		mistake(t, c.name, err, "batch 1 of the stream: ", c.want)
		closeModel(t, m)
	}
	// What fits one way is remembered for that way alone.
	m := compiled(t, b, nn.NewSequential(softmax(3)...), nn.CompileConfig{Loss: sparse})
	defer closeModel(t, m)
	x, rows := waves(3, 4), dense(3, 1, 0, 0, 0, 1, 0, 0, 0, 1)
	for range 2 {
		fit(t, m, set(t, x, ints(0, 1, 2)), nn.FitConfig{})
		_, err := m.Fit(background, set(t, x, rows), nn.FitConfig{})
		mistake(t, "after class numbers", err, "takes class numbers")
	}
}

// numbersAndWords has two inputs with names and two outputs.
func numbersAndWords() *nn.Model {
	numbers, words := nn.NamedInput("numbers", 4), nn.NamedInput("words", 3)
	both := nn.Apply(layers.Concatenate{}, numbers, words)
	return nn.NewModel([]*nn.Node{numbers, words}, []*nn.Node{
		nn.Apply(layers.Dense{Units: 1, Name: "price"}, both),
		nn.Apply(layers.Dense{Units: 3, Name: "kind", Activation: activations.Softmax}, both),
	})
}

// TestInputsAndOutputsAreNamed by what their user calls them.
func TestInputsAndOutputsAreNamed(t *testing.T) {
	mse, sparse := losses.MeanSquaredError{}, losses.SparseCategoricalCrossentropy{}
	list := func(x ...data.Tensor) []data.Tensor { return x }
	x, y := list(waves(2, 4), waves(2, 3)), list(waves(2, 1), ints(0, 1))
	m := compiled(t, cpu(t), numbersAndWords(), nn.CompileConfig{Losses: []losses.Loss{mse, sparse}})
	defer closeModel(t, m)
	for _, c := range []struct {
		name string
		x, y []data.Tensor
		want string
	}{
		{"inputs swapped", list(x[1], x[0]), y, `nn: input "numbers" has 3 columns, want 4`},
		{"the second input", list(x[0], waves(2, 5)), y, `nn: input "words" has 5 columns, want 3`},
		{"one input", x[:1], y, `nn: 1 inputs for a model of 2, ["numbers" "words"]`},
		{"NaN", list(x[0], dense(3, 0, 0, 0, 0, float32(math.NaN()), 0)), y, `input "words": row 1, column 1 is NaN`},
		{"one target", x, y[:1], `nn: training data: number of targets is 1, want 2: one for each output with a loss or metrics, ["price" "kind"]`},
		{"the second target", x, list(y[0], dense(3, 1, 0, 0, 0, 1, 0)), `nn: training data: targets of shape [2 3] for output "kind" of shape [2 3]: sparse_categorical_crossentropy takes class numbers`},
		{"the first target", x, list(waves(2, 2), y[1]), `targets of shape [2 2] for output "price" of shape [2 1]: units of layer "price" are 1`},
		{"a label", x, list(y[0], ints(0, 3)), `targets of output "kind": row 1 is 3`},
	} {
		_, err := m.Fit(background, &data.Dataset{X: c.x, Y: c.y}, nn.FitConfig{})
		mistake(t, c.name, err, c.want)
	}
	_, err := m.PredictAll(background, x[1], x[0])
	mistake(t, "PredictAll", err, `input "numbers" has 3 columns, want 4`)
	numbers, words := nn.NamedInput("numbers", 4), nn.NamedInput("words", 3)
	again := nn.NamedInput("numbers", 2)
	first := []*nn.Node{nn.Apply(layers.Dense{Units: 1}, numbers)}
	mistake(t, "an unused input", nn.NewModel([]*nn.Node{numbers, words}, first).Build(), `input "words", of shape [3], leads to no output`)
	mistake(t, "an input left out", nn.NewModel([]*nn.Node{words}, first).Build(), `nn.NamedInput "numbers" of shape [4] that is not among its inputs`)
	mistake(t, "one name", nn.NewModel([]*nn.Node{numbers, again}, []*nn.Node{nn.Apply(layers.Concatenate{}, numbers, again)}).Build(), `two inputs are called "numbers"`)
	mistake(t, "an axis of 0", nn.NewModel([]*nn.Node{nn.NamedInput("none", 0)}, first).Build(), `input "none": rows of shape [0]`)
	mistake(t, "Build", nn.NewModel([]*nn.Node{numbers}, first).Build(5), `input "numbers" has rows of shape [5], want [4]`)
}

// An output without a loss is not trained, and has no target unless it is
// watched.
func TestOutputsWithoutALoss(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		mse, sparse := losses.MeanSquaredError{}, losses.SparseCategoricalCrossentropy{}
		x := []data.Tensor{waves(8, 4), waves(8, 3)}
		price, kind := waves(8, 1), ints(0, 1, 2, 0, 1, 2, 0, 1)
		for _, c := range []struct {
			name   string
			losses []losses.Loss
			watch  [][]nn.Metric
			y      []data.Tensor
			moves  map[string]bool
			names  []string
		}{
			{"the first", []losses.Loss{nil, sparse}, nil, []data.Tensor{kind}, map[string]bool{"kind/kernel": true}, []string{"loss", "kind_loss"}},
			{"the second", []losses.Loss{mse, nil}, nil, []data.Tensor{price}, map[string]bool{"price/kernel": true}, []string{"loss", "price_loss"}},
			{"the first, watched", []losses.Loss{nil, sparse}, [][]nn.Metric{{metrics.MeanAbsoluteError{}}, nil}, []data.Tensor{price, kind}, map[string]bool{"kind/kernel": true}, []string{"loss", "kind_loss", "price_mean_absolute_error"}},
			{"the second, watched", []losses.Loss{mse, nil}, [][]nn.Metric{nil, {metrics.Accuracy{}}}, []data.Tensor{price, kind}, map[string]bool{"price/kernel": true}, []string{"loss", "price_loss", "kind_accuracy"}},
		} {
			m := compiled(t, b, numbersAndWords(), nn.CompileConfig{Losses: c.losses, OutputMetrics: c.watch})
			before := weights(t, m)
			d := &data.Dataset{X: x, Y: c.y}
			fit(t, m, d, nn.FitConfig{BatchSize: 3, Epochs: 2, Validation: d})
			for i, w := range m.Weights() {
				if name := w.Name(); strings.HasSuffix(name, "/kernel") && slices.Equal(before[i], weights(t, m)[i]) == c.moves[name] {
					t.Errorf("%s: weight %q moves: want %v", c.name, name, c.moves[name])
				}
			}
			r, err := m.Evaluate(background, d)
			if err != nil || !slices.Equal(r.Names(), c.names) {
				t.Errorf("%s: results %v, %v, want %q", c.name, r, err, c.names)
			}
			if _, err := m.PredictAll(background, x...); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			path := filepath.Join(t.TempDir(), "model")
			if err := m.Save(path); err != nil {
				t.Fatal(err)
			}
			loaded, err := nn.Load(b, path)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := loaded.Evaluate(background, d); err != nil || !slices.Equal(again.Names(), c.names) {
				t.Errorf("%s: loaded: %v, %v", c.name, again, err)
			}
			closeModel(t, loaded)
			wrong := &data.Dataset{X: x, Y: append(c.y, price)}
			_, err = m.Fit(background, wrong, nn.FitConfig{})
			mistake(t, c.name, err, "number of targets is", "one for each output with a loss or metrics")
			closeModel(t, m)
		}
		none := compiled(t, b, numbersAndWords(), nn.CompileConfig{Losses: []losses.Loss{nil, nil}})
		defer closeModel(t, none)
		_, err := none.Fit(background, &data.Dataset{X: x, Y: []data.Tensor{price}}, nn.FitConfig{})
		mistake(t, "no loss at all", err, "nn: Fit: the model was compiled without a loss")
	})
}

// Class weights of yes and no have one unit and two classes, and those of
// numbers any; a mistake in the targets comes first.
func TestClassWeightsOfOneUnit(t *testing.T) {
	b := cpu(t)
	x, yes := waves(4, 2), dense(1, 0, 1, 1, 0)
	for name, c := range map[string]struct {
		loss    losses.Loss
		y       data.Tensor
		weights map[int]float64
		err     string
	}{
		"yes and no":       {losses.BinaryCrossentropy{}, yes, map[int]float64{0: 1, 1: 2}, ""},
		"a third answer":   {losses.BinaryCrossentropy{}, yes, map[int]float64{0: 1, 1: 2, 2: 1}, "weight for class 2, want classes from 0 to 1"},
		"whole numbers":    {losses.MeanSquaredError{}, dense(1, 7, 8, 7, 8), map[int]float64{7: 1, 8: 2, 9: 1}, ""},
		"a wrong target":   {losses.BinaryCrossentropy{}, waves(4, 2), map[int]float64{0: 1, 5: 2}, "targets of shape [4 2]"},
		"another weight":   {losses.MeanSquaredError{}, dense(1, 7, 8, 7, 8), map[int]float64{7: 1}, "no weight for class 8, of row 1"},
		"no class numbers": {losses.MeanSquaredError{}, dense(1, 0.5, 8, 7, 8), map[int]float64{8: 1}, "row 0: target 0.5 is not a class number"},
	} {
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1, Activation: activations.Sigmoid}), nn.CompileConfig{Loss: c.loss})
		_, err := m.Fit(background, set(t, x, c.y), nn.FitConfig{ClassWeight: c.weights})
		if c.err != "" {
			mistake(t, name, err, c.err)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		closeModel(t, m)
	}
}
