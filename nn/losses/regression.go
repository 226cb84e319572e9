package losses

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// MeanSquaredError is the mean over the last axis of (t - p)^2.
type MeanSquaredError struct{ Reduction Reduction }

// Name is "mean_squared_error".
func (MeanSquaredError) Name() string { return "mean_squared_error" }

// Reduce is the reduction.
func (l MeanSquaredError) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l MeanSquaredError) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor { return graph.Square(graph.Sub(p, t)) })
}

// MeanAbsoluteError is the mean over the last axis of |t - p|.
type MeanAbsoluteError struct{ Reduction Reduction }

// Name is "mean_absolute_error".
func (MeanAbsoluteError) Name() string { return "mean_absolute_error" }

// Reduce is the reduction.
func (l MeanAbsoluteError) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l MeanAbsoluteError) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor { return graph.Abs(graph.Sub(p, t)) })
}

// MeanAbsolutePercentageError is the mean over the last axis of 100 |t - p| /
// max(|t|, 1e-7).
type MeanAbsolutePercentageError struct{ Reduction Reduction }

// Name is "mean_absolute_percentage_error".
func (MeanAbsolutePercentageError) Name() string { return "mean_absolute_percentage_error" }

// Reduce is the reduction.
func (l MeanAbsolutePercentageError) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l MeanAbsolutePercentageError) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor {
		return graph.Scale(graph.Abs(graph.Div(graph.Sub(t, p), graph.Max(graph.Abs(t), t.Const(epsilon)))), 100)
	})
}

// MeanSquaredLogarithmicError is the mean over the last axis of (log(1 + t) -
// log(1 + p))^2, with t and p at least 1e-7.
type MeanSquaredLogarithmicError struct{ Reduction Reduction }

// Name is "mean_squared_logarithmic_error".
func (MeanSquaredLogarithmicError) Name() string { return "mean_squared_logarithmic_error" }

// Reduce is the reduction.
func (l MeanSquaredLogarithmicError) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l MeanSquaredLogarithmicError) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	log := func(x *graph.Tensor) *graph.Tensor { return graph.Log1p(graph.Max(x, x.Const(epsilon))) }
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor { return graph.Square(graph.Sub(log(t), log(p))) })
}

// Huber is the mean over the last axis of e^2 / 2 where e = |t - p| is at most
// Delta, else Delta e - Delta^2 / 2: squared near 0, straight beyond (Huber
// 1964).
type Huber struct {
	Delta     float64 // above 0; 0: 1
	Reduction Reduction
}

// Name is "huber_loss".
func (Huber) Name() string { return "huber_loss" }

// Reduce is the reduction.
func (l Huber) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l Huber) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	delta := l.Delta
	if delta == 0 {
		delta = 1
	}
	if !(delta > 0) {
		yPred.Graph().Fail("Delta is %v, want above 0", delta)
	}
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor {
		d := t.Const(float32(delta))
		e := graph.Abs(graph.Sub(p, t))
		// near (e - near/2) is both pieces, for near = min(e, Delta).
		near := graph.Min(e, d)
		return graph.Mul(near, graph.Sub(e, graph.Scale(near, 0.5)))
	})
}

// LogCosh is the mean over the last axis of log(cosh(p - t)): about e^2 / 2 near
// 0 and |e| - log 2 beyond.
type LogCosh struct{ Reduction Reduction }

// Name is "log_cosh".
func (LogCosh) Name() string { return "log_cosh" }

// Reduce is the reduction.
func (l LogCosh) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l LogCosh) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor {
		e := graph.Abs(graph.Sub(p, t)) // cosh is even, and e^-2e cannot overflow
		return graph.Shift(graph.Add(e, graph.Log1p(graph.Exp(graph.Scale(e, -2)))), -math.Ln2)
	})
}

// Poisson is the mean over the last axis of p - t log(p + 1e-7): for counts t
// with the expected value p.
type Poisson struct{ Reduction Reduction }

// Name is "poisson".
func (Poisson) Name() string { return "poisson" }

// Reduce is the reduction.
func (l Poisson) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l Poisson) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor {
		return graph.Sub(p, graph.Mul(t, graph.Log(graph.Shift(p, epsilon))))
	})
}
