package nn_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/regularizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// said collects what each backend says about the same mistake.
type said map[string]map[string]string // mistake -> backend -> error

func (s said) add(b compute.Backend, name string, err error) {
	if s[name] == nil {
		s[name] = map[string]string{}
	}
	if err != nil {
		s[name][b.Info().Backend] = err.Error()
	}
}

// same wants all backends to have said what the CPU did.
func (s said) same(t *testing.T) {
	t.Helper()
	for name, by := range s {
		for backend, text := range by {
			if text != by["cpu"] {
				t.Errorf("%s: %s says %q, cpu %q", name, backend, text, by["cpu"])
			}
		}
	}
}

// TestConfigurationsThatAreWrong are mistakes of Compile that name the layer or
// the part.
func TestConfigurationsThatAreWrong(t *testing.T) {
	input := layers.Input{Shape: []int{4}}
	softmax := layers.Dense{Units: 3, Activation: activations.Softmax}
	with := func(l ...nn.Layer) *nn.Model { return nn.NewSequential(append([]nn.Layer{input}, l...)...) }
	sgd := func(s optimizers.Settings) nn.CompileConfig {
		return nn.CompileConfig{Optimizer: optimizers.SGD{Settings: s}}
	}
	watch := func(m ...nn.Metric) nn.CompileConfig {
		return nn.CompileConfig{Loss: losses.CategoricalCrossentropy{}, Metrics: m}
	}
	type list []string
	heard := said{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct {
			name   string
			model  *nn.Model
			config nn.CompileConfig
			words  list
		}{
			{"no units", with(layers.Dense{}), nn.CompileConfig{}, list{"layer", "Dense", "Units is 0"}},
			{"negative units", with(softmax, layers.Dense{Units: -3}), nn.CompileConfig{}, list{"layer 2 (Dense)", "Units is -3"}},
			{"before the shape is known", nn.NewSequential(layers.Dense{Units: -3}), nn.CompileConfig{}, list{"layer 0 (Dense)", "Units is -3"}},
			{"dropout of 1.2", with(layers.Dropout{Rate: 1.2}), nn.CompileConfig{}, list{"Dropout", "Rate is 1.2", "below 1"}},
			{"dropout of NaN", with(layers.Dropout{Rate: math.NaN()}), nn.CompileConfig{}, list{"Dropout", "NaN"}},
			{"unknown activation", with(layers.Dense{Units: 1, Activation: activations.Named("rleu")}), nn.CompileConfig{}, list{"Dense", "Activation", `"rleu"`, "relu"}},
			{"initializer", with(layers.Dense{Units: 1, KernelInitializer: initializers.RandomUniform{Min: 1, Max: -1}}), nn.CompileConfig{}, list{"Dense", "KernelInitializer", "RandomUniform"}},
			{"constraint", with(layers.Dense{Units: 1, BiasConstraint: constraints.MaxNorm{MaxValue: -1}}), nn.CompileConfig{}, list{"Dense", "BiasConstraint", "MaxNorm"}},
			{"regularizer", with(layers.Dense{Units: 1, KernelRegularizer: regularizers.L1L2{L1: -1}}), nn.CompileConfig{}, list{`layer "dense/kernel"`, "regularizers", "-1"}},
			{"axis of a constraint", with(layers.Dense{Units: 1, KernelConstraint: constraints.MaxNorm{Axis: 2}}), nn.CompileConfig{}, list{`layer "dense/kernel"`, "axis 2"}},
			{"a nil part", with(layers.Dense{Units: 1, KernelInitializer: (*initializers.Constant)(nil)}), nn.CompileConfig{}, list{"KernelInitializer", "nil"}},
			{"shapes", with(layers.Reshape{Shape: []int{3}}), nn.CompileConfig{}, list{`layer "reshape"`}},
			{"no layers", with(), nn.CompileConfig{}, list{"no layers"}},
			{"a nil layer", with(nil), nn.CompileConfig{}, list{"layer 1 is nil"}},
			{"rate", with(softmax), sgd(rate(-0.1)), list{"LearningRate", "-0.1"}},
			{"rate of NaN", with(softmax), sgd(rate(math.NaN())), list{"LearningRate", "NaN"}},
			{"schedule", with(softmax), sgd(optimizers.Settings{LearningRate: schedules.ExponentialDecay{Initial: 0.1, DecaySteps: -1, DecayRate: 0.9}}), list{"LearningRate", "-1"}},
			{"momentum", with(softmax), nn.CompileConfig{Optimizer: optimizers.Momentum{Momentum: new(1.5)}}, list{"momentum", "1.5"}},
			{"a nil optimizer", with(softmax), nn.CompileConfig{Optimizer: (*optimizers.Adam)(nil)}, list{"nil *optimizers.Adam"}},
			{"clip", with(softmax), sgd(optimizers.Settings{ClipNorm: -1}), list{"ClipNorm"}},
			{"two clips", with(softmax), sgd(optimizers.Settings{ClipNorm: 1, ClipValue: 1}), list{"only one of"}},
			{"top-k above the classes", with(softmax), watch(metrics.TopKCategoricalAccuracy{K: 4}), list{"nn: Compile: metric top_k_categorical_accuracy: K is 4, want 1 to 3"}},
			{"negative top-k", with(softmax), watch(metrics.SparseTopKCategoricalAccuracy{K: -1}), list{"top_k", "-1"}},
			{"class", with(softmax), watch(metrics.Precision{ClassID: new(3)}), list{"nn: Compile: metric precision: ClassID is 3, want 0 to 2"}},
			{"a nil metric", with(softmax), watch(nil), list{"metric 0 is nil"}},
			{"label smoothing", with(softmax), nn.CompileConfig{Loss: losses.CategoricalCrossentropy{LabelSmoothing: 1.5}}, list{"nn: Compile: loss categorical_crossentropy: LabelSmoothing is 1.5"}},
			{"two kinds of losses", with(softmax), nn.CompileConfig{Loss: losses.MeanSquaredError{}, Losses: []losses.Loss{losses.MeanSquaredError{}}}, list{"Loss or Losses"}},
			{"too many losses", with(softmax), nn.CompileConfig{Losses: []losses.Loss{losses.MeanSquaredError{}, losses.MeanSquaredError{}}}, list{"Losses has 2 entries", "1 outputs"}},
			{"loss weight", with(softmax), nn.CompileConfig{Loss: losses.MeanSquaredError{}, LossWeights: []float64{-1}}, list{"LossWeights[0] is -1"}},
			{"infinite loss weight", with(softmax), nn.CompileConfig{Loss: losses.MeanSquaredError{}, LossWeights: []float64{math.Inf(1)}}, list{"LossWeights[0] is +Inf"}},
			{"a huge weight", nn.NewSequential(layers.Input{Shape: []int{1 << 20}}, layers.Dense{Units: 1 << 20}), nn.CompileConfig{}, list{`layer "dense"`, "larger than"}},
			{"Build panics", with(layerFunc(func(*nn.Builder, [][]int) (nn.Forward, error) { panic("boom") })), nn.CompileConfig{}, list{`layer "layer_func"`, "Build panicked: boom"}},
			{"Build returns nothing", with(layerFunc(func(*nn.Builder, [][]int) (nn.Forward, error) { return nil, nil })), nn.CompileConfig{}, list{"no forward pass"}},
			{"the forward pass panics", with(forwardFunc(func(*graph.Tensor) *graph.Tensor { panic("boom") })), nn.CompileConfig{}, list{`layer "layer_func"`, "forward pass panicked: boom"}},
			{"the forward pass returns nothing", with(forwardFunc(func(*graph.Tensor) *graph.Tensor { return nil })), nn.CompileConfig{}, list{`layer "layer_func"`, "returned nothing"}},
			{"the batch is lost", with(forwardFunc(func(x *graph.Tensor) *graph.Tensor { return graph.Sum(x) })), nn.CompileConfig{}, list{`layer "layer_func"`, "first axis must stay the batch"}},
			{"a loss panics", with(softmax), nn.CompileConfig{Loss: losses.Func(func(_, _ *graph.Tensor) *graph.Tensor { panic("boom") })}, list{"loss loss", "panicked: boom"}},
			{"a weight without name", with(layerFunc(func(b *nn.Builder, _ [][]int) (nn.Forward, error) {
				b.Weight(nn.WeightSpec{Shape: []int{1}})
				return func(_ *nn.Call, in ...*graph.Tensor) *graph.Tensor { return in[0] }, nil
			})), nn.CompileConfig{}, list{"layer_func", "a weight needs a name"}},
		} {
			err := c.model.Compile(b, c.config)
			mistake(t, c.name, err, c.words...)
			heard.add(b, c.name, err)
			_, err = c.model.Fit(background, set(t, waves(2, 4), waves(2, 3)), nn.FitConfig{})
			if err == nil {
				t.Errorf("%s: Fit goes on after Compile failed", c.name)
			}
			closeModel(t, c.model)
		}
		mistake(t, "nil device", with(softmax).Compile(nil, nn.CompileConfig{}), "device is nil")
	})
	heard.same(t)
}

