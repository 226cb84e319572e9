package nn_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// The rate of the next step is known from Compile on, also where the first data
// decides the shapes, and is what the model trains with when it is set there.
func TestLearningRateBeforeTheFirstBatch(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		c := compileBlobs
		c.Optimizer = optimizers.SGD{Settings: optimizers.Settings{LearningRate: shrinking}}
		for name, m := range map[string]*nn.Model{
			"shapes from the data": nn.NewSequential(layers.Dense{Units: 3}),
			"an input layer":       nn.NewSequential(layers.Input{Shape: []int{2}}, layers.Dense{Units: 3}),
		} {
			if got := m.LearningRate(); got != 0 {
				t.Errorf("%s: the rate is %v before Compile", name, got)
			}
			if err := m.SetLearningRate(0.5); !errors.Is(err, nn.ErrNotCompiled) {
				t.Errorf("%s: set before Compile: %v", name, err)
			}
			if err := m.Compile(b, c); err != nil {
				t.Fatal(err)
			}
			closeTo(t, "rate after Compile", m.LearningRate(), shrinking.at(0), 1e-12)
			if err := m.SetLearningRate(0); err != nil {
				t.Fatal(err)
			}
			var before [][]float32
			begin := &diary{when: "begin", act: func(tr *nn.Training) error {
				closeTo(t, "rate in OnTrainBegin", tr.LearningRate(), 0, 0)
				before = weights(t, m)
				return nil
			}}
			fit(t, m, blobs(t, 12), nn.FitConfig{BatchSize: 4, Callbacks: []nn.Callback{begin}})
			if !slices.EqualFunc(weights(t, m), before, slices.Equal) {
				t.Errorf("%s: weights change at a rate of 0", name)
			}
			if err := m.Compile(b, c); err != nil {
				t.Fatal(err)
			}
			begin.act = func(tr *nn.Training) error {
				closeTo(t, "rate in OnTrainBegin", tr.LearningRate(), shrinking.at(0), 1e-12)
				return nil
			}
			fit(t, m, blobs(t, 12), nn.FitConfig{BatchSize: 4, Callbacks: []nn.Callback{begin}})
			closeTo(t, "rate after Fit", m.LearningRate(), shrinking.at(3), 1e-12)
			if err := m.Compile(nil, c); err == nil {
				t.Error("Compile on no device")
			}
			closeModel(t, m)
			if got := m.LearningRate(); got != 0 {
				t.Errorf("%s: the rate is %v after Close", name, got)
			}
		}
	})
}

// A rate that is set takes the place of the optimizer's schedule, from the next
// epoch on and in later Fits.
func TestSetLearningRate(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		c := compileBlobs
		c.Optimizer = optimizers.SGD{Settings: optimizers.Settings{LearningRate: shrinking}}
		m := compiled(t, b, classifier(), c)
		defer closeModel(t, m)
		train := blobs(t, 12)
		var after [][]float32
		fit(t, m, train, nn.FitConfig{Epochs: 3, BatchSize: 4, Callbacks: []nn.Callback{nn.Func(func(tr *nn.Training, _ *nn.Results) error {
			closeTo(t, "rate", tr.LearningRate(), map[int]float64{0: shrinking.at(3), 1: 0, 2: 0}[tr.Epoch()], 1e-9)
			w := weights(t, m)[0]
			if tr.Epoch() > 0 && !slices.Equal(w, after[0]) {
				t.Error("weights change at a rate of 0")
			}
			after = append(after, w)
			return tr.SetLearningRate(0)
		})}})
		if m.LearningRate() != 0 {
			t.Errorf("the rate is %v", m.LearningRate())
		}
		if err := m.SetLearningRate(0.5); err != nil {
			t.Fatal(err)
		}
		fit(t, m, train, nn.FitConfig{})
		if slices.Equal(weights(t, m)[0], after[0]) {
			t.Error("weights stay at a rate of 0.5")
		}
	})
}
