package losses

import (
	"errors"
	"fmt"

	"github.com/glearn-go/glearn/graph"
)

// Targeted is a Loss whose targets have rows of a shape of their own, whatever
// the predictions' is.
type Targeted interface {
	TargetShape() []int
}

// WithTargets is a loss whose targets have rows of Shape, where they are not like
// the predictions: what a teacher said beside the labels, or two numbers held
// against their means and variances.
//
//	losses.WithTargets{Shape: []int{2}, Loss: losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
//		mean, logVar := graph.SliceAxis(yPred, -1, 0, 2), graph.SliceAxis(yPred, -1, 2, 4)
//		miss := graph.Square(graph.Sub(yTrue, mean))
//		return graph.Mean(graph.Add(logVar, graph.Div(miss, graph.Exp(logVar))), -1)
//	})}
//
// Metrics of the same output get these targets, too.
type WithTargets struct {
	Loss  Loss
	Shape []int // of a row; empty for one number
}

// Check looks at the settings.
func (l WithTargets) Check() error {
	if l.Loss == nil {
		return errors.New("losses: WithTargets has no Loss")
	}
	for _, n := range l.Shape {
		if n <= 0 {
			return fmt.Errorf("losses: WithTargets has Shape %v: every axis must be at least 1", l.Shape)
		}
	}
	return nil
}

// Name is the loss's.
func (l WithTargets) Name() string {
	if l.Loss == nil {
		return ""
	}
	return l.Loss.Name()
}

// TargetShape is Shape.
func (l WithTargets) TargetShape() []int { return l.Shape }

// Reduce is the loss's reduction.
func (l WithTargets) Reduce() Reduction { return ReductionOf(l.Loss) }

// PerSample is the loss's, for targets [rows, Shape...].
func (l WithTargets) PerSample(yTrue, yPred *graph.Tensor) *graph.Tensor {
	return l.Loss.PerSample(graph.Reshape(yTrue, append([]int{yTrue.Shape()[0]}, l.Shape...)...), yPred)
}
