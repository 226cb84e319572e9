// Package losses has the numbers that training makes small.
package losses

import "github.com/glearn-go/glearn/graph"

// Loss compares predictions with targets.
type Loss interface {
	// Name is Keras' name in snake case, such as "mean_squared_error".
	Name() string
	// PerSample is the loss of every example: the first axis counts the rows;
	// further axes (a sequence) may follow. yTrue holds floats of yPred's shape,
	// or Int class numbers of shape [rows] or [rows, 1]. A yPred that is a
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
