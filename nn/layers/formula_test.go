package layers_test

import (
	"math"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// formula is a layer's output, from its inputs and weights.
type formula func(x, w []array) array

// check holds a layer against its formula, written here in float64 loops.
type check struct {
	name         string // of the case, where a layer has several
	layer        nn.Layer
	rows         [][]int // shape of a row of each input
	integerBelow int     // the inputs are whole numbers below this, without gradients
	train        formula
	predict      formula                    // nil: as in training
	penalty      func(x, w []array) float64 // what the layer adds to the loss
}

func elementwise(f func(x float64) float64) formula {
	return func(x, _ []array) array { return x[0].each(f) }
}

var identity = elementwise(func(x float64) float64 { return x })

func pair(f func(a, b float64) float64) formula {
	return func(x, _ []array) array { return x[0].combine(x[1], f) }
}

func rectifier(maximum, slope, threshold float64) formula {
	return elementwise(func(x float64) float64 {
		if x < threshold {
			return slope * (x - threshold)
		}
		return math.Min(x, maximum)
	})
}

// batchNorm has the weights gamma, beta, moving_mean, moving_variance.
func batchNorm(x, w []array) array {
	over := []int{0}
	if len(x[0].shape) == 3 {
		over = []int{0, 1}
	}
	return scaled(x[0].standardized(1e-3, over...), w[0], w[1])
}

func batchNormPredict(x, w []array) array {
	return build(x[0].shape, func(at []int) float64 {
		f := at[len(at)-1]
		return w[0].v[f]*(x[0].at(at...)-w[2].v[f])/math.Sqrt(w[3].v[f]+1e-3) + w[1].v[f]
	})
}

// scaled is gamma x + beta along the last axis.
func scaled(x, gamma, beta array) array {
	return build(x.shape, func(at []int) float64 {
		f := at[len(at)-1]
		return gamma.v[f]*x.at(at...) + beta.v[f]
	})
}

func softmax(x array, axis int) array {
	e := x.each(math.Exp)
	n := float64(x.shape[axis])
	return e.combine(e.mean(axis), func(a, m float64) float64 { return a / (n * m) })
}

var checks = []check{
	{layer: layers.Activation{Activation: activations.Tanh}, rows: [][]int{{2, 3}}, train: elementwise(math.Tanh)},
	{name: "linear", layer: layers.Activation{}, rows: [][]int{{4}}, train: identity},
	{layer: layers.ActivityRegularization{L1: 0.5, L2: 0.25}, rows: [][]int{{2, 2}}, train: identity, penalty: func(x, _ []array) float64 {
		return (0.5*sum(x[0].each(math.Abs).v) + 0.25*sum(x[0].each(square).v)) / rows
	}},
	{layer: layers.Add{}, rows: [][]int{{2, 3}, {2, 3}, {2, 3}}, train: func(x, _ []array) array { return x[0].combine(x[1], add).combine(x[2], add) }},
	{name: "broadcast", layer: layers.Add{}, rows: [][]int{{2, 3}, {3}}, train: func(x, _ []array) array {
		return x[0].combine(x[1].reshaped(rows, 1, 3), add)
	}},
	{name: "one beside many", layer: layers.Multiply{}, rows: [][]int{{4}, {1}}, train: pair(mul)},
	{layer: layers.Average{}, rows: [][]int{{3}, {3}, {3}}, train: func(x, _ []array) array {
		return x[0].combine(x[1], add).combine(x[2], add).each(func(v float64) float64 { return v / 3 })
	}},
	{layer: layers.BatchNormalization{}, rows: [][]int{{4}}, train: batchNorm, predict: batchNormPredict},
	{name: "sequence", layer: layers.BatchNormalization{}, rows: [][]int{{2, 3}}, train: batchNorm, predict: batchNormPredict},
	{name: "axis 1, bare", layer: layers.BatchNormalization{Axis: 1, NoCenter: true, NoScale: true, Epsilon: new(0.5)}, rows: [][]int{{2, 3}},
		train: func(x, _ []array) array { return x[0].standardized(0.5, 0, 2) },
		predict: func(x, w []array) array {
			return build(x[0].shape, func(at []int) float64 { return (x[0].at(at...) - w[0].v[at[1]]) / math.Sqrt(w[1].v[at[1]]+0.5) })
		}},
	{layer: layers.Concatenate{}, rows: [][]int{{2}, {3}}, train: func(x, _ []array) array {
		return build([]int{rows, 5}, func(at []int) float64 {
			if at[1] < 2 {
				return x[0].at(at...)
			}
			return x[1].at(at[0], at[1]-2)
		})
	}},
	{name: "axis 1", layer: layers.Concatenate{Axis: 1}, rows: [][]int{{1, 2}, {3, 2}}, train: func(x, _ []array) array {
		return build([]int{rows, 4, 2}, func(at []int) float64 {
			if at[1] < 1 {
				return x[0].at(at...)
			}
			return x[1].at(at[0], at[1]-1, at[2])
		})
	}},
	{layer: layers.Dense{Units: 3, Activation: activations.Tanh}, rows: [][]int{{4}}, train: func(x, w []array) array {
		return build([]int{rows, 3}, func(at []int) float64 {
			s := w[1].v[at[1]]
			for k := range 4 {
				s += x[0].at(at[0], k) * w[0].at(k, at[1])
			}
			return math.Tanh(s)
		})
	}},
	{name: "sequence", layer: layers.Dense{Units: 2, NoBias: true, ActivityRegularizer: regularizers.L2{Factor: 0.5}}, rows: [][]int{{2, 3}}, train: denseSequence,
		penalty: func(x, w []array) float64 { return 0.5 * sum(denseSequence(x, w).each(square).v) / rows }},
	{layer: layers.Dot{}, rows: [][]int{{4}, {4}}, train: func(x, _ []array) array {
		return x[0].combine(x[1], mul).mean(1).each(func(v float64) float64 { return 4 * v })
	}},
	{name: "matrices", layer: layers.Dot{Axes: [2]int{1, 2}}, rows: [][]int{{4, 2}, {3, 4}}, train: func(x, _ []array) array {
		return build([]int{rows, 2, 3}, func(at []int) float64 {
			s := 0.0
			for k := range 4 {
				s += x[0].at(at[0], k, at[1]) * x[1].at(at[0], at[2], k)
			}
			return s
		})
	}},
	{name: "matrix and vector", layer: layers.Dot{}, rows: [][]int{{2, 4}, {4}}, train: func(x, _ []array) array {
		return build([]int{rows, 2}, func(at []int) float64 {
			s := 0.0
			for k := range 4 {
				s += x[0].at(at[0], at[1], k) * x[1].at(at[0], k)
			}
			return s
		})
	}},
	{name: "cosine", layer: layers.Dot{Normalize: true}, rows: [][]int{{4}, {4}}, train: func(x, _ []array) array {
		dot := x[0].combine(x[1], mul).mean(1)
		a, b := x[0].each(square).mean(1), x[1].each(square).mean(1)
		return dot.combine(a, func(d, a float64) float64 { return d / math.Sqrt(a) }).combine(b, func(d, b float64) float64 { return d / math.Sqrt(b) })
	}},
	{layer: layers.Dropout{Rate: 0.4}, rows: [][]int{{5}}, predict: identity},
	{name: "off", layer: layers.Dropout{}, rows: [][]int{{5}}, train: identity},
	{layer: layers.AlphaDropout{Rate: 0.4}, rows: [][]int{{5}}, predict: identity},
	{layer: layers.GaussianDropout{Rate: 0.4}, rows: [][]int{{5}}, predict: identity},
	{layer: layers.GaussianNoise{StdDev: 0.4}, rows: [][]int{{5}}, predict: identity},
	{layer: layers.SpatialDropout1D{Rate: 0.4}, rows: [][]int{{2, 5}}, predict: identity},
	{layer: layers.ELU{}, rows: [][]int{{6}}, train: elementwise(func(x float64) float64 { return math.Max(x, 0) + math.Min(0, math.Expm1(x)) })},
	{name: "2", layer: layers.ELU{Alpha: new(2.0)}, rows: [][]int{{6}}, train: elementwise(func(x float64) float64 { return math.Max(x, 0) + math.Min(0, 2*math.Expm1(x)) })},
	{layer: layers.Embedding{InputDim: 5, OutputDim: 2}, rows: [][]int{{4}}, integerBelow: 5, train: func(x, w []array) array {
		return build([]int{rows, 4, 2}, func(at []int) float64 { return w[0].at(int(x[0].at(at[0], at[1])), at[2]) })
	}},
	{layer: layers.Flatten{}, rows: [][]int{{2, 3}}, train: func(x, _ []array) array { return x[0].reshaped(rows, 6) }},
	{layer: layers.GlobalAveragePooling1D{}, rows: [][]int{{4, 2}}, train: func(x, _ []array) array { return x[0].mean(1).reshaped(rows, 2) }},
	{name: "kept", layer: layers.GlobalAveragePooling1D{KeepDims: true}, rows: [][]int{{4, 2}}, train: func(x, _ []array) array { return x[0].mean(1) }},
	{layer: layers.GlobalMaxPooling1D{}, rows: [][]int{{4, 2}}, train: func(x, _ []array) array { return largest(x[0]).reshaped(rows, 2) }},
	{name: "kept", layer: layers.GlobalMaxPooling1D{KeepDims: true}, rows: [][]int{{4, 2}}, train: func(x, _ []array) array { return largest(x[0]) }},
	{layer: layers.Identity{}, rows: [][]int{{2, 2}}, train: identity},
	{layer: layers.Input{Shape: []int{4}}, rows: [][]int{{4}}, train: identity},
	{layer: layers.Lambda{Function: func(_ *nn.Call, x ...*graph.Tensor) *graph.Tensor { return graph.Mul(x[0], graph.Sin(x[1])) }},
		rows: [][]int{{3}, {3}}, train: pair(func(a, b float64) float64 { return a * math.Sin(b) })},
	{layer: layers.LayerNormalization{}, rows: [][]int{{2, 5}}, train: func(x, w []array) array { return scaled(x[0].standardized(1e-3, 2), w[0], w[1]) }},
	{name: "two axes", layer: layers.LayerNormalization{Axes: []int{-1, 1}, Epsilon: new(0.1)}, rows: [][]int{{2, 3}}, train: func(x, w []array) array {
		gamma, beta := w[0].reshaped(1, 2, 3), w[1].reshaped(1, 2, 3)
		return x[0].standardized(0.1, 1, 2).combine(gamma, mul).combine(beta, add)
	}},
	{name: "bare", layer: layers.LayerNormalization{NoCenter: true, NoScale: true}, rows: [][]int{{5}}, train: func(x, _ []array) array { return x[0].standardized(1e-3, 1) }},
	{layer: layers.LeakyReLU{}, rows: [][]int{{6}}, train: rectifier(math.Inf(1), 0.3, 0)},
	{name: "0.1", layer: layers.LeakyReLU{NegativeSlope: new(0.1)}, rows: [][]int{{6}}, train: rectifier(math.Inf(1), 0.1, 0)},
	{layer: layers.Maximum{}, rows: [][]int{{4}, {4}}, train: pair(math.Max)},
	{layer: layers.Minimum{}, rows: [][]int{{4}, {4}}, train: pair(math.Min)},
	{layer: layers.Multiply{}, rows: [][]int{{4}, {4}}, train: pair(mul)},
	{layer: layers.Normalization{Mean: []float64{1, 2}, Variance: []float64{3, 4}}, rows: [][]int{{3, 2}}, train: func(x, w []array) array {
		return build(x[0].shape, func(at []int) float64 { return (x[0].at(at...) - w[0].v[at[2]]) / math.Sqrt(w[1].v[at[2]]) })
	}},
	{name: "inverted", layer: layers.Normalization{Mean: []float64{1}, Variance: []float64{3}, Invert: true}, rows: [][]int{{2}}, train: func(x, w []array) array {
		return x[0].each(func(v float64) float64 { return v*math.Sqrt(w[1].v[0]) + w[0].v[0] })
	}},
	{layer: layers.PReLU{}, rows: [][]int{{2, 3}}, train: prelu},
	{name: "shared", layer: layers.PReLU{SharedAxes: []int{1}}, rows: [][]int{{2, 3}}, train: prelu},
	{layer: layers.Permute{Dims: []int{2, 1}}, rows: [][]int{{2, 3}}, train: func(x, _ []array) array {
		return build([]int{rows, 3, 2}, func(at []int) float64 { return x[0].at(at[0], at[2], at[1]) })
	}},
	{layer: layers.RMSNormalization{}, rows: [][]int{{5}}, train: func(x, w []array) array {
		mean := x[0].each(square).mean(1)
		return build(x[0].shape, func(at []int) float64 { return w[0].v[at[1]] * x[0].at(at...) / math.Sqrt(mean.at(at...)+1e-6) })
	}},
	{layer: layers.ReLU{}, rows: [][]int{{6}}, train: rectifier(math.Inf(1), 0, 0)},
	{name: "all", layer: layers.ReLU{MaxValue: new(1.0), NegativeSlope: 0.2, Threshold: 0.5}, rows: [][]int{{8}}, train: rectifier(1, 0.2, 0.5)},
	{layer: layers.RepeatVector{N: 4}, rows: [][]int{{2}}, train: func(x, _ []array) array {
		return build([]int{rows, 4, 2}, func(at []int) float64 { return x[0].at(at[0], at[2]) })
	}},
	{layer: layers.Rescaling{Scale: 0.5, Offset: -1}, rows: [][]int{{2, 2}}, train: elementwise(func(x float64) float64 { return x/2 - 1 })},
	{layer: layers.Reshape{Shape: []int{3, -1}}, rows: [][]int{{6}}, train: func(x, _ []array) array { return x[0].reshaped(rows, 3, 2) }},
	{layer: layers.Softmax{}, rows: [][]int{{5}}, train: func(x, _ []array) array { return softmax(x[0], 1) }},
	{name: "axis 1", layer: layers.Softmax{Axis: 1}, rows: [][]int{{3, 2}}, train: func(x, _ []array) array { return softmax(x[0], 1) }},
	{name: "axis 1 of 3", layer: layers.Softmax{Axis: -3}, rows: [][]int{{3, 2, 2}}, train: func(x, _ []array) array { return softmax(x[0], 1) }},
	{layer: layers.Subtract{}, rows: [][]int{{4}, {4}}, train: pair(sub)},
	{layer: layers.UnitNormalization{}, rows: [][]int{{2, 4}}, train: func(x, _ []array) array {
		mean := x[0].each(square).mean(2)
		return x[0].combine(mean, func(v, m float64) float64 { return v / math.Sqrt(4*m) })
	}},
}

func denseSequence(x, w []array) array {
	return build([]int{rows, 2, 2}, func(at []int) float64 {
		s := 0.0
		for k := range 3 {
			s += x[0].at(at[0], at[1], k) * w[0].at(k, at[2])
		}
		return s
	})
}

func largest(x array) array {
	return build([]int{x.shape[0], 1, x.shape[2]}, func(at []int) float64 {
		m := math.Inf(-1)
		for s := range x.shape[1] {
			m = math.Max(m, x.at(at[0], s, at[2]))
		}
		return m
	})
}

func prelu(x, w []array) array {
	return build(x[0].shape, func(at []int) float64 {
		v := x[0].at(at...)
		if v > 0 {
			return v
		}
		return v * w[0].at(at[1:]...)
	})
}

// title is the case's name in the report.
func (k check) title() string {
	if k.name == "" {
		return typeName(k.layer)
	}
	return typeName(k.layer) + "/" + k.name
}

// Each layer gives what its formula gives, in training and outside of it, and
// its gradients are the formula's slopes.
func TestFormulas(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, k := range checks {
			t.Run(k.title(), func(t *testing.T) {
				r := newRig(t, b, k)
				// A float32 has 6e-8; a handful of operations on numbers of
				// about 1 loses a few bits of it.
				const rel, abs = 1e-5, 1e-5
				predict := k.predict
				if predict == nil {
					predict = k.train
				}
				graphtest.Near(t, "predicted", r.predict(), predict(r.x(), r.w()).v, rel, abs)
				if k.train == nil {
					directional(t, b, k)
					return
				}
				lossOf := func() float64 {
					loss := sum(k.train(r.x(), r.w()).combine(r.c, mul).v)
					if k.penalty != nil {
						loss += k.penalty(r.x(), r.w())
					}
					return loss
				}
				y, loss, fell := r.train()
				graphtest.Near(t, "trained on", y, k.train(r.x(), r.w()).v, rel, abs)
				graphtest.Near(t, "loss", []float64{loss}, []float64{lossOf()}, rel, abs)
				for i, w := range r.before {
					if !r.model.Weights()[i].Trainable() {
						continue
					}
					slopes := make([]float64, len(w.v))
					for j, x := range w.v {
						slopes[j] = graphtest.Slope(func(x float64) float64 {
							w.v[j] = x
							return lossOf()
						}, x)
						w.v[j] = x
					}
					graphtest.Near(t, "gradient of "+r.name(i), fell[i].v, slopes, 1e-4, 1e-5)
				}
			})
		}
	})
}

// directional compares the gradient of a layer with random numbers, which are
// the same for the same seed and step, with differences of its own loss.
func directional(t *testing.T, b compute.Backend, k check) {
	r := newRig(t, b, k)
	_, _, fell := r.train()
	for i, w := range r.before {
		for j := range w.v {
			at := func(d float64) float64 {
				moved := slices.Clone(r.before)
				moved[i] = array{shape: w.shape, v: slices.Clone(w.v)}
				moved[i].v[j] += d
				s := newRig(t, b, k)
				s.set(moved)
				_, loss, _ := s.train()
				return loss
			}
			const h = 0.5 // the layers are straight lines for fixed random numbers
			graphtest.Near(t, "gradient of "+r.name(i), fell[i].v[j:j+1], []float64{at(h) - at(-h)}, 1e-4, 1e-5)
		}
	}
}
