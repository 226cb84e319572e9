package metrics

import (
	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// labels gives targets as 0 and 1 and predictions, of one shape. Class numbers
// become one-hot rows.
func labels(yTrue, yPred *graph.Tensor) (t, p *graph.Tensor) {
	n := yPred.Rank()
	if yTrue.Type() == compute.Int && n > 1 && yPred.Shape()[n-1] > 1 && yTrue.Size() < yPred.Size() {
		yTrue = targets.OneHot(targets.Classes(yTrue, yPred), yPred.Shape()[n-1])
	}
	t, p = targets.Dense(yTrue, yPred)
	return graph.ToFloat(graph.Less(t.Const(0), t)), p
}

// oneClass is one column of targets and predictions, or all where id is nil.
func oneClass(t, p *graph.Tensor, id *int) (*graph.Tensor, *graph.Tensor) {
	if id == nil {
		return t, p
	}
	if n := p.Shape()[p.Rank()-1]; *id < 0 || *id >= n {
		p.Graph().Fail("ClassID is %d, want 0 to %d", *id, n-1)
		return t, p
	}
	return graph.SliceAxis(t, -1, *id, *id+1), graph.SliceAxis(p, -1, *id, *id+1)
}

// said is 1 where p is above the threshold.
func said(p *graph.Tensor, threshold *float64) *graph.Tensor {
	return graph.ToFloat(graph.Less(p.Const(float32(or(threshold, 0.5))), p))
}

// Precision is the share of true ones among the predictions above Threshold:
// TP / (TP + FP), and 0 where there are none. Targets above 0 are ones.
type Precision struct {
	Threshold *float64 // nil: 0.5
	ClassID   *int     // only this column of the outputs; nil: all
}

// Name is "precision".
func (Precision) Name() string { return "precision" }

// Sums are TP and TP + FP.
func (m Precision) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	t, p = oneClass(t, p, m.ClassID)
	positive := said(p, m.Threshold)
	return []*graph.Tensor{graph.Sum(weighted(graph.Mul(positive, t), weight)), graph.Sum(weighted(positive, weight))}
}

// Result is a share, 0 to 1.
func (Precision) Result(sums [][]float64) float64 { return mean(sums) }

// Recall is the share of the true ones that are predicted above Threshold: TP /
// (TP + FN), and 0 where there are none. Targets above 0 are ones.
type Recall struct {
	Threshold *float64 // nil: 0.5
	ClassID   *int     // only this column of the outputs; nil: all
}

// Name is "recall".
func (Recall) Name() string { return "recall" }

// Sums are TP and TP + FN.
func (m Recall) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	t, p = oneClass(t, p, m.ClassID)
	return []*graph.Tensor{graph.Sum(weighted(graph.Mul(said(p, m.Threshold), t), weight)), graph.Sum(weighted(t, weight))}
}

// Result is a share, 0 to 1.
func (Recall) Result(sums [][]float64) float64 { return mean(sums) }
