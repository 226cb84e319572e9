package metrics

import "github.com/glearn-go/glearn/graph"

// TruePositives is how many ones are predicted above Threshold. Targets above 0
// are ones; sample weights count. (So for the other three.)
type TruePositives struct {
	Threshold *float64 // nil: 0.5
}

// Name is "true_positives".
func (TruePositives) Name() string { return "true_positives" }

// Sums is the number.
func (m TruePositives) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return count(yTrue, yPred, weight, m.Threshold, true, true)
}

// Result is the number.
func (TruePositives) Result(sums [][]float64) float64 { return sums[0][0] }

// FalsePositives is how many zeros are predicted above Threshold.
type FalsePositives struct {
	Threshold *float64 // nil: 0.5
}

// Name is "false_positives".
func (FalsePositives) Name() string { return "false_positives" }

// Sums is the number.
func (m FalsePositives) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return count(yTrue, yPred, weight, m.Threshold, false, true)
}

// Result is the number.
func (FalsePositives) Result(sums [][]float64) float64 { return sums[0][0] }

// TrueNegatives is how many zeros are not predicted above Threshold.
type TrueNegatives struct {
	Threshold *float64 // nil: 0.5
}

// Name is "true_negatives".
func (TrueNegatives) Name() string { return "true_negatives" }

// Sums is the number.
func (m TrueNegatives) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return count(yTrue, yPred, weight, m.Threshold, false, false)
}

// Result is the number.
func (TrueNegatives) Result(sums [][]float64) float64 { return sums[0][0] }

// FalseNegatives is how many ones are not predicted above Threshold.
type FalseNegatives struct {
	Threshold *float64 // nil: 0.5
}

// Name is "false_negatives".
func (FalseNegatives) Name() string { return "false_negatives" }

// Sums is the number.
func (m FalseNegatives) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return count(yTrue, yPred, weight, m.Threshold, true, false)
}

// Result is the number.
func (FalseNegatives) Result(sums [][]float64) float64 { return sums[0][0] }

// count adds up the weights of ones, or of zeros, that are predicted above the
// threshold, or not.
func count(yTrue, yPred, weight *graph.Tensor, threshold *float64, ones, above bool) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	p = said(p, threshold)
	if !ones {
		t = graph.OneMinus(t)
	}
	if !above {
		p = graph.OneMinus(p)
	}
	return []*graph.Tensor{graph.Sum(weighted(graph.Mul(t, p), weight))}
}
