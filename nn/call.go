package nn

import (
	"github.com/glearn-go/glearn/graph"
)

// Call is one forward pass while it is traced: what a layer needs beyond its
// inputs.
type Call struct {
	// Graph is the graph that the pass is traced into.
	Graph *graph.Graph
	// Training is true while the model learns, and false in Evaluate and
	// Predict.
	Training bool

	inst       *instance
	seed, step *graph.Tensor
	losses     []*graph.Tensor
	assigned   map[*Weight]*graph.Tensor
	order      []*Weight // of assigned
	room       *room     // while a model is made of a file
}

func newCall(g *graph.Graph, training bool, seed, step *graph.Tensor) *Call {
	return &Call{Graph: g, Training: training, seed: seed, step: step, assigned: map[*Weight]*graph.Tensor{}}
}

// Trainable is false in a layer that SetTrainable froze, and inside of a nested
// model that is frozen.
func (c *Call) Trainable() bool { return c.inst.learns() }

// Read is the current value of a weight: what was assigned earlier in this
// pass, if anything.
func (c *Call) Read(w *Weight) *graph.Tensor {
	if v, ok := c.assigned[w]; ok {
		return v
	}
	return c.Graph.Read(w.variable)
}

// Assign gives a non-trainable weight its value for the next step. Outside of
// training it does nothing.
func (c *Call) Assign(w *Weight, value *graph.Tensor) {
	if !c.Training {
		return
	}
	if !w.spec.NonTrainable {
		c.Graph.Fail("nn: weight %q is trained by the optimizer and cannot be assigned", w.name)
		return
	}
	if _, ok := c.assigned[w]; !ok {
		c.order = append(c.order, w)
	}
	c.assigned[w] = graph.StopGradient(value)
}

// Random is a tensor of uniform numbers in [0, 1), other ones at every call
// and every step, and the same ones on every backend.
func (c *Call) Random(shape ...int) *graph.Tensor {
	return graph.Random(c.seed, c.step, c.Graph.NextStream(), shape...)
}

// RandomNormal is a tensor of standard normal numbers, other ones at every
// call and every step, and the same ones on every backend to rounding.
func (c *Call) RandomNormal(shape ...int) *graph.Tensor {
	stream := c.Graph.NextStream()
	c.Graph.NextStream() // a normal number takes two streams
	return graph.RandomNormal(c.seed, c.step, stream, shape...)
}

// AddLoss adds a scalar to the model's loss, in training and in Evaluate.
func (c *Call) AddLoss(x *graph.Tensor) {
	if x.Size() != 1 {
		c.Graph.Fail("nn: a loss to add is one number, got shape %v", x.Shape())
		return
	}
	c.losses = append(c.losses, graph.Reshape(x))
}