// layerFunc is a layer made of a Build.
type layerFunc func(b *nn.Builder, inputs [][]int) (nn.Forward, error)

func (f layerFunc) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) { return f(b, inputs) }

// forwardFunc is a layer without weights.
func forwardFunc(f func(x *graph.Tensor) *graph.Tensor) nn.Layer {
	return layerFunc(func(*nn.Builder, [][]int) (nn.Forward, error) {
		return func(_ *nn.Call, in ...*graph.Tensor) *graph.Tensor { return f(in[0]) }, nil
	})
}

// TestDataThatIsWrong is refused before the first step, by Fit, Evaluate and
// Predict alike, with row and column named.
func TestDataThatIsWrong(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	sparse := losses.SparseCategoricalCrossentropy{}
	good := waves(3, 2)
	for _, c := range []struct {
		name  string
		loss  losses.Loss
		x, y  data.Tensor
		kind  error
		input bool // it is about the input, so Predict refuses it, too
		words []string
	}{
		{"NaN", sparse, dense(2, 0, 0, 0, nan, 0, 0), ints(0, 1, 2), nn.ErrValue, true, []string{"row 1, column 1 is NaN", "finite"}},
		{"infinity", sparse, dense(2, 0, 0, 0, 0, inf, 0), ints(0, 1, 2), nn.ErrValue, true, []string{"row 2, column 0 is -Inf"}},
		{"NaN in sparse rows", sparse, &data.CSR{Columns: 2, RowPtr: []int32{0, 0, 1, 2}, Col: []int32{1, 0}, Val: []float32{1, nan}}, ints(0, 1, 2), nn.ErrValue, true, []string{"row 2, column 0 is NaN"}},
		{"NaN target", losses.MeanSquaredError{}, good, dense(3, 0, 0, 0, 0, 0, nan, 0, 0, 0), nn.ErrValue, false, []string{"targets", "row 1, column 2 is NaN"}},
		{"label too large", sparse, good, ints(0, 3, 2), nn.ErrValue, false, []string{"targets", "row 1 is 3", "0 to 2", "the output has 3 units, and the number of the first class is 0"}},
		{"label too large, by pointer", &sparse, good, ints(0, 3, 2), nn.ErrValue, false, []string{"targets", "row 1 is 3", "0 to 2"}},
		{"label too large, as float", &sparse, good, dense(1, 0, 1, 3), nn.ErrValue, false, []string{"row 2 is 3"}},
		{"negative label", sparse, good, ints(0, -1, 2), nn.ErrValue, false, []string{"row 1 is -1"}},
		{"half a label", sparse, good, dense(1, 0, 1, 0.5), nn.ErrValue, false, []string{"row 2 is 0.5", "whole number"}},
		{"probability above 1", losses.CategoricalCrossentropy{}, good, dense(3, 0, 0, 1, 0, 2, 0, 1, 0, 0), nn.ErrValue, false, []string{"row 1, column 1 is 2", "0 to 1"}},
		{"sparse target of 2", losses.BinaryCrossentropy{}, good, &data.CSR{Columns: 3, RowPtr: []int32{0, 1, 1, 2}, Col: []int32{0, 2}, Val: []float32{1, 2}}, nn.ErrValue, false, []string{"row 2, column 2 is 2", "0 to 1"}},
		{"binary target of 2", &losses.BinaryCrossentropy{}, good, dense(3, 0, 0, 1, 0, 1, 0, 1, 0, 2), nn.ErrValue, false, []string{"row 2, column 2 is 2", "0 to 1"}},
		{"columns", sparse, waves(3, 5), ints(0, 1, 2), nn.ErrShape, true, []string{`layer "dense"`, "5 columns, want 2"}},
		{"axes", sparse, &data.Dense{Shape: []int{3, 2, 2}, Values: make([]float32, 12)}, ints(0, 1, 2), nn.ErrShape, true, []string{"rows of shape [2 2], want [2]"}},
		{"target columns", losses.MeanSquaredError{}, good, waves(3, 2), nn.ErrShape, false, []string{"targets of shape [3 2] for the output of shape [3 3]", `units of layer "dense" are 3, columns of the targets 2`}},
		{"one-hot for a sparse loss", sparse, good, dense(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), nn.ErrShape, false, []string{"targets of shape [3 3] for the output of shape [3 3]: sparse_categorical_crossentropy takes class numbers; losses.CategoricalCrossentropy takes"}},
		{"class numbers for a dense loss", losses.CategoricalCrossentropy{}, good, ints(0, 1, 2), nn.ErrShape, false, []string{"targets of shape [3] for the output of shape [3 3]: categorical_crossentropy takes one-hot rows", "losses.SparseCategoricalCrossentropy", "data.ToCategorical"}},
		{"no columns", sparse, &data.Dense{Shape: []int{3, 0}}, ints(0, 1, 2), nn.ErrShape, true, []string{"0 columns, want 2"}},
		{"one row alone", sparse, &data.Dense{Shape: []int{2}, Values: make([]float32, 2)}, ints(0, 1), nn.ErrShape, true, []string{"rows of shape [], want [2]; one row alone is of shape [1 2]"}},
		{"no shape", sparse, &data.Dense{}, ints(0, 1, 2), nn.ErrShape, true, []string{"input 0", "shape"}},
		{"fewer values than the shape says", sparse, &data.Dense{Shape: []int{3, 2}, Values: make([]float32, 5)}, ints(0, 1, 2), nn.ErrShape, true, []string{"input 0", "[3 2]", "got 5"}},
		{"a sparse column out of range", sparse, &data.CSR{Columns: 2, RowPtr: []int32{0, 0, 1, 1}, Col: []int32{2}}, ints(0, 1, 2), nn.ErrShape, true, []string{"sparse row 1 has column 2"}},
		{"a nil array", sparse, (*data.Dense)(nil), ints(0, 1, 2), nn.ErrShape, true, []string{"column 0", "nil *data.Dense"}},
		{"a foreign array", sparse, foreign{good}, ints(0, 1, 2), nn.ErrShape, true, []string{"nn_test.foreign", "want *data.Dense"}},
		{"rows", sparse, good, ints(0, 1), nn.ErrShape, false, []string{"target 0 has 2 rows, input 0 has 3"}},
		{"no rows", sparse, dense(2), ints(), nn.ErrEmpty, true, []string{"empty"}},
		{"no targets", sparse, good, nil, nn.ErrShape, false, []string{"targets"}},
		{"no inputs", sparse, nil, ints(0), nn.ErrShape, true, []string{"input"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard := said{}
			graphtest.Each(t, func(t *testing.T, b compute.Backend) {
				m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 3, Activation: activations.Sigmoid}), nn.CompileConfig{Loss: c.loss})
				defer closeModel(t, m)
				d := &data.Dataset{}
				if c.x != nil {
					d.X = []data.Tensor{c.x}
				}
				if c.y != nil {
					d.Y = []data.Tensor{c.y}
				}
				_, err := m.Fit(background, d, nn.FitConfig{})
				mistake(t, "Fit", err, c.words...)
				heard.add(b, "Fit", err)
				if !errors.Is(err, c.kind) {
					t.Errorf("Fit: %v is not %v", err, c.kind)
				}
				_, err = m.Evaluate(background, d)
				mistake(t, "Evaluate", err, c.words...)
				_, err = m.TrainOnBatch(background, d)
				mistake(t, "TrainOnBatch", err, c.words...)
				ok := set(t, good, ints(0, 1, 2))
				if _, sparse := c.loss.(losses.SparseCategoricalCrossentropy); sparse {
					_, err = m.Fit(background, ok, nn.FitConfig{Validation: d})
					mistake(t, "validation", err, c.words...)
				}
				if _, err = m.Predict(background, d.X...); (err != nil) != c.input {
					t.Errorf("Predict: %v", err)
				}
			})
			heard.same(t)
		})
	}
}

