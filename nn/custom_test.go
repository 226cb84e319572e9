package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// squares is the mean squared error as a user writes it.
var squares = losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return graph.Mean(graph.Square(graph.Sub(yTrue, yPred)), -1)
})

// A user's formula gets targets in the shape of the predictions, whether a last
// axis of 1 is written or not: broadcast, they would be compared row with every
// other row.
func TestOwnLossAndMetricWithoutLastAxis(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x := waves(12, 2)
		y := make([]float32, 12)
		for i := range y {
			y[i] = x.Values[2*i] - 2*x.Values[2*i+1]
		}
		var want *nn.Results
		for i, shape := range [][]int{{12, 1}, {12}} {
			set, err := data.New(x, &data.Dense{Shape: shape, Values: y})
			if err != nil {
				t.Fatal(err)
			}
			m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1}), nn.CompileConfig{
				Loss: squares, Metrics: []nn.Metric{metrics.MeanLoss{Label: "own", Loss: squares}, metrics.MeanSquaredError{}}, Seed: 3,
			})
			got, err := m.Evaluate(background, set)
			if err != nil {
				t.Fatal(err)
			}
			loss, own, mse := got.Get("loss"), got.Get("own"), got.Get("mean_squared_error")
			closeTo(t, "own loss", loss, mse, 1e-5)
			closeTo(t, "own metric", own, mse, 1e-5)
			if i > 0 {
				closeTo(t, "loss without the last axis", loss, want.Get("loss"), 0)
			}
			want = got
			closeModel(t, m)
		}
	})
}

// Mistakes in what users write themselves end Fit with a message, and do not
// train to something else.
func TestOwnPartsThatAreWrong(t *testing.T) {
	b, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	scalar := losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		return graph.Mean(graph.Square(graph.Sub(yTrue, yPred)))
	})
	rates := func(f func(step int64) float64) optimizers.Optimizer {
		return optimizers.SGD{Settings: optimizers.Settings{LearningRate: schedules.Func(f)}}
	}
	for _, c := range []struct {
		name      string
		optimizer optimizers.Optimizer
		loss      losses.Loss
		callback  nn.Callback
		want      []string
	}{
		{"a loss of one number", nil, scalar, nil, []string{"shape []", "for each row", "graph.Mean(x, -1)"}},
		{"a negative rate", rates(func(step int64) float64 { return 0.1 - 0.1*float64(step) }), squares, nil, []string{"step 2", "-0.1"}},
		{"a rate that is no number", rates(func(step int64) float64 { return math.Sqrt(1 - float64(step)) }), squares, nil, []string{"step 2", "NaN"}},
		{"a callback by value", nil, squares, callbacks.EarlyStopping{}, []string{"EarlyStopping", "pass its address"}},
	} {
		set, err := data.New(waves(12, 2), waves(12, 1))
		if err != nil {
			t.Fatal(err)
		}
		m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1}), nn.CompileConfig{Optimizer: c.optimizer, Loss: c.loss})
		f := nn.FitConfig{Epochs: 2, BatchSize: 4}
		if c.callback != nil {
			f.Callbacks = []nn.Callback{c.callback}
		}
		_, err = m.Fit(background, set, f)
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %q lacks %q", c.name, err, part)
			}
		}
		closeModel(t, m)
	}
}

// warmup sets the rate of every step but the first.
type warmup struct{}

func (warmup) OnBatchEnd(t *nn.Training, _ int, _ *nn.Results) error {
	return t.SetLearningRate(0.01 * float64(t.Steps()+1))
}

// ramp does so for every step, the first included.
type ramp struct{}

func (ramp) OnBatchBegin(t *nn.Training, _ int) error {
	return t.SetLearningRate(0.01 * float64(t.Steps()+1))
}

// A rate that a callback sets before a batch is that of the batch, and after it
// that of the next one, as with a schedule of the same rates.
func TestRateOfEveryBatch(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		set, err := data.New(waves(12, 2), waves(12, 1))
		if err != nil {
			t.Fatal(err)
		}
		rising := schedules.Func(func(step int64) float64 { return 0.01 * float64(step+1) })
		var want [][]float32
		constant := schedules.Constant(0.01)
		for i, c := range []struct {
			rate      schedules.Schedule
			callbacks []nn.Callback
		}{{rising, nil}, {constant, []nn.Callback{warmup{}}}, {constant, []nn.Callback{ramp{}}}, {schedules.Constant(9), []nn.Callback{ramp{}}}} {
			m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 1}), nn.CompileConfig{
				Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: c.rate}}, Loss: losses.MeanSquaredError{}, Seed: 3,
			})
			config := nn.FitConfig{Epochs: 2, BatchSize: 4, Callbacks: c.callbacks}
			fit(t, m, set, config)
			got := weights(t, m)
			if i == 0 {
				want = got
			}
			for k := range got {
				if !slices.Equal(got[k], want[k]) {
					t.Errorf("case %d: weight %d is %v, want %v", i, k, got[k], want[k])
				}
			}
			closeModel(t, m)
		}
	})
}

