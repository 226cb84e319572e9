package optimizers

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// What follows is what a model does around an optimizer's Update, on tensors.
// s is always what Optimizer.Common returned.

// Clip limits the gradients of all weights as s says: each to the norm ClipNorm,
// all together to the norm GlobalClipNorm, or each element to ClipValue.
//
//	ClipNorm:       g * c / max(|g|, c)
//	GlobalClipNorm: the same with |g| the norm of all gradients
//	ClipValue:      min(max(g, -c), c)
func Clip(s Settings, grads []*graph.Tensor) []*graph.Tensor {
	out := append([]*graph.Tensor(nil), grads...)
	switch {
	case s.ClipNorm > 0:
		for i, g := range grads {
			out[i] = shorten(g, graph.Sum(graph.Square(g)), s.ClipNorm)
		}
	case s.GlobalClipNorm > 0 && len(grads) > 0:
		square := graph.Sum(graph.Square(grads[0]))
		for _, g := range grads[1:] {
			square = graph.Add(square, graph.Sum(graph.Square(g)))
		}
		for i, g := range grads {
			out[i] = shorten(g, square, s.GlobalClipNorm)
		}
	case s.ClipValue > 0:
		for i, g := range grads {
			out[i] = graph.Clip(g, float32(-s.ClipValue), float32(s.ClipValue))
		}
	}
	return out
}

// shorten scales g, given the square of a norm, so that the norm is at most c.
func shorten(g, square *graph.Tensor, c float64) *graph.Tensor {
	limit := g.Const(float32(c))
	return graph.Mul(g, graph.Div(limit, graph.Max(graph.Sqrt(square), limit)))
}

// Decay takes the weight decay of s off w before an update: w - w * rate *
// WeightDecay (decoupled decay, Loshchilov & Hutter 2019). mask, if not nil, is
// 1 for weights that decay and 0 for others (see Settings.Decays), of w's shape:
// for several weights in one flat tensor.
func Decay(s Settings, w, rate, mask *graph.Tensor) *graph.Tensor {
	if or(s.WeightDecay, 0) == 0 {
		return w
	}
	amount := graph.Scale(rate, float32(*s.WeightDecay))
	if mask != nil {
		amount = graph.Mul(mask, amount)
	}
	return graph.Sub(w, graph.Mul(w, amount))
}

// Accumulates is true when s updates once for several gradients.
func (s Settings) Accumulates() bool { return s.AccumulateSteps > 1 }

// Accumulate adds a gradient to the sum kept for its weight, which starts at 0.
// step is the number of this gradient, from 0 (Int scalar). At every
// AccumulateSteps-th, update is true: mean is then the gradient to use, and the
// sum starts over. At others the new weights and slots that Update computes are
// to be dropped: graph.Select(update, new, old). T and the rate's schedule count
// updates, not gradients.
func Accumulate(s Settings, sum, grad, step *graph.Tensor) (newSum, mean, update *graph.Tensor) {
	g := grad.Graph()
	n := max(s.AccumulateSteps, 1)
	total := graph.Add(sum, grad)
	update = graph.Equal(remainder(step, n), g.ConstInt(int32(n-1)))
	return graph.Select(update, g.Const(0), total), graph.Scale(total, float32(1/float64(n))), update
}

// remainder is step mod n, in whole numbers. From step 2^24 on a float quotient
// may be off by some; what is left of the first is then divided once more.
func remainder(step *graph.Tensor, n int) *graph.Tensor {
	g := step.Graph()
	if n == 1 {
		return g.ConstInt(0)
	}
	k, rest := g.ConstInt(int32(n)), step
	for range 2 {
		quotient := graph.ToInt(graph.Floor(graph.Div(graph.ToFloat(rest), g.Const(float32(n)))))
		rest = graph.Sub(rest, graph.Mul(quotient, k))
	}
	rest = graph.Select(graph.Less(rest, g.ConstInt(0)), graph.Add(rest, k), rest)
	return graph.Select(graph.LessEq(k, rest), graph.Sub(rest, k), rest)
}

// Average is a step of the moving average of w (Polyak & Juditsky 1992), after
// the update: a' = m a + (1-m) w, where the first step (0, an Int scalar)
// takes w as it is. Every EMAOverwrite steps the average becomes the weight, too.
func Average(s Settings, average, w, step *graph.Tensor) (newAverage, newW *graph.Tensor) {
	g := w.Graph()
	m := or(s.EMAMomentum, 0.99)
	blend := graph.Add(graph.Scale(average, float32(m)), graph.Scale(w, float32(1-m)))
	// Keras' first momentum is 0, so that the average needs no correction.
	newAverage = graph.Select(graph.Equal(step, g.ConstInt(0)), w, blend)
	if s.EMAOverwrite <= 0 {
		return newAverage, w
	}
	due := graph.Equal(remainder(step, s.EMAOverwrite), g.ConstInt(int32(s.EMAOverwrite-1)))
	return newAverage, graph.Select(due, newAverage, w)
}

// toward is a moving average's step: keep a + (1 - keep) x.
func toward(a, x *graph.Tensor, keep float64) *graph.Tensor {
	return graph.Add(graph.Scale(a, float32(keep)), graph.Scale(x, float32(1-keep)))
}

// startup is 1 - keep^t, which corrects a moving average that started at 0.
// Written as a power, it would lose four digits in float32 at keep = 0.999.
func startup(keep float64, t *graph.Tensor) *graph.Tensor {
	if keep == 0 {
		return t.Const(1)
	}
	return graph.Neg(graph.Expm1(graph.Scale(t, float32(math.Log(keep)))))
}
