package metrics

import (
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
	"github.com/glearn-go/glearn/nn/losses"
)

// RootMeanSquaredError is the root of the mean of (t - p)^2.
type RootMeanSquaredError struct{}

// Name is "root_mean_squared_error".
func (RootMeanSquaredError) Name() string { return "root_mean_squared_error" }

// Sums are of a mean.
func (RootMeanSquaredError) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.MeanSquaredError{}.PerSample(yTrue, yPred), weight)
}

// Result is the root of the mean.
func (RootMeanSquaredError) Result(sums [][]float64) float64 { return math.Sqrt(mean(sums)) }

// R2Score is the share of the targets' variance that predictions explain,
//
//	1 - sum (t - p)^2 / sum (t - mean t)^2
//
// for every output, averaged: 1 is perfect, 0 is no better than the mean. (Sums
// of t^2 are kept in float32: targets far from 0 for their spread lose digits.)
type R2Score struct {
	// VarianceWeighted weighs outputs by their variance instead of alike.
	VarianceWeighted bool
}

// Name is "r2_score".
func (R2Score) Name() string { return "r2_score" }

// Sums are those of (t - p)^2, t^2 and t for every output, and the weight.
func (m R2Score) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	var rows []int
	scale := float32(1) // rows counted for one example
	for axis := range p.Rank() - 1 {
		rows = append(rows, axis)
		if axis > 0 {
			scale *= float32(p.Shape()[axis])
		}
	}
	add := func(x *graph.Tensor) *graph.Tensor { return graph.Sum(weighted(x, weight), rows...) }
	return []*graph.Tensor{add(graph.Square(graph.Sub(t, p))), add(graph.Square(t)), add(t), graph.Scale(graph.Sum(weight), scale)}
}

// Result is at most 1.
func (m R2Score) Result(sums [][]float64) float64 {
	score, weights := 0.0, 0.0
	for i, residual := range sums[0] {
		variance := sums[1][i] - ratio(sums[2][i]*sums[2][i], sums[3][0])
		r, w := 1-residual/variance, 1.0
		if math.IsInf(r, 0) || math.IsNaN(r) && variance == 0 {
			r = 0 // Keras' answer for targets that are all alike
		}
		if m.VarianceWeighted {
			w = variance
		}
		score, weights = score+w*r, weights+w
	}
	return ratio(score, weights)
}

// CosineSimilarity is the mean cosine of the angle between targets and
// predictions along the last axis: 1 where they point the same way.
type CosineSimilarity struct {
	Axis int // 0: the last
}

// Name is "cosine_similarity".
func (CosineSimilarity) Name() string { return "cosine_similarity" }

// Sums are of a mean.
func (m CosineSimilarity) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(graph.Neg(losses.CosineSimilarity{Axis: m.Axis}.PerSample(yTrue, yPred)), weight)
}

// Result is the mean, -1 to 1.
func (CosineSimilarity) Result(sums [][]float64) float64 { return mean(sums) }
