package metrics

import (
	"math"

	"github.com/glearn-go/glearn/graph"
)

// ConfusionMatrix counts how often each true class (row) is taken for each class
// (column): see Details. As one number it is the accuracy. A single output
// above 0.5 is class 1 of two. Targets are class numbers, one-hot rows, or 0
// and 1 for a single output.
type ConfusionMatrix struct{}

// Name is "confusion_matrix".
func (ConfusionMatrix) Name() string { return "confusion_matrix" }

// Sums is the matrix.
func (m ConfusionMatrix) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	n := p.Shape()[p.Rank()-1]
	var actual, taken *graph.Tensor // class numbers as floats
	if n == 1 {
		n, actual, taken = 2, t, said(p, nil)
	} else {
		actual, taken = graph.ToFloat(graph.ArgMax(t, -1)), graph.ToFloat(mostLikely(p))
	}
	place := graph.ToInt(graph.Add(graph.Scale(actual, float32(n)), taken))
	counts := weighted(graph.BroadcastTo(p.Const(1), place.Shape()...), weight)
	return []*graph.Tensor{graph.Reshape(graph.ScatterAdd(graph.Reshape(counts, -1), graph.Reshape(place, -1), n*n), n, n)}
}

// Details is the matrix.
func (ConfusionMatrix) Details(sums [][]float64) [][]float64 {
	n := int(math.Round(math.Sqrt(float64(len(sums[0])))))
	var out [][]float64
	for i := range n {
		out = append(out, append([]float64(nil), sums[0][i*n:(i+1)*n]...))
	}
	return out
}

// Result is the share on the diagonal, 0 to 1.
func (m ConfusionMatrix) Result(sums [][]float64) float64 {
	right, all := 0.0, 0.0
	for i, row := range m.Details(sums) {
		right += row[i]
		for _, x := range row {
			all += x
		}
	}
	return ratio(right, all)
}
