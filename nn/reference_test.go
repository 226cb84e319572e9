package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/regularizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// regression is linear regression of two inputs by gradient descent in float64,
// written without anything of this library: what Fit is held against.
type regression struct {
	rate       func(update int) float64
	l2         float64 // penalty on the two factors
	clip       float64 // of the norm of the factors' gradient, and of the offset's
	accumulate int     // gradients of one update
	momentum   float64 // of the moving average; 0 has none
	overwrite  int     // updates after which the average becomes the weights; 0 never
	decay      float64 // of the factors alone
	sum        bool    // the loss of a batch is a sum
	nonNeg     bool    // factors stay at least 0

	w       [3]float64 // two factors, an offset
	average [3]float64
	held    [3]float64
	steps   int
}

// epoch trains on the rows in order and returns the mean loss, and the mean
// absolute error plain and weighted.
func (r *regression) epoch(x, y, weight []float64, batch, steps int) (loss, mae, weighted float64) {
	rows, total := 0, 0.0
	for from := 0; from < len(y) && steps > 0; from, steps = from+batch, steps-1 {
		to := min(from+batch, len(y))
		var g [3]float64
		l := 0.0
		n := float64(to - from)
		if r.sum {
			n = 1
		}
		for i := from; i < to; i++ {
			e := r.w[0]*x[2*i] + r.w[1]*x[2*i+1] + r.w[2] - y[i]
			l += weight[i] * e * e / n
			for k, in := range []float64{x[2*i], x[2*i+1], 1} {
				g[k] += 2 * weight[i] * e * in / n
			}
			mae += math.Abs(e)
			weighted += weight[i] * math.Abs(e)
			total += weight[i]
		}
		for k := range 2 {
			l += r.l2 * r.w[k] * r.w[k]
			g[k] += 2 * r.l2 * r.w[k]
		}
		loss += l * float64(to-from)
		rows += to - from
		r.step(g)
	}
	return loss / float64(rows), mae / float64(rows), weighted / total
}

func (r *regression) step(g [3]float64) {
	r.steps++
	for k := range g {
		r.held[k] += g[k] / float64(r.accumulate)
	}
	if r.steps%r.accumulate != 0 {
		return
	}
	g, r.held = r.held, [3]float64{}
	if r.clip > 0 {
		factors, offset := math.Hypot(g[0], g[1]), math.Abs(g[2])
		for k := range 2 {
			g[k] *= r.clip / max(r.clip, factors)
		}
		g[2] *= r.clip / max(r.clip, offset)
	}
	update := r.steps/r.accumulate - 1
	for k := range g {
		if k < 2 {
			r.w[k] -= r.rate(update) * r.decay * r.w[k]
		}
		r.w[k] -= r.rate(update) * g[k]
		if r.nonNeg && k < 2 {
			r.w[k] = max(r.w[k], 0)
		}
		if update == 0 {
			r.average[k] = r.w[k]
		} else {
			r.average[k] = r.momentum*r.average[k] + (1-r.momentum)*r.w[k]
		}
		if r.overwrite > 0 && (update+1)%r.overwrite == 0 {
			r.w[k] = r.average[k]
		}
	}
}

func (r *regression) evaluate(x, y, weight []float64) (loss, mae float64) {
	for i := range y {
		e := r.w[0]*x[2*i] + r.w[1]*x[2*i+1] + r.w[2] - y[i]
		loss += weight[i] * e * e
		mae += math.Abs(e)
	}
	return loss/float64(len(y)) + r.l2*(r.w[0]*r.w[0]+r.w[1]*r.w[1]), mae / float64(len(y))
}

