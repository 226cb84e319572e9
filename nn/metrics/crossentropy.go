package metrics

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/losses"
)

// BinaryCrossentropy is the mean of -t log p - (1-t) log(1-p): see losses.BinaryCrossentropy.
type BinaryCrossentropy struct {
	FromLogits     bool // predictions are logits; a sigmoid is recognized without it
	LabelSmoothing float64
}

// Name is "binary_crossentropy".
func (BinaryCrossentropy) Name() string { return "binary_crossentropy" }

// Sums are of a mean.
func (m BinaryCrossentropy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.BinaryCrossentropy{FromLogits: m.FromLogits, LabelSmoothing: m.LabelSmoothing}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (BinaryCrossentropy) Result(sums [][]float64) float64 { return mean(sums) }

// CategoricalCrossentropy is the mean of -sum t log p: see losses.CategoricalCrossentropy.
type CategoricalCrossentropy struct {
	FromLogits     bool // predictions are logits; a softmax is recognized without it
	LabelSmoothing float64
	Axis           int // of the classes; 0: the last
}

// Name is "categorical_crossentropy".
func (CategoricalCrossentropy) Name() string { return "categorical_crossentropy" }

// Sums are of a mean.
func (m CategoricalCrossentropy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.CategoricalCrossentropy{FromLogits: m.FromLogits, LabelSmoothing: m.LabelSmoothing, Axis: m.Axis}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (CategoricalCrossentropy) Result(sums [][]float64) float64 { return mean(sums) }

// SparseCategoricalCrossentropy is the mean of -log p of the class: see losses.SparseCategoricalCrossentropy.
type SparseCategoricalCrossentropy struct {
	FromLogits bool // predictions are logits; a softmax is recognized without it
}

// Name is "sparse_categorical_crossentropy".
func (SparseCategoricalCrossentropy) Name() string { return "sparse_categorical_crossentropy" }

// Sums are of a mean.
func (m SparseCategoricalCrossentropy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	return average(losses.SparseCategoricalCrossentropy{FromLogits: m.FromLogits}.PerSample(yTrue, yPred), weight)
}

// Result is the mean.
func (SparseCategoricalCrossentropy) Result(sums [][]float64) float64 { return mean(sums) }
