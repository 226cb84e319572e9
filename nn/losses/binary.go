package losses

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// BinaryCrossentropy is the mean over the last axis of -t log p - (1-t)
// log(1-p), for probabilities p and targets t of 0 or 1.
//
//	t, p [rows, units]; t may be [rows] for one unit
type BinaryCrossentropy struct {
	// FromLogits takes predictions as logits x: p = 1 / (1 + e^-x). The output
	// of a sigmoid is recognized without it.
	FromLogits bool
	// LabelSmoothing s, 0 to 1, makes targets t (1-s) + s/2.
	LabelSmoothing float64
	Reduction      Reduction
}

// Name is "binary_crossentropy".
func (BinaryCrossentropy) Name() string { return "binary_crossentropy" }

// Reduce is the reduction.
func (l BinaryCrossentropy) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l BinaryCrossentropy) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	_, each := binary(yTrue, yPred, l.FromLogits, l.LabelSmoothing)
	return graph.Mean(each.loss, -1)
}

// crossentropy is what the binary losses compute for each element.
type crossentropy struct{ p, loss *graph.Tensor }

// binary is the smoothed targets, and probability and cross-entropy of each
// element.
func binary(yTrue, yPred *graph.Tensor, declared bool, smoothing float64) (*graph.Tensor, crossentropy) {
	t, p := targets.Dense(yTrue, yPred)
	t = smooth(t, smoothing, 2)
	if x, ok := sigmoidLogits(yPred, p, declared); ok {
		// -t log s(x) - (1-t) log s(-x) without overflow at either end.
		return t, crossentropy{graph.Sigmoid(x), graph.Sub(graph.Softplus(x), graph.Mul(x, t))}
	}
	q := graph.Clip(graph.OneMinus(p), epsilon, 1-epsilon)
	p = graph.Clip(p, epsilon, 1-epsilon)
	sum := graph.Add(graph.Mul(t, graph.Log(p)), graph.Mul(graph.OneMinus(t), graph.Log(q)))
	return t, crossentropy{p, graph.Neg(sum)}
}

// sigmoidLogits is what yPred is the sigmoid of, in p's shape, or p if that is
// declared to be logits.
func sigmoidLogits(yPred, p *graph.Tensor, declared bool) (*graph.Tensor, bool) {
	if x, softmax, ok := graph.Logits(yPred); ok && !softmax {
		return graph.Reshape(x, p.Shape()...), true
	}
	return p, declared
}

// BinaryFocalCrossentropy is the mean over the last axis of (1 - p_t)^Gamma
// times [BinaryCrossentropy], where p_t is the probability given to the truth:
// what is right already counts little (Lin et al. 2017).
type BinaryFocalCrossentropy struct {
	ApplyClassBalancing bool     // weigh ones by Alpha and zeros by 1 - Alpha
	Alpha               *float64 // nil: 0.25
	Gamma               *float64 // at least 0; nil: 2
	FromLogits          bool     // predictions are logits; a sigmoid is recognized without it
	LabelSmoothing      float64  // as in BinaryCrossentropy
	Reduction           Reduction
}

// Name is "binary_focal_crossentropy".
func (BinaryFocalCrossentropy) Name() string { return "binary_focal_crossentropy" }

// Reduce is the reduction.
func (l BinaryFocalCrossentropy) Reduce() Reduction { return l.Reduction }

// PerSample is the loss of every row.
func (l BinaryFocalCrossentropy) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	t, each := binary(yTrue, yPred, l.FromLogits, l.LabelSmoothing)
	truth := func(one, zero *graph.Tensor) *graph.Tensor {
		return graph.Add(graph.Mul(t, one), graph.Mul(graph.OneMinus(t), zero))
	}
	loss := graph.Mul(focus(truth(each.p, graph.OneMinus(each.p)), l.Gamma), each.loss)
	if l.ApplyClassBalancing {
		alpha := t.Const(float32(or(l.Alpha, 0.25)))
		loss = graph.Mul(loss, truth(alpha, graph.OneMinus(alpha)))
	}
	return graph.Mean(loss, -1)
}
