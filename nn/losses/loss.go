// Package losses has the numbers that training makes small, in Keras' names and
// with Keras' defaults.
//
// A loss compares the last axis of targets and predictions and gives one number
// for each of the axes before it. Probabilities are kept at least 1e-7 (Keras'
// epsilon) away from 0 and 1; where predictions are the output of a softmax or
// sigmoid, cross-entropies are computed from its logits instead, without any
// clipping.
//
// In the formulas, t is the target and p the prediction. Targets are
//
//	*data.Dense [rows, ...]   of the predictions' shape; a last axis of 1 may be missing
//	*data.Ints [rows]         class numbers from 0, for SparseCategoricalCrossentropy
//
// Which loss for which output: one number of any size, MeanSquaredError or
// MeanAbsoluteError; yes or no, one unit with a sigmoid and BinaryCrossentropy; one
// of several classes, a unit for each with a softmax and CategoricalCrossentropy
// (one-hot rows) or SparseCategoricalCrossentropy; several of them at once,
// sigmoids and BinaryCrossentropy.
package losses

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// epsilon is Keras' backend.epsilon().
const epsilon = 1e-7

// Loss compares predictions with targets.
type Loss interface {
	// Name is Keras' name in snake case, such as "mean_squared_error".
	Name() string
	// PerSample is the loss of every example: the first axis counts the rows;
	// further axes (a sequence) may follow. yTrue holds numbers of yPred's
	// shape, where a last axis of length 1 may be missing; or, for the sparse
	// losses, class numbers of shape [rows] or [rows, 1]. A yPred that is a
	// softmax or sigmoid gives its logits by graph.Logits.
	PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor
}

// Reduction is how the losses of a batch become one number.
type Reduction uint8

// The reductions, by Keras' names.
const (
	SumOverBatchSize Reduction = iota // sum / number of values: the default
	Sum                               // sum
	None                              // Keras' none: for training it is summed over batch size, too
)

// Reducer is a Loss that chooses its reduction. (The losses here have a field
// called Reduction, so the method cannot be.)
type Reducer interface {
	Reduce() Reduction
}

// ReductionOf is the reduction that l asks for; SumOverBatchSize if it is not a
// Reducer.
func ReductionOf(l Loss) Reduction {
	if r, ok := l.(Reducer); ok {
		return r.Reduce()
	}
	return SumOverBatchSize
}

// Func makes a Loss of any function. A model that uses one can be trained, but
// only a registered type can be saved.
type Func func(yTrue, yPred *graph.Tensor) *graph.Tensor

// Name is "loss".
func (f Func) Name() string { return "loss" }

// PerSample calls f.
func (f Func) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor { return f(yTrue, yPred) }

// meanOf is the mean over the last axis of a formula of each element.
func meanOf(yTrue, yPred *graph.Tensor, f func(t, p *graph.Tensor) *graph.Tensor) *graph.Tensor {
	return graph.Mean(f(targets.Dense(yTrue, yPred)), -1)
}

// last moves an axis to the end: 0 means it is there already, as no loss is
// taken along the batch; negative axes count from the end.
func last(x *graph.Tensor, axis int) *graph.Tensor {
	n := x.Rank()
	if axis < 0 {
		axis += n
	} else if axis == 0 {
		axis = n - 1
	}
	if axis <= 0 || axis >= n {
		x.Graph().Fail("no axis %d in predictions of shape %v (axis 0 is the batch)", axis, x.Shape())
		return x
	}
	var perm []int
	for i := range n {
		if i != axis {
			perm = append(perm, i)
		}
	}
	return graph.Permute(x, append(perm, axis)...)
}

// isLast is true of an axis that last leaves where it is.
func isLast(x *graph.Tensor, axis int) bool {
	return axis == 0 || axis == -1 || axis == x.Rank()-1
}

// smooth moves a share of each target to the mean 1/n of all n classes.
func smooth(t *graph.Tensor, share float64, n int) *graph.Tensor {
	if !(share >= 0 && share <= 1) {
		t.Graph().Fail("LabelSmoothing is %v, want 0 to 1", share)
		return t
	}
	if share == 0 {
		return t
	}
	return graph.Shift(graph.Scale(t, float32(1-share)), float32(share/float64(n)))
}
