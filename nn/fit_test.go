package nn_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

func TestFitLearns(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		train := blobs(t, 100)
		h := fit(t, m, train, nn.FitConfig{Epochs: 15, BatchSize: 16})
		if acc := h.Last("accuracy"); acc < 0.97 {
			t.Errorf("accuracy is %v after 15 epochs", acc)
		}
		if first, last := h.Metrics["loss"][0], h.Last("loss"); last > first/4 {
			t.Errorf("loss went from %v to %v", first, last)
		}
		r, err := m.Evaluate(background, train)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Predict(background, train.X...)
		if err != nil {
			t.Fatal(err)
		}
		right, loss := 0, 0.0
		for i, c := range train.Y[0].(*data.Ints).Values {
			row := p.Row(i)
			loss -= math.Log(float64(row[c])) / 100
			if row[c] == slices.Max(row) {
				right++
			}
		}
		closeTo(t, "accuracy", r.Get("accuracy"), float64(right)/100, 1e-6)
		closeTo(t, "loss", r.Loss(), loss, 1e-5)
	})
}

// Start weights, shuffles and dropout masks are the same on every backend: the
// histories differ by no more than rounding. 1e-4 is 1000 roundings of the loss.
func TestBackendsAgree(t *testing.T) {
	histories := map[string]*nn.History{}
	starts := map[string][][]float32{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, nn.NewSequential(
			layers.Input{Shape: []int{2}},
			layers.Dense{Units: 16, Activation: activations.ReLU},
			layers.Dropout{Rate: 0.5},
			layers.Dense{Units: 16, Activation: activations.Tanh},
			layers.Dropout{Rate: 0.25},
			layers.Dense{Units: 3, Activation: activations.Softmax},
		))
		defer closeModel(t, m)
		name := b.Info().Backend
		starts[name] = weights(t, m)
		histories[name] = fit(t, m, blobs(t, 50), nn.FitConfig{Epochs: 4, BatchSize: 8})
	})
	for name, h := range histories {
		for i := range starts[name] {
			if !slices.Equal(starts[name][i], starts["cpu"][i]) {
				t.Errorf("%s and cpu start from other weights", name)
			}
		}
		for e := range h.Epoch {
			closeTo(t, fmt.Sprintf("%s: loss of epoch %d", name, e), h.Metrics["loss"][e], histories["cpu"].Metrics["loss"][e], 1e-4)
		}
	}
}

// order is the rows in the order that Fit takes them, found from the losses: a
// model that predicts 0 and learns nothing has a loss of y*y.
type order struct {
	seen []int
	sum  float64
}

func (o *order) OnEpochBegin(*nn.Training) error { o.sum = 0; return nil }

func (o *order) OnBatchEnd(_ *nn.Training, batch int, r *nn.Results) error {
	sum := r.Loss() * float64(batch+1)
	o.seen = append(o.seen, int(math.Round(math.Sqrt(sum-o.sum))))
	o.sum = sum
	return nil
}

// orderOf trains on rows 0 to 9 and returns the order of two epochs.
func orderOf(t *testing.T, b compute.Backend, seed uint64, c nn.FitConfig) []int {
	t.Helper()
	m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1, KernelInitializer: columnOf{0}}), nn.CompileConfig{
		Optimizer: optimizers.SGD{Settings: rate(0)}, Loss: losses.MeanSquaredError{}, Seed: seed})
	defer closeModel(t, m)
	y := dense(1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	var o order
	c.BatchSize, c.Callbacks = 1, []nn.Callback{&o}
	fit(t, m, set(t, waves(10, 1), y), c)
	return o.seen
}

