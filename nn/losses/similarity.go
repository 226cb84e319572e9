package losses

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// CosineSimilarity is minus the cosine of the angle between targets and
// predictions along an axis: -1 where they point the same way, 0 where one of
// them is zero.
type CosineSimilarity struct {
	Axis      int // 0: the last
	Reduction Reduction
}

// Name is "cosine_similarity".
func (CosineSimilarity) Name() string { return "cosine_similarity" }

// Reduce is the reduction.
func (l CosineSimilarity) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l CosineSimilarity) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	t, p = unit(last(t, l.Axis)), unit(last(p, l.Axis))
	return graph.Neg(graph.Sum(graph.Mul(t, p), -1))
}

// unit divides by the length of the last axis, or by 1e-7 where that is more:
// inside the root, so that its slope at 0 stays finite.
func unit(x *graph.Tensor) *graph.Tensor {
	square := graph.SumKeep(graph.Square(x), -1)
	return graph.Div(x, graph.Sqrt(graph.Max(square, x.Const(epsilon*epsilon))))
}

// KLDivergence is sum t log(t / p) along the last axis, for distributions t and
// p, each clipped to [1e-7, 1] (Kullback & Leibler 1951).
type KLDivergence struct{ Reduction Reduction }

// Name is "kl_divergence".
func (KLDivergence) Name() string { return "kl_divergence" }

// Reduce is the reduction.
func (l KLDivergence) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l KLDivergence) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	t, p = graph.Clip(t, epsilon, 1), graph.Clip(p, epsilon, 1)
	return graph.Sum(graph.Mul(t, graph.Log(graph.Div(t, p))), -1)
}
