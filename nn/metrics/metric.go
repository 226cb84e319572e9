// Package metrics has the numbers that people watch while a model trains, in
// Keras' names and with Keras' defaults.
//
// Name is what a result is called in nn.Results and nn.History, there with "val_"
// in front for the validation data; [Named] gives another name. In the formulas, t
// is the target and p the prediction, in the shapes that package losses describes;
// a target that does not fit is an error of Fit and Evaluate.
package metrics

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// Metric is a number about predictions, exact over any split into batches: it
// is a function of sums over examples, and the sums add up on the device.
type Metric interface {
	// Name is Keras' name in snake case, such as "accuracy".
	Name() string
	// Sums is what one batch adds to the metric's running sums: float tensors
	// of any fixed shape. weight is the [rows] float weight of each example,
	// never nil. yTrue and yPred are as in losses.Loss.
	Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor
	// Result is the metric, from its sums in the order and layout of Sums.
	Result(sums [][]float64) float64
}

// Resolver is a Metric whose meaning depends on the shapes, as Keras'
// "accuracy" does. Compile replaces it.
type Resolver interface {
	// Resolve chooses by the targets' type and shape and the outputs' shape,
	// batch axis included.
	Resolve(yTrue, yPred *graph.Tensor) (Metric, error)
}

// Detailed is a Metric that knows more than one number, such as a confusion
// matrix.
type Detailed interface {
	Metric
	// Details is a table, from the same sums as Result.
	Details(sums [][]float64) [][]float64
}

// average is the sums of a weighted mean over examples: sum w v and sum w. All
// axes of values but the first are averaged.
func average(values, weight *graph.Tensor) []*graph.Tensor {
	rows := targets.RowMean(values)
	return []*graph.Tensor{graph.Sum(weighted(rows, weight)), graph.Sum(weight)}
}

// weighted is values times the weight of their row. What weighs nothing counts
// nothing, even if it is not finite: it may be the padding of a last batch.
func weighted(values, weight *graph.Tensor) *graph.Tensor {
	shape := make([]int, values.Rank())
	for i := range shape {
		shape[i] = 1
	}
	shape[0] = weight.Size()
	w := graph.Reshape(weight, shape...)
	return graph.Select(graph.Equal(w, w.Const(0)), w.Const(0), graph.Mul(values, w))
}

// ratio is a/b, and 0 where there is nothing to divide by.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// mean is the result of average.
func mean(sums [][]float64) float64 { return ratio(sums[0][0], sums[1][0]) }

// or is an optional setting, or its default.
func or(x *float64, standard float64) float64 {
	if x == nil {
		return standard
	}
	return *x
}