func TestShuffles(t *testing.T) {
	orders := map[string][]int{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		straight := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		if got := orderOf(t, b, 1, nn.FitConfig{NoShuffle: true}); !slices.Equal(got, straight) {
			t.Errorf("NoShuffle takes %v", got)
		}
		two := orderOf(t, b, 1, nn.FitConfig{Epochs: 2})
		for e, epoch := range [][]int{two[:10], two[10:]} {
			if slices.Equal(epoch, straight) {
				t.Errorf("epoch %d is not shuffled", e)
			}
			if sorted := slices.Sorted(slices.Values(epoch)); !slices.Equal(sorted, straight) {
				t.Errorf("epoch %d takes %v, not every row once", e, epoch)
			}
		}
		if slices.Equal(two[:10], two[10:]) {
			t.Error("both epochs have one order")
		}
		if again := orderOf(t, b, 1, nn.FitConfig{Epochs: 2}); !slices.Equal(again, two) {
			t.Errorf("seed 1 gives %v, then %v", two, again)
		}
		if other := orderOf(t, b, 2, nn.FitConfig{Epochs: 2}); slices.Equal(other, two) {
			t.Error("seeds 1 and 2 give one order")
		}
		if late := orderOf(t, b, 1, nn.FitConfig{InitialEpoch: 1, Epochs: 2}); !slices.Equal(late, two[10:]) {
			t.Errorf("epoch 2 alone takes %v, want %v", late, two[10:])
		}
		orders[b.Info().Backend] = two
	})
	for name, o := range orders {
		if !slices.Equal(o, orders["cpu"]) {
			t.Errorf("%s takes %v, cpu %v", name, o, orders["cpu"])
		}
	}
}

// Training in two calls is training in one, to the bit.
func TestInitialEpochContinues(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 30)
		one, two := forBlobs(t, b, classifier()), forBlobs(t, b, classifier())
		defer closeModel(t, one)
		defer closeModel(t, two)
		fit(t, one, train, nn.FitConfig{Epochs: 4, BatchSize: 8})
		fit(t, two, train, nn.FitConfig{Epochs: 2, BatchSize: 8})
		h := fit(t, two, train, nn.FitConfig{InitialEpoch: 2, Epochs: 4, BatchSize: 8})
		if !slices.Equal(h.Epoch, []int{2, 3}) {
			t.Errorf("the history has epochs %v", h.Epoch)
		}
		for i, w := range weights(t, two) {
			if !slices.Equal(w, weights(t, one)[i]) {
				t.Errorf("weight %d differs", i)
			}
		}
	})
}

func TestValidationFreqAndSteps(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		val := blobs(t, 20)
		h := fit(t, m, blobs(t, 30), nn.FitConfig{Epochs: 5, BatchSize: 8, Validation: val, ValidationFreq: 2, ValidationSteps: 1})
		for e, x := range h.Metrics["val_loss"] {
			if validated := e%2 == 1; validated == math.IsNaN(x) {
				t.Errorf("epoch %d: val_loss is %v", e, x)
			}
		}
		// Step 1 of the validation is rows 0 to 7.
		h = fit(t, m, blobs(t, 30), nn.FitConfig{BatchSize: 8, Validation: val, ValidationSteps: 1})
		r, err := m.Evaluate(background, val.Slice(0, 8))
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "val_loss", h.Last("val_loss"), r.Loss(), 1e-6)
		r, err = m.EvaluateWith(background, val, nn.EvaluateConfig{BatchSize: 4, Steps: 2})
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "loss of two batches", r.Loss(), h.Last("val_loss"), 1e-6)
	})
}

func TestEvaluateIsExactOverUnevenBatches(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		test := blobs(t, 37)
		all, err := m.EvaluateWith(background, test, nn.EvaluateConfig{BatchSize: 37})
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 5, 8, 36, 100} {
			r, err := m.EvaluateWith(background, test, nn.EvaluateConfig{BatchSize: size})
			if err != nil {
				t.Fatal(err)
			}
			closeTo(t, fmt.Sprintf("loss in batches of %d", size), r.Loss(), all.Loss(), 1e-5)
			if r.Get("accuracy") != all.Get("accuracy") {
				t.Errorf("accuracy in batches of %d is %v, want %v", size, r.Get("accuracy"), all.Get("accuracy"))
			}
		}
	})
}