// Targets of another shape than the predictions: two numbers held against the
// means and the variances that are predicted for them, beside the same loss on
// targets that were filled up to the shape of the output.
func TestTargetsOfAnotherShape(t *testing.T) {
	likelihood := losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		part := func(x *graph.Tensor, at int) *graph.Tensor { return graph.SliceAxis(x, -1, at, at+2) }
		logVar := part(yPred, 2)
		return graph.Mean(graph.Add(logVar, graph.Div(graph.Square(graph.Sub(part(yTrue, 0), part(yPred, 0))), graph.Exp(logVar))), -1)
	})
	own := losses.WithTargets{Loss: likelihood, Shape: []int{2}}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		x := waves(20, 3)
		two, four := waves(20, 2), &data.Dense{Shape: []int{20, 4}}
		for i := range 20 {
			four.Values = append(four.Values, two.Values[2*i], two.Values[2*i+1], 7, 7)
		}
		run := func(loss losses.Loss, y data.Tensor) []float64 {
			m := compiled(t, b, nn.NewSequential(layers.Dense{Units: 4}), nn.CompileConfig{
				Optimizer: optimizers.Adam{}, Loss: loss, Metrics: []nn.Metric{metrics.MeanLoss{Label: "own", Loss: likelihood}}, Seed: 3,
			})
			defer closeModel(t, m)
			h := fit(t, m, &data.Dataset{X: []data.Tensor{x}, Y: []data.Tensor{y}}, nn.FitConfig{Epochs: 3, BatchSize: 8})
			closeTo(t, "the metric", h.Last("own"), h.Last("loss"), 1e-5)
			return h.Metrics["loss"]
		}
		if got, want := run(own, two), run(likelihood, four); !slices.Equal(got, want) || got[2] >= got[0] {
			t.Errorf("losses are %v, want %v, falling", got, want)
		}
	})
	b := cpu(t)
	config := nn.CompileConfig{Loss: own}
	m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{3}}, layers.Dense{Units: 4}), config)
	defer closeModel(t, m)
	for _, shape := range [][]int{{20, 4}, {20}} {
		y := waves(20, product(shape[1:]...))
		y.Shape = shape
		_, err := m.Evaluate(background, &data.Dataset{X: []data.Tensor{waves(20, 3)}, Y: []data.Tensor{y}})
		mistake(t, "shape", err, fmt.Sprint("targets of shape ", shape), "loss wants rows of shape [2]")
	}
	// Whole numbers are what the loss takes them for, not classes of the output.
	whole := &data.Ints{Shape: []int{2, 2}, Values: []int32{-1, 9, 5, 0}}
	halves := losses.WithTargets{Shape: []int{2}, Loss: losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		return graph.Add(graph.Scale(graph.Sum(graph.ToFloat(yTrue), -1), 0.5), graph.Scale(graph.Sum(yPred, -1), 0))
	})}
	n := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{3}}, layers.Dense{Units: 4}), nn.CompileConfig{Loss: halves})
	defer closeModel(t, n)
	if r, err := n.Evaluate(background, &data.Dataset{X: []data.Tensor{waves(2, 3)}, Y: []data.Tensor{whole}}); err != nil || r.Loss() != 3.25 {
		t.Errorf("the mean of half the sums is %v, %v, want 3.25", r, err)
	}
	compile := func(c nn.CompileConfig) error {
		return nn.NewSequential(layers.Input{Shape: []int{3}}, layers.Dense{Units: 4}).Compile(b, c)
	}
	mistake(t, "no loss", compile(nn.CompileConfig{Loss: losses.WithTargets{Shape: []int{2}}}), "WithTargets has no Loss")
	mistake(t, "empty axis", compile(nn.CompileConfig{Loss: losses.WithTargets{Loss: likelihood, Shape: []int{2, 0}}}), "Shape [2 0]")
	mistake(t, "a metric for others", compile(nn.CompileConfig{Loss: own, Metrics: []nn.Metric{metrics.MeanSquaredError{}}}), "mean_squared_error", "[3 2]", "[3 4]")
}

func product(shape ...int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
