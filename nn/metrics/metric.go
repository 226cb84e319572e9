// Package metrics has the numbers that people watch while a model trains.
package metrics

import "github.com/glearn-go/glearn/graph"

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
