package losses

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// CategoricalCrossentropy is -sum_k t_k log p_k for probabilities p along the
// last axis and one-hot targets t, or any distribution. p is divided by its sum
// first and clipped.
//
//	t, p [rows, classes]
type CategoricalCrossentropy struct {
	// FromLogits takes predictions as logits x: p = softmax(x). The output of a
	// softmax is recognized without it.
	FromLogits bool
	// LabelSmoothing s, 0 to 1, makes targets t (1-s) + s/K for K classes
	// (Szegedy et al. 2016).
	LabelSmoothing float64
	// Axis of the classes; 0: the last.
	Axis      int
	Reduction Reduction
}

// Name is "categorical_crossentropy".
func (CategoricalCrossentropy) Name() string { return "categorical_crossentropy" }

// Reduce is the reduction.
func (l CategoricalCrossentropy) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l CategoricalCrossentropy) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	t = last(t, l.Axis)
	t = smooth(t, l.LabelSmoothing, t.Shape()[t.Rank()-1])
	if x, ok := softmaxLogits(yPred, l.Axis, l.FromLogits); ok {
		return graph.SoftmaxCrossEntropy(last(x, l.Axis), t)
	}
	return graph.Neg(graph.Sum(graph.Mul(t, graph.Log(probabilities(last(p, l.Axis)))), -1))
}

// softmaxLogits is what yPred is the softmax of, or yPred itself if it is
// declared to be logits.
func softmaxLogits(yPred *graph.Tensor, axis int, declared bool) (*graph.Tensor, bool) {
	if x, softmax, ok := graph.Logits(yPred); ok && softmax && yPred.Rank() > 1 && isLast(yPred, axis) {
		return x, true
	}
	return yPred, declared && yPred.Rank() > 1
}

// probabilities divides by the sum of the last axis and clips.
func probabilities(p *graph.Tensor) *graph.Tensor {
	return graph.Clip(graph.Div(p, graph.SumKeep(p, -1)), epsilon, 1-epsilon)
}

// SparseCategoricalCrossentropy is -log p_c for probabilities p along the last
// axis and the class number c: [CategoricalCrossentropy] without one-hot rows.
//
//	c [rows] or [rows, 1], from 0 to classes-1;  p [rows, classes]
type SparseCategoricalCrossentropy struct {
	FromLogits bool // predictions are logits; a softmax is recognized without it
	Reduction  Reduction
}

// Name is "sparse_categorical_crossentropy".
func (SparseCategoricalCrossentropy) Name() string { return "sparse_categorical_crossentropy" }

// Reduce is the reduction.
func (l SparseCategoricalCrossentropy) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l SparseCategoricalCrossentropy) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	class := targets.Classes(yTrue, yPred)
	if x, ok := softmaxLogits(yPred, -1, l.FromLogits); ok {
		return graph.SoftmaxCrossEntropy(x, class)
	}
	p := probabilities(yPred)
	// The kernel picks log p_c and adds log sum p, which clipping has moved a
	// little away from 0.
	return graph.Sub(graph.SoftmaxCrossEntropy(graph.Log(p), class), graph.Log(graph.Sum(p, -1)))
}

// CategoricalFocalCrossentropy is -sum_k Alpha (1 - p_k)^Gamma t_k log p_k: a
// cross-entropy in which what is right already counts little (Lin et al. 2017).
type CategoricalFocalCrossentropy struct {
	Alpha          *float64 // nil: 0.25
	Gamma          *float64 // at least 0; nil: 2
	FromLogits     bool     // predictions are logits; a softmax is recognized without it
	LabelSmoothing float64  // as in CategoricalCrossentropy
	Axis           int      // of the classes; 0: the last
	Reduction      Reduction
}

// Name is "categorical_focal_crossentropy".
func (CategoricalFocalCrossentropy) Name() string { return "categorical_focal_crossentropy" }

// Reduce is the reduction.
func (l CategoricalFocalCrossentropy) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l CategoricalFocalCrossentropy) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	t, p = last(t, l.Axis), last(p, l.Axis)
	t = smooth(t, l.LabelSmoothing, t.Shape()[t.Rank()-1])
	var logP *graph.Tensor
	if x, ok := softmaxLogits(yPred, l.Axis, l.FromLogits); ok {
		x = last(x, l.Axis)
		p, logP = graph.Softmax(x), graph.LogSoftmax(x)
	} else {
		p = probabilities(p)
		logP = graph.Log(p)
	}
	weight := graph.Scale(focus(p, l.Gamma), float32(or(l.Alpha, 0.25)))
	return graph.Neg(graph.Sum(graph.Mul(graph.Mul(weight, t), logP), -1))
}

// focus is (1 - p)^gamma.
func focus(p *graph.Tensor, gamma *float64) *graph.Tensor {
	power := or(gamma, 2)
	if !(power >= 0) {
		p.Graph().Fail("Gamma is %v, want at least 0", power)
	}
	rest := graph.OneMinus(p)
	if power == 2 {
		return graph.Square(rest)
	}
	// Away from 0, where the slope of a small power has no bound.
	return graph.Pow(graph.Max(rest, p.Const(epsilon)), p.Const(float32(power)))
}

// or is an optional setting, or its default.
func or(x *float64, standard float64) float64 {
	if x == nil {
		return standard
	}
	return *x
}