func TestDetailsOfResults(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, classifier(), nn.CompileConfig{
			Loss: losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.ConfusionMatrix{}, metrics.Accuracy{},
				metrics.Named{Label: "table", Metric: metrics.ConfusionMatrix{}}, metrics.Named{Label: "hits", Metric: metrics.Accuracy{}}},
		})
		defer closeModel(t, m)
		test := blobs(t, 30)
		r, err := m.EvaluateWith(background, test, nn.EvaluateConfig{BatchSize: 7})
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Predict(background, test.X...)
		if err != nil {
			t.Fatal(err)
		}
		want := [3][3]float64{}
		for i, c := range test.Y[0].(*data.Ints).Values {
			row := p.Row(i)
			want[c][slices.Index(row, slices.Max(row))]++
		}
		table := r.Details("confusion_matrix")
		for i := range want {
			if len(table) != 3 || !slices.Equal(table[i], want[i][:]) {
				t.Fatalf("the matrix is %v, want %v", table, want)
			}
		}
		if named := r.Details("table"); fmt.Sprint(named) != fmt.Sprint(table) || r.Get("hits") != r.Get("accuracy") || !r.Has("hits") {
			t.Errorf("under names of their own: %v, %v, want %v, %v", named, r.Get("hits"), table, r.Get("accuracy"))
		}
		if r.Details("accuracy") != nil || r.Details("hits") != nil || r.Details("nothing") != nil {
			t.Error("a table where there is none")
		}
	})
}

// Each optimizer, with its own kind of state, learns, and steps alike on every
// backend: rounding grows to 1e-3 of the loss in 21 steps at most.
func TestEveryOptimizerTrains(t *testing.T) {
	s := rate(0.03)
	all := []optimizers.Optimizer{
		optimizers.SGD{Settings: rate(0.3)}, optimizers.Momentum{Settings: s}, optimizers.Momentum{Settings: s, Nesterov: true},
		optimizers.Adagrad{Settings: rate(0.3)}, optimizers.Adadelta{Settings: rate(10)}, optimizers.RMSprop{Settings: s, Centered: true, Momentum: 0.5},
		optimizers.Adam{Settings: s}, optimizers.Adam{Settings: s, AMSGrad: true}, optimizers.AdamW{Settings: s}, optimizers.Adamax{Settings: s},
		optimizers.Nadam{Settings: s}, optimizers.Ftrl{Settings: rate(0.3)}, optimizers.Lion{Settings: rate(0.01)},
		&optimizers.Adafactor{Settings: rate(0.1)}, &optimizers.LAMB{Settings: rate(0.1)},
		optimizers.SGD{Settings: optimizers.Settings{LearningRate: rate(0.3).LearningRate, GlobalClipNorm: 0.5}},
		optimizers.SGD{Settings: optimizers.Settings{LearningRate: rate(0.3).LearningRate, ClipValue: 0.1}},
	}
	losses := make([]map[string]float64, len(all))
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for i, o := range all {
			c := compileBlobs
			c.Optimizer = o
			m := compiled(t, b, classifier(), c)
			h := fit(t, m, blobs(t, 48), nn.FitConfig{Epochs: 7, BatchSize: 16})
			if first, last := h.Metrics["loss"][0], h.Last("loss"); !(last < 0.9*first) {
				t.Errorf("%d, %s: loss went from %v to %v", i, o.Name(), first, last)
			}
			if losses[i] == nil {
				losses[i] = map[string]float64{}
			}
			losses[i][b.Info().Backend] = h.Last("loss")
			closeModel(t, m)
		}
	})
	for i, by := range losses {
		for backend, loss := range by {
			closeTo(t, fmt.Sprintf("%d, %s: loss on %s", i, all[i].Name(), backend), loss, by["cpu"], 1e-3)
		}
	}
}

