package layers_test

import (
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
)

// The moving averages of BatchNormalization follow the batch in training, and
// stand still in Predict and in a frozen layer.
func TestMovingAverages(t *testing.T) {
	k := check{layer: layers.BatchNormalization{Momentum: new(0.75)}, rows: [][]int{{2}}}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		r := newRig(t, b, k)
		// Columns 1, 3, 5, 3 and 2, 5, 11, 6: means 3 and 6, variances 2 and 10.5.
		copy(r.before[0].v, []float64{1, 2, 3, 5, 5, 11, 3, 6})
		copy(r.w()[2].v, []float64{7, -2})
		copy(r.w()[3].v, []float64{1, 2})
		r.set(r.before)
		r.predict()
		_, _, fell := r.train()
		graphtest.Near(t, "moving_mean", r.w()[2].combine(fell[3], sub).v, []float64{0.75*7 + 0.25*3, 0.75*-2 + 0.25*6}, 1e-6, 0)
		graphtest.Near(t, "moving_variance", r.w()[3].combine(fell[4], sub).v, []float64{0.75 + 0.25*2, 0.75*2 + 0.25*10.5}, 1e-6, 0)

		r = newRig(t, b, check{layer: layers.BatchNormalization{}, rows: [][]int{{2}}})
		_, _, fell = r.train()
		mean := r.x()[0].mean(0)
		for f := range 2 {
			graphtest.Near(t, "with the default momentum", []float64{fell[3].v[f]}, []float64{0.01 * (r.w()[2].v[f] - mean.v[f])}, 1e-4, 1e-6)
		}
	})
}

func TestFrozenBatchNormalization(t *testing.T) {
	k := check{layer: layers.BatchNormalization{}, rows: [][]int{{4}}}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		r := newRig(t, b, k)
		if err := r.model.SetTrainable("batch_normalization", false); err != nil {
			t.Fatal(err)
		}
		r.compile(b)
		y, _, fell := r.train()
		graphtest.Near(t, "trained on", y, batchNormPredict(r.x(), r.w()).v, 1e-5, 1e-5)
		for i, d := range fell[1:] {
			if moved := sum(d.each(math.Abs).v); moved != 0 {
				t.Errorf("weight %s of the frozen layer moved by %v", r.name(i+1), moved)
			}
		}
		if sum(fell[0].each(math.Abs).v) == 0 {
			t.Error("no gradient goes through the frozen layer")
		}
	})
}

// Normalization takes mean and variance from the data that it is adapted to;
// a feature that never varies becomes 0.
func TestAdapt(t *testing.T) {
	var l layers.Normalization
	x := &data.Dense{Shape: []int{2, 2, 2}, Values: []float32{1, 5, 2, 5, 3, 5, 6, 5}}
	if err := l.Adapt(x); err != nil {
		t.Fatal(err)
	}
	graphtest.Near(t, "mean", l.Mean, []float64{3, 5}, 1e-6, 0)
	graphtest.Near(t, "variance", l.Variance, []float64{3.5, 1}, 1e-6, 0)
	if err := l.Adapt(&data.Dense{Shape: []int{1, 1}, Values: []float32{float32(math.NaN())}}); err == nil {
		t.Error("a NaN is measured")
	}
	if err := (&layers.Normalization{}).Adapt(&data.Dense{Shape: []int{0, 2}}); err == nil {
		t.Error("no rows are measured")
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		r := newRig(t, b, check{layer: layers.Normalization{Mean: []float64{0}, Variance: []float64{0}}, rows: [][]int{{1}}})
		r.w()[0].v[0], r.w()[1].v[0] = 5, 0
		r.set(r.before)
		graphtest.Near(t, "without variance", r.predict(), r.x()[0].each(func(v float64) float64 { return v - 5 }).v, 1e-6, 1e-6)
	})
}

// Rows of zeros stay zeros, and their gradient is a number.
func TestUnitNormalizationOfZeros(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		r := newRig(t, b, check{layer: layers.UnitNormalization{}, rows: [][]int{{3}}})
		clear(r.before[0].v)
		r.set(r.before)
		graphtest.Near(t, "predicted", r.predict(), make([]float64, 3*rows), 0, 0)
		_, _, fell := r.train()
		for _, d := range fell[0].v {
			if math.IsNaN(d) || math.IsInf(d, 0) {
				t.Fatalf("the gradient is %v", fell[0].v)
			}
		}
	})
}

// A cross-entropy sees through a softmax that is a layer of its own, and is
// computed from its logits: clipped probabilities would give at most 16.1.
func TestLossSeesThroughSoftmax(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, l := range []nn.Layer{layers.Softmax{}, layers.Softmax{Axis: 1}, layers.Activation{Activation: activations.Softmax}} {
			in := nn.Input(2)
			m := nn.NewModel([]*nn.Node{in}, []*nn.Node{nn.Apply(l, in)})
			defer m.Close()
			if err := m.Compile(b, nn.CompileConfig{Loss: losses.CategoricalCrossentropy{}}); err != nil {
				t.Fatal(err)
			}
			r, err := m.TestOnBatch(t.Context(), &data.Dataset{
				X: []data.Tensor{&data.Dense{Shape: []int{1, 2}, Values: []float32{-100, 100}}},
				Y: []data.Tensor{&data.Dense{Shape: []int{1, 2}, Values: []float32{1, 0}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if loss := r.Loss(); math.Abs(loss-200) > 1e-3 {
				t.Errorf("%+v: the loss of logits 200 apart is %v", l, loss)
			}
		}
	})
}
