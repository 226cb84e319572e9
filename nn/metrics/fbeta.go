package metrics

import (
	"github.com/glearn-go/glearn/graph"
)

// Average is how the scores of classes become one.
type Average string

// The averages, by Keras' names.
const (
	Macro    Average = "macro"    // plain mean: every class counts alike
	Micro    Average = "micro"    // from the counts of all classes together
	Weighted Average = "weighted" // mean weighted by how often each class occurs
)

// FBeta is the weighted harmonic mean of precision P and recall R of each class,
//
//	(1 + Beta^2) P R / (Beta^2 P + R)
//
// averaged over classes. (Keras gives one number for each class by default: see
// Details.)
type FBeta struct {
	Beta    float64 // above 0: how many times as much recall counts; 0: 1
	Average Average // "": Macro
	// Threshold above which a class is predicted; nil: the largest of the row
	// is, and for a single output what is above 0.5.
	Threshold *float64
}

// Name is "fbeta_score".
func (FBeta) Name() string { return "fbeta_score" }

// Sums are TP, TP + FP and TP + FN of every class.
func (m FBeta) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	if m.Beta < 0 || m.Beta != m.Beta {
		p.Graph().Fail("Beta is %v, want above 0", m.Beta)
	}
	switch m.Average {
	case "", Macro, Micro, Weighted:
	default:
		p.Graph().Fail("Average is %q, want %q, %q or %q", m.Average, Macro, Micro, Weighted)
	}
	positive := said(p, m.Threshold)
	if m.Threshold == nil && p.Shape()[p.Rank()-1] > 1 {
		positive = graph.ToFloat(graph.LessEq(graph.MaxKeep(p, -1), p))
	}
	var rows []int
	for axis := range p.Rank() - 1 {
		rows = append(rows, axis)
	}
	count := func(x *graph.Tensor) *graph.Tensor { return graph.Sum(weighted(x, weight), rows...) }
	return []*graph.Tensor{count(graph.Mul(positive, t)), count(positive), count(t)}
}

// score is precision, recall and F-beta from counts, with Keras' epsilon in
// each divisor.
func (m FBeta) score(tp, positive, actual float64) (precision, recall, f float64) {
	const epsilon = 1e-7
	b := m.Beta * m.Beta
	if m.Beta == 0 {
		b = 1
	}
	precision, recall = tp/(positive+epsilon), tp/(actual+epsilon)
	return precision, recall, (1 + b) * precision * recall / (b*precision + recall + epsilon)
}

// Details has a row for each class: precision, recall, F-beta and support (the
// weight of the class).
func (m FBeta) Details(sums [][]float64) [][]float64 {
	var out [][]float64
	for i := range sums[0] {
		p, r, f := m.score(sums[0][i], sums[1][i], sums[2][i])
		out = append(out, []float64{p, r, f, sums[2][i]})
	}
	return out
}

// Result is the average, 0 to 1.
func (m FBeta) Result(sums [][]float64) float64 {
	var tp, positive, actual, total, plain float64
	for i, row := range m.Details(sums) {
		tp, positive, actual = tp+sums[0][i], positive+sums[1][i], actual+sums[2][i]
		total += row[2] * row[3]
		plain += row[2]
	}
	switch m.Average {
	case Micro:
		_, _, f := m.score(tp, positive, actual)
		return f
	case Weighted:
		return ratio(total, actual)
	}
	return ratio(plain, float64(len(sums[0])))
}

// F1Score is [FBeta] with Beta 1.
type F1Score struct {
	Average   Average  // "": Macro
	Threshold *float64 // as in FBeta
}

func (m F1Score) fbeta() FBeta { return FBeta{Average: m.Average, Threshold: m.Threshold} }

// Name is "f1_score".
func (F1Score) Name() string { return "f1_score" }

// Sums are FBeta's.
func (m F1Score) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return m.fbeta().Sums(yTrue, yPred, weight)
}

// Details are FBeta's.
func (m F1Score) Details(sums [][]float64) [][]float64 { return m.fbeta().Details(sums) }

// Result is the average, 0 to 1.
func (m F1Score) Result(sums [][]float64) float64 { return m.fbeta().Result(sums) }
