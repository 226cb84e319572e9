package metrics

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
	"github.com/glearn-go/glearn/nn/losses"
)

// MeanLoss is the mean of a loss over examples, as a metric.
type MeanLoss struct {
	Loss  losses.Loss
	Label string // its name; "": the loss's
}

// Name is Label, or the loss's name.
func (m MeanLoss) Name() string {
	if m.Label != "" || m.Loss == nil {
		return m.Label
	}
	return m.Loss.Name()
}

// Sums are of a mean.
func (m MeanLoss) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	if m.Loss == nil {
		yPred.Graph().Fail("MeanLoss has no Loss")
		return average(weight, weight)
	}
	return average(targets.PerRow(m.Loss.PerSample(yTrue, yPred), yPred), weight)
}

// Result is the mean.
func (MeanLoss) Result(sums [][]float64) float64 { return mean(sums) }

// MeanSquaredError is the mean of (t - p)^2: see losses.MeanSquaredError.
type MeanSquaredError struct{}

// Name is "mean_squared_error".
func (MeanSquaredError) Name() string { return "mean_squared_error" }

// Sums are of a mean.
func (MeanSquaredError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.MeanSquaredError{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (MeanSquaredError) Result(sums [][]float64) float64 { return mean(sums) }

// MeanAbsoluteError is the mean of |t - p|: see losses.MeanAbsoluteError.
type MeanAbsoluteError struct{}

// Name is "mean_absolute_error".
func (MeanAbsoluteError) Name() string { return "mean_absolute_error" }

// Sums are of a mean.
func (MeanAbsoluteError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.MeanAbsoluteError{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (MeanAbsoluteError) Result(sums [][]float64) float64 { return mean(sums) }

// MeanAbsolutePercentageError is the mean of 100 |t - p| / max(|t|, 1e-7): see losses.MeanAbsolutePercentageError.
type MeanAbsolutePercentageError struct{}

// Name is "mean_absolute_percentage_error".
func (MeanAbsolutePercentageError) Name() string { return "mean_absolute_percentage_error" }

// Sums are of a mean.
func (MeanAbsolutePercentageError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.MeanAbsolutePercentageError{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (MeanAbsolutePercentageError) Result(sums [][]float64) float64 { return mean(sums) }

// MeanSquaredLogarithmicError is the mean of (log(1 + t) - log(1 + p))^2: see losses.MeanSquaredLogarithmicError.
type MeanSquaredLogarithmicError struct{}

// Name is "mean_squared_logarithmic_error".
func (MeanSquaredLogarithmicError) Name() string { return "mean_squared_logarithmic_error" }

// Sums are of a mean.
func (MeanSquaredLogarithmicError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.MeanSquaredLogarithmicError{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (MeanSquaredLogarithmicError) Result(sums [][]float64) float64 { return mean(sums) }

// LogCoshError is the mean of log(cosh(p - t)): see losses.LogCosh.
type LogCoshError struct{}

// Name is "logcosh".
func (LogCoshError) Name() string { return "logcosh" }

// Sums are of a mean.
func (LogCoshError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.LogCosh{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (LogCoshError) Result(sums [][]float64) float64 { return mean(sums) }

// Poisson is the mean of p - t log p: see losses.Poisson.
type Poisson struct{}

// Name is "poisson".
func (Poisson) Name() string { return "poisson" }

// Sums are of a mean.
func (Poisson) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.Poisson{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (Poisson) Result(sums [][]float64) float64 { return mean(sums) }

// KLDivergence is the mean of sum t log(t / p) along the last axis: see losses.KLDivergence.
type KLDivergence struct{}

// Name is "kl_divergence".
func (KLDivergence) Name() string { return "kl_divergence" }

// Sums are of a mean.
func (KLDivergence) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.KLDivergence{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (KLDivergence) Result(sums [][]float64) float64 { return mean(sums) }

// Hinge is the mean of max(1 - t p, 0), for targets -1 (or 0) and 1: see losses.Hinge.
type Hinge struct{}

// Name is "hinge".
func (Hinge) Name() string { return "hinge" }

// Sums are of a mean.
func (Hinge) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.Hinge{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (Hinge) Result(sums [][]float64) float64 { return mean(sums) }

// SquaredHinge is the mean of max(1 - t p, 0)^2, for targets -1 (or 0) and 1: see losses.SquaredHinge.
type SquaredHinge struct{}

// Name is "squared_hinge".
func (SquaredHinge) Name() string { return "squared_hinge" }

// Sums are of a mean.
func (SquaredHinge) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.SquaredHinge{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (SquaredHinge) Result(sums [][]float64) float64 { return mean(sums) }

// CategoricalHinge is the mean of max(max (1-t) p - sum t p + 1, 0) along the last axis: see losses.CategoricalHinge.
type CategoricalHinge struct{}

// Name is "categorical_hinge".
func (CategoricalHinge) Name() string { return "categorical_hinge" }

// Sums are of a mean.
func (CategoricalHinge) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.CategoricalHinge{}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (CategoricalHinge) Result(sums [][]float64) float64 { return mean(sums) }