// foreign is a tensor that is not of package data.
type foreign struct{ data.Tensor }

func TestWaysToCallFitThatAreWrong(t *testing.T) {
	heard := said{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		good := blobs(t, 6)
		for _, c := range []struct {
			name   string
			config nn.FitConfig
			kind   error
			words  []string
		}{
			{"batch size", nn.FitConfig{BatchSize: -1}, nn.ErrValue, []string{"BatchSize is -1"}},
			{"epochs", nn.FitConfig{Epochs: -2}, nn.ErrValue, []string{"Epochs is -2"}},
			{"first epoch", nn.FitConfig{InitialEpoch: -2}, nn.ErrValue, []string{"InitialEpoch is -2"}},
			{"steps", nn.FitConfig{StepsPerEpoch: -2}, nn.ErrValue, []string{"StepsPerEpoch is -2"}},
			{"too many steps", nn.FitConfig{BatchSize: 2, StepsPerEpoch: 4}, nn.ErrValue, []string{"StepsPerEpoch is 4", "3 batches"}},
			{"validation freq", nn.FitConfig{ValidationFreq: -2}, nn.ErrValue, []string{"ValidationFreq is -2"}},
			{"validation steps", nn.FitConfig{ValidationSteps: -2}, nn.ErrValue, []string{"ValidationSteps is -2"}},
			{"split of 1", nn.FitConfig{ValidationSplit: 1}, nn.ErrValue, []string{"ValidationSplit is 1"}},
			{"split of NaN", nn.FitConfig{ValidationSplit: math.NaN()}, nn.ErrValue, []string{"ValidationSplit is NaN"}},
			{"split that leaves nothing", nn.FitConfig{ValidationSplit: 0.01}, nn.ErrShape, []string{"one part empty"}},
			{"split and set", nn.FitConfig{ValidationSplit: 0.5, Validation: good}, nil, []string{"not both"}},
			{"empty validation", nn.FitConfig{Validation: good.Slice(0, 0)}, nn.ErrEmpty, []string{"validation data is empty"}},
			{"class without weight", nn.FitConfig{ClassWeight: map[int]float64{0: 1, 2: 1}}, nn.ErrValue, []string{"no weight for class 1, of row 1"}},
			{"negative class weight", nn.FitConfig{ClassWeight: map[int]float64{0: 1, 1: -1, 2: 1}}, nn.ErrValue, []string{"class 1 is -1"}},
			{"a class that is none", nn.FitConfig{ClassWeight: map[int]float64{0: 1, 1: 1, 2: 1, 3: 2}}, nn.ErrValue, []string{"ClassWeight has a weight for class 3, want classes from 0 to 2"}},
			{"a negative class", nn.FitConfig{ClassWeight: map[int]float64{-1: 1, 0: 1, 1: 1, 2: 1}}, nn.ErrValue, []string{"weight for class -1"}},
			{"an end before the beginning", nn.FitConfig{InitialEpoch: 5, Epochs: 3}, nn.ErrValue, []string{"InitialEpoch is 5 and Epochs, the number at which to end, is 3"}},
			{"no split to stratify", nn.FitConfig{Stratify: true}, nn.ErrValue, []string{"Stratify is for ValidationSplit, which is 0"}},
			{"infinite class weight", nn.FitConfig{ClassWeight: map[int]float64{0: 1, 1: math.Inf(1), 2: 1}}, nn.ErrValue, []string{"class 1 is +Inf"}},
			{"no callback", nn.FitConfig{Callbacks: []nn.Callback{7}}, nil, []string{"callback 0", "int"}},
			{"a nil callback", nn.FitConfig{Callbacks: []nn.Callback{nil}}, nil, []string{"callback 0"}},
		} {
			m := forBlobs(t, b, classifier())
			_, err := m.Fit(background, good, c.config)
			mistake(t, c.name, err, c.words...)
			heard.add(b, c.name, err)
			if c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%s: %v is not %v", c.name, err, c.kind)
			}
			fit(t, m, good, nn.FitConfig{})
			closeModel(t, m)
		}
		weighted := blobs(t, 6)
		weighted.Weights = []float32{1, 1, -1, 1, 1, 1}
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		_, err := m.Fit(background, weighted, nn.FitConfig{})
		mistake(t, "negative sample weight", err, "row 2 has sample weight -1")
		weighted.Weights = weighted.Weights[:2]
		_, err = m.Fit(background, weighted, nn.FitConfig{})
		mistake(t, "too few sample weights", err, "2 sample weights for 6 rows")
		_, err = m.Fit(background, nil, nn.FitConfig{})
		mistake(t, "nil set", err, "training data is nil")
		_, err = m.EvaluateWith(background, good, nn.EvaluateConfig{BatchSize: -1})
		mistake(t, "Evaluate", err, "BatchSize -1")
		_, err = m.Predict(background)
		mistake(t, "Predict of nothing", err, "at least one input")
		_, err = m.Predict(background, data.Tensor(nil))
		mistake(t, "Predict of nil", err, "input 0 is nil")
		mistake(t, "learning rate", m.SetLearningRate(math.NaN()), "NaN")
	})
	heard.same(t)
}

// A model that is frozen as a whole says so when it is first trained.
func TestFitOfAFrozenModel(t *testing.T) {
	b := cpu(t)
	m := classifier()
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	if err := m.SetTrainable("", false); err != nil {
		t.Fatal(err)
	}
	forBlobs(t, b, m)
	defer closeModel(t, m)
	d := blobs(t, 6)
	for _, first := range []string{"TrainOnBatch", "Fit"} {
		log := warnings(t, func() {
			if _, err := m.TestOnBatch(background, d); err != nil {
				t.Error(err)
			}
			if first == "TrainOnBatch" {
				if _, err := m.TrainOnBatch(background, d); err != nil {
					t.Error(err)
				}
			}
			fit(t, m, d, nn.FitConfig{})
			fit(t, m, d, nn.FitConfig{})
		})
		if strings.Count(log, "\n") != 1 || !strings.Contains(log, "nn: "+first+": the model has no trainable weights") {
			t.Errorf("the log is %q, want a line of %s about weights", log, first)
		}
		forBlobs(t, b, m) // compiled again
	}
}
