package metrics

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// BinaryAccuracy is how often p > Threshold agrees with targets of 0 and 1, over
// all outputs.
type BinaryAccuracy struct {
	Threshold *float64 // nil: 0.5
}

// Name is "binary_accuracy".
func (BinaryAccuracy) Name() string { return "binary_accuracy" }

// Sums counts what agrees.
func (m BinaryAccuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	said := graph.ToFloat(graph.Less(p.Const(float32(or(m.Threshold, 0.5))), p))
	return average(graph.ToFloat(graph.Equal(said, t)), weight)
}

// Result is a share, 0 to 1.
func (BinaryAccuracy) Result(sums [][]float64) float64 { return mean(sums) }

// CategoricalAccuracy is how often the largest prediction stands where the
// largest target does, along the last axis; of equal ones the first counts.
type CategoricalAccuracy struct{}

// Name is "categorical_accuracy".
func (CategoricalAccuracy) Name() string { return "categorical_accuracy" }

// Sums counts what agrees.
func (m CategoricalAccuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	return average(graph.ToFloat(graph.Equal(graph.ArgMax(t, -1), mostLikely(p))), weight)
}

// mostLikely is the class of the largest prediction. That of a softmax is the
// one of its logits, and the softmax itself need not be computed then.
func mostLikely(p *graph.Tensor) *graph.Tensor {
	if x, softmax, ok := graph.Logits(p); ok && softmax {
		p = x
	}
	return graph.ArgMax(p, -1)
}

// Result is a share, 0 to 1.
func (CategoricalAccuracy) Result(sums [][]float64) float64 { return mean(sums) }

// SparseCategoricalAccuracy is how often the largest prediction stands at the
// class number.
type SparseCategoricalAccuracy struct{}

// Name is "sparse_categorical_accuracy".
func (SparseCategoricalAccuracy) Name() string { return "sparse_categorical_accuracy" }

// Sums counts what agrees.
func (m SparseCategoricalAccuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	class := targets.Classes(yTrue, yPred)
	if yPred.Rank() < 2 {
		return average(graph.ToFloat(yPred), weight) // the graph holds the error
	}
	return average(graph.ToFloat(graph.Equal(class, mostLikely(yPred))), weight)
}

// Result is a share, 0 to 1.
func (SparseCategoricalAccuracy) Result(sums [][]float64) float64 { return mean(sums) }

// Accuracy is Keras' "accuracy": [BinaryAccuracy] for one output or for the
// outputs of a sigmoid, [SparseCategoricalAccuracy] for class numbers, else
// [CategoricalAccuracy]. (Keras takes the most likely class even of independent
// sigmoids, which is seldom what is meant; ask for CategoricalAccuracy to have
// that.)
type Accuracy struct{}

// Name is "accuracy".
func (Accuracy) Name() string { return "accuracy" }

// Resolve chooses by shapes; the result is still called "accuracy".
func (Accuracy) Resolve(yTrue, yPred *graph.Tensor) (Metric, error) {
	if yPred.Rank() == 0 {
		return nil, fmt.Errorf("predictions are a scalar, want one row for each example")
	}
	outputs := 1
	if yPred.Rank() > 1 {
		outputs = yPred.Shape()[yPred.Rank()-1]
	}
	_, softmax, known := graph.Logits(yPred)
	n := yTrue.Rank()
	numbered := n < yPred.Rank() || n > 0 && yTrue.Shape()[n-1] == 1
	switch {
	case outputs == 1:
		return renamed{BinaryAccuracy{}}, nil
	case numbered:
		return renamed{SparseCategoricalAccuracy{}}, nil
	case known && !softmax:
		return renamed{BinaryAccuracy{}}, nil
	}
	return renamed{CategoricalAccuracy{}}, nil
}

// Sums are those of what Resolve chooses.
func (m Accuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	r, err := m.Resolve(yTrue, yPred)
	if err != nil {
		yPred.Graph().Fail("%w", err)
		return average(weight, weight)
	}
	return r.Sums(yTrue, yPred, weight)
}

// Result is a share, 0 to 1: the same for all that Resolve chooses from.
func (Accuracy) Result(sums [][]float64) float64 { return mean(sums) }

// renamed is a metric that was asked for as "accuracy".
type renamed struct{ Metric }

func (renamed) Name() string { return "accuracy" }

// TopKCategoricalAccuracy is how often fewer than K predictions are larger than
// that of the true class, by one-hot targets.
type TopKCategoricalAccuracy struct {
	K int // 0: 5
}

// Name is "top_k_categorical_accuracy".
func (TopKCategoricalAccuracy) Name() string { return "top_k_categorical_accuracy" }

// Sums counts what is among the first K.
func (m TopKCategoricalAccuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := targets.Dense(yTrue, yPred)
	return average(inTop(m.K, graph.ArgMax(t, -1), p), weight)
}

// Result is a share, 0 to 1.
func (TopKCategoricalAccuracy) Result(sums [][]float64) float64 { return mean(sums) }

// SparseTopKCategoricalAccuracy is [TopKCategoricalAccuracy] by class numbers.
type SparseTopKCategoricalAccuracy struct {
	K int // 0: 5
}

// Name is "sparse_top_k_categorical_accuracy".
func (SparseTopKCategoricalAccuracy) Name() string { return "sparse_top_k_categorical_accuracy" }

// Sums counts what is among the first K.
func (m SparseTopKCategoricalAccuracy) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	class := targets.Classes(yTrue, yPred)
	if yPred.Rank() < 2 {
		return average(graph.ToFloat(yPred), weight) // the graph holds the error
	}
	return average(inTop(m.K, class, yPred), weight)
}

// Result is a share, 0 to 1.
func (SparseTopKCategoricalAccuracy) Result(sums [][]float64) float64 { return mean(sums) }

// inTop is 1 where fewer than k predictions of a row are larger than that of
// its class. A prediction that is not finite is never among them.
func inTop(k int, class, p *graph.Tensor) *graph.Tensor {
	if k == 0 {
		k = 5
	}
	n := p.Shape()[p.Rank()-1]
	if k < 0 || k > n {
		p.Graph().Fail("K is %d, want 1 to %d, the number of classes", k, n)
	}
	if class.Type() != compute.Int {
		return class
	}
	hot := graph.Equal(targets.OneHot(class, n), p.Const(1))
	own := graph.SumKeep(graph.Select(hot, p, p.Const(0)), -1)
	larger := graph.Sum(graph.ToFloat(graph.Less(own, p)), -1)
	finite := graph.Reshape(graph.ToFloat(graph.Finite(own)), larger.Shape()...)
	return graph.Mul(finite, graph.ToFloat(graph.Less(larger, p.Const(float32(k)))))
}