// "accuracy" is what the outputs and the targets make of it.
func TestAccuracyIsResolved(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct {
			name   string
			loss   losses.Loss
			out    layers.Dense
			x      *data.Dense // is the logits
			y      data.Tensor
			expect float64
		}{
			{"one sigmoid", losses.BinaryCrossentropy{}, layers.Dense{Units: 1, Activation: activations.Sigmoid}, dense(1, -1, 1, 2, 3), dense(1, 0, 0, 1, 1), 0.75},
			{"class numbers", losses.SparseCategoricalCrossentropy{}, layers.Dense{Units: 2, Activation: activations.Softmax}, dense(2, 0, 1, 1, 0), ints(1, 1), 0.5},
			{"class numbers as floats", losses.SparseCategoricalCrossentropy{}, layers.Dense{Units: 2, Activation: activations.Softmax}, dense(2, 0, 1, 1, 0), dense(1, 1, 1), 0.5},
			{"class numbers, logits", losses.SparseCategoricalCrossentropy{FromLogits: true}, layers.Dense{Units: 2}, dense(2, 0, 1, 1, 0), ints(1, 1), 0.5},
			{"one-hot rows", losses.CategoricalCrossentropy{}, layers.Dense{Units: 2, Activation: activations.Softmax}, dense(2, 0, 1, 1, 0), dense(2, 0, 1, 0, 1), 0.5},
			{"independent sigmoids", losses.BinaryCrossentropy{}, layers.Dense{Units: 2, Activation: activations.Sigmoid}, dense(2, 1, 1, -1, 1), dense(2, 1, 0, 0, 1), 0.75},
		} {
			c.out.NoBias, c.out.KernelInitializer = true, initializers.Identity{}
			m := compiled(t, b, nn.NewSequential(c.out), nn.CompileConfig{Loss: c.loss, Metrics: []nn.Metric{metrics.Accuracy{}}})
			r, err := m.Evaluate(background, set(t, c.x, c.y))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Get("accuracy"); got != c.expect {
				t.Errorf("%s: accuracy %v, want %v", c.name, got, c.expect)
			}
			closeModel(t, m)
		}
	})
}

// Data that changes between two calls is looked at, and sent, again.
func TestDataMayChangeBetweenCalls(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		test := blobs(t, 12)
		before, err := m.Evaluate(background, test)
		if err != nil {
			t.Fatal(err)
		}
		x := test.X[0].(*data.Dense).Values
		x[3] += 5
		after, err := m.Evaluate(background, test)
		if err != nil || after.Loss() == before.Loss() {
			t.Errorf("the loss stays %v after the data changed (%v)", before.Loss(), err)
		}
		x[3] = float32(math.NaN())
		_, err = m.Evaluate(background, test)
		mistake(t, "a NaN that came later", err, "row 1, column 1 is NaN")
	})
}

// What a layer adds to the loss is in it, in training and in Evaluate.
func TestLossesOfLayers(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1, NoBias: true, KernelInitializer: columnOf{2}, ActivityRegularizer: regularizers.L2{Factor: 0.5}}),
			nn.CompileConfig{Loss: losses.MeanSquaredError{}, Optimizer: optimizers.SGD{Settings: rate(0.1)}})
		defer closeModel(t, m)
		// y is 2 and 4: the error is 0, the penalty 0.5 (4 + 16) / 2 = 5.
		set := set(t, dense(1, 1, 2), dense(1, 2, 4))
		for _, run := range []func(context.Context, *data.Dataset) (*nn.Results, error){m.TestOnBatch, m.TrainOnBatch} {
			r, err := run(background, set)
			if err != nil {
				t.Fatal(err)
			}
			closeTo(t, "loss", r.Loss(), 5, 1e-6)
		}
		// Its slope is 0.5 (2 * 2 * 1 + 2 * 4 * 2) / 2 = 5.
		closeTo(t, "weight", float64(weights(t, m)[0][0]), 1.5, 1e-6)
	})
}

// Sums are fetched from the device and set back on the way; nothing is lost or
// counted twice.
func TestManyBatches(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		test := blobs(t, 1300)
		all, err := m.Evaluate(background, test)
		if err != nil {
			t.Fatal(err)
		}
		each, err := m.EvaluateWith(background, test, nn.EvaluateConfig{BatchSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "loss", each.Loss(), all.Loss(), 1e-5)
		if each.Get("accuracy") != all.Get("accuracy") {
			t.Errorf("accuracy is %v in batches of 1, %v at once", each.Get("accuracy"), all.Get("accuracy"))
		}
	})
}
