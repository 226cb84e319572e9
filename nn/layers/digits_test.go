package layers_test

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// Layers of many kinds learn to read digits together, and every backend learns
// the same.
func TestDigits(t *testing.T) {
	digits, err := datasets.Digits()
	if err != nil {
		t.Fatal(err)
	}
	pixels, err := digits.X[0].(*data.Dense).Reshape(64)
	if err != nil {
		t.Fatal(err)
	}
	train, test, err := data.TrainTestSplit(&data.Dataset{X: []data.Tensor{pixels}, Y: digits.Y}, data.SplitConfig{Seed: 1, Stratify: true})
	if err != nil {
		t.Fatal(err)
	}
	var scale layers.Normalization
	if err := scale.Adapt(train.X[0].(*data.Dense)); err != nil {
		t.Fatal(err)
	}
	var first []float64
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x := nn.Input(64)
		h := nn.Apply(scale, x)
		for _, l := range []nn.Layer{layers.GaussianNoise{StdDev: 0.05}, layers.Dense{Units: 32, NoBias: true}, layers.BatchNormalization{}, layers.PReLU{}, layers.Dropout{Rate: 0.1}} {
			h = nn.Apply(l, h)
		}
		branch := nn.Apply(layers.ELU{}, nn.Apply(layers.Dense{Units: 32}, nn.Apply(layers.LayerNormalization{}, h)))
		h = nn.Apply(layers.Concatenate{}, nn.Apply(layers.Add{}, h, branch), x)
		m := nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(layers.Softmax{}, nn.Apply(layers.Dense{Units: 10}, h))})
		defer m.Close()
		if err := m.Compile(b, nn.CompileConfig{
			Optimizer: optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.Constant(0.005)}},
			Loss:      losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.Accuracy{}}, Seed: 4,
		}); err != nil {
			t.Fatal(err)
		}
		history, err := m.Fit(t.Context(), train, nn.FitConfig{Epochs: 5, BatchSize: 64})
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Evaluate(t.Context(), test)
		if err != nil {
			t.Fatal(err)
		}
		if accuracy := r.Get("accuracy"); accuracy < 0.95 {
			t.Errorf("accuracy of digits not seen is %v", accuracy)
		}
		got := []float64{history.Last("loss"), r.Loss()}
		t.Logf("loss of training and test %v, accuracy %v", got, r.Get("accuracy"))
		if first == nil {
			first = got
		}
		// Sums of other orders part the weights by a little more each step.
		graphtest.Near(t, "losses beside those of the first backend", got, first, 1e-3, 0)
	})
}