func float64s(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// TestFitIsGradientDescent holds histories, results of validation and trained
// weights against the same training in float64. Float32 rounds at 6e-8 of a
// value; some tens of steps stay within 2e-5.
func TestFitIsGradientDescent(t *testing.T) {
	const rows, held, tolerance = 11, 7, 2e-5
	x, vx := waves(rows, 2), waves(rows+held, 2).Slice(rows, rows+held).(*data.Dense)
	y, vy := dense(1, make([]float32, rows)...), dense(1, make([]float32, held)...)
	for i := range y.Values {
		y.Values[i] = float32(i % 2)
	}
	for i := range vy.Values {
		vy.Values[i] = float32(i) / 8
	}
	own, vown := make([]float32, rows), make([]float32, held)
	for i := range own {
		own[i] = float32(i%4) / 2
	}
	for i := range vown {
		vown[i] = float32(i%3) + 0.5
	}
	for _, c := range []struct {
		name   string
		ref    regression
		set    optimizers.Settings
		fit    nn.FitConfig
		sample bool
	}{
		{name: "uneven last batch", fit: nn.FitConfig{BatchSize: 4}},
		{name: "batch larger than the set", fit: nn.FitConfig{BatchSize: 99}},
		{name: "batches of one row", fit: nn.FitConfig{BatchSize: 1}},
		{name: "sample weights", fit: nn.FitConfig{BatchSize: 4}, sample: true},
		{name: "class weights", fit: nn.FitConfig{BatchSize: 4, ClassWeight: map[int]float64{0: 0.25, 1: 3}}},
		{name: "class and sample weights", fit: nn.FitConfig{BatchSize: 3, ClassWeight: map[int]float64{0: 0.25, 1: 3}}, sample: true},
		{name: "L2", ref: regression{l2: 0.1}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "sum reduction", ref: regression{sum: true}, fit: nn.FitConfig{BatchSize: 4}, sample: true},
		{name: "clipnorm", ref: regression{clip: 0.05}, set: optimizers.Settings{ClipNorm: 0.05}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "accumulation", ref: regression{accumulate: 2}, set: optimizers.Settings{AccumulateSteps: 2}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "moving average", ref: regression{momentum: 0.5}, set: optimizers.Settings{UseEMA: true, EMAMomentum: new(0.5)}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "accumulation and average", ref: regression{momentum: 0.5, accumulate: 3}, set: optimizers.Settings{UseEMA: true, EMAMomentum: new(0.5), AccumulateSteps: 3}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "average that is written back", ref: regression{momentum: 0.5, overwrite: 2}, set: optimizers.Settings{UseEMA: true, EMAMomentum: new(0.5), EMAOverwrite: 2}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "weight decay without the bias", ref: regression{decay: 0.5}, set: optimizers.Settings{WeightDecay: new(0.5), NoDecay: []string{"bias"}}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "schedule", ref: regression{rate: shrinking.at}, set: optimizers.Settings{LearningRate: shrinking}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "schedule of accumulated steps", ref: regression{rate: shrinking.at, accumulate: 2}, set: optimizers.Settings{LearningRate: shrinking, AccumulateSteps: 2}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "constraint", ref: regression{nonNeg: true}, fit: nn.FitConfig{BatchSize: 4}},
		{name: "steps per epoch", fit: nn.FitConfig{BatchSize: 4, StepsPerEpoch: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			graphtest.Each(t, func(t *testing.T, b compute.Backend) {
				ref := c.ref
				ref.accumulate = max(ref.accumulate, 1)
				ref.w = [3]float64{0.5, 0.25, 0}
				layer := layers.Dense{Units: 1, KernelInitializer: columnOf{0.5, 0.25}}
				if ref.l2 > 0 {
					layer.KernelRegularizer = regularizers.L2{Factor: ref.l2}
				}
				if ref.nonNeg {
					layer.KernelConstraint = constraints.NonNeg{}
				}
				loss := losses.MeanSquaredError{}
				if ref.sum {
					loss.Reduction = losses.Sum
				}
				settings := c.set
				if ref.rate == nil {
					ref.rate = func(int) float64 { return 0.1 }
					settings.LearningRate = schedules.Constant(0.1)
				}
				m := compiled(t, b, nn.NewSequential(layer), nn.CompileConfig{
					Optimizer: optimizers.SGD{Settings: settings}, Loss: loss,
					Metrics:         []nn.Metric{metrics.MeanAbsoluteError{}},
					WeightedMetrics: []nn.Metric{metrics.MeanAbsoluteError{}},
				})
				defer closeModel(t, m)
				train, val := set(t, x, y), set(t, vx, vy)
				weight, vweight := make([]float64, rows), make([]float64, held)
				for i := range weight {
					weight[i] = 1
					if c.sample {
						weight[i] = float64(own[i])
					}
					if w, ok := c.fit.ClassWeight[i%2]; ok {
						weight[i] *= w
					}
				}
				for i := range vweight {
					vweight[i] = 1
					if c.sample {
						vweight[i] = float64(vown[i])
					}
				}
				if c.sample {
					train.Weights, val.Weights = own, vown
				}
				config := c.fit
				config.Epochs, config.NoShuffle = 4, true
				if !ref.sum { // a sum depends on the batches of the validation, too
					config.Validation = val
				}
				h := fit(t, m, train, config)
				steps := config.StepsPerEpoch
				if steps == 0 {
					steps = rows
				}
				for e := range 4 {
					l, mae, weighted := ref.epoch(float64s(x.Values), float64s(y.Values), weight, config.BatchSize, steps)
					closeTo(t, fmt.Sprintf("epoch %d: loss", e), h.Metrics["loss"][e], l, tolerance)
					closeTo(t, fmt.Sprintf("epoch %d: error", e), h.Metrics["mean_absolute_error"][e], mae, tolerance)
					closeTo(t, fmt.Sprintf("epoch %d: weighted error", e), h.Metrics["mean_absolute_error_1"][e], weighted, tolerance)
					if config.Validation != nil {
						l, mae := ref.evaluate(float64s(vx.Values), float64s(vy.Values), vweight)
						closeTo(t, fmt.Sprintf("epoch %d: validation loss", e), h.Metrics["val_loss"][e], l, tolerance)
						closeTo(t, fmt.Sprintf("epoch %d: validation error", e), h.Metrics["val_mean_absolute_error"][e], mae, tolerance)
					}
				}
				want := ref.w
				if settings.UseEMA {
					want = ref.average
				}
				w := weights(t, m)
				for k, got := range append(w[0], w[1]...) {
					closeTo(t, fmt.Sprintf("weight %d", k), float64(got), want[k], tolerance)
				}
			})
		})
	}
}

// shrink is a rate that shrinks with every update.
type shrink float64

const shrinking = shrink(0.2)

func (s shrink) at(update int) float64 { return float64(s) / float64(1+update) }

func (s shrink) At(step int64) float64 { return s.at(int(step)) }

// columnOf starts a weight from given values.
type columnOf []float32

func (c columnOf) Init(w []float32, _ []int, _ *rand.Rand) error {
	copy(w, c)
	return nil
}
