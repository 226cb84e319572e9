package losses

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// Hinge is the mean over the last axis of max(1 - t p, 0), for targets -1 and
// 1; 0 counts as -1.
type Hinge struct{ Reduction Reduction }

// Name is "hinge".
func (Hinge) Name() string { return "hinge" }

// Reduce is the reduction.
func (l Hinge) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l Hinge) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, margin)
}

// margin is max(1 - t p, 0).
func margin(t, p *graph.Tensor) *graph.Tensor {
	sign := graph.Select(graph.Equal(t, t.Const(0)), t.Const(-1), t)
	return graph.Relu(graph.OneMinus(graph.Mul(sign, p)))
}

// SquaredHinge is the mean over the last axis of max(1 - t p, 0)^2, for targets
// -1 and 1; 0 counts as -1.
type SquaredHinge struct{ Reduction Reduction }

// Name is "squared_hinge".
func (SquaredHinge) Name() string { return "squared_hinge" }

// Reduce is the reduction.
func (l SquaredHinge) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l SquaredHinge) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return meanOf(yTrue, yPred, func(t, p *graph.Tensor) *graph.Tensor { return graph.Square(margin(t, p)) })
}

// CategoricalHinge is max(neg - pos + 1, 0) along the last axis, where pos = sum
// t p is the score of the true class and neg = max (1-t) p the best of the
// others, for one-hot targets t.
type CategoricalHinge struct{ Reduction Reduction }

// Name is "categorical_hinge".
func (CategoricalHinge) Name() string { return "categorical_hinge" }

// Reduce is the reduction.
func (l CategoricalHinge) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l CategoricalHinge) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	pos := graph.Sum(graph.Mul(t, p), -1)
	neg := graph.ReduceMax(graph.Mul(graph.OneMinus(t), p), -1)
	return graph.Relu(graph.Shift(graph.Sub(neg, pos), 1))
}
