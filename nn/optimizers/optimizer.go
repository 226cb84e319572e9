// Package optimizers has the rules that turn gradients into better weights, in
// Keras' names and with Keras' defaults. An optimizer is a plain value that
// configures the rule; what it remembers belongs to the model. Both RMSprop{}
// and &RMSprop{} are optimizers.
//
// A model's step is, in Keras' order: [Accumulate], [Clip], [Decay], the
// optimizer's Update, the weights' constraints, [Average].
package optimizers

import "github.com/glearn-go/glearn/graph"

// Optimizer is an update rule. It is plain configuration: its state (slots)
// belongs to the model that trains with it.
type Optimizer interface {
	// Name is Keras' name, such as "rmsprop".
	Name() string
	// Common is what every optimizer has, with this one's defaults filled in:
	// LearningRate, WeightDecay and EMAMomentum are not nil.
	Common() Settings
	// Slots declares the state kept for every weight: one value beside each,
	// unless the slot has a Shape.
	Slots() []Slot
	// Update is the rule for one set of weights: their new values and the new
	// values of the slots, in the order of Slots.
	Update(s Step) (w *graph.Tensor, slots []*graph.Tensor)
	// Check says which setting is out of range.
	Check() error
}

// Slot is state kept for every weight.
type Slot struct {
	Name string
	Init float32 // what every element starts from
	// Shape is the slot's shape for a weight's; nil is the weight's own. Only
	// PerTensor optimizers have others (Adafactor's row and column means).
	Shape func(weight []int) []int
}

// ShapeFor is the slot's shape for a weight of the given shape.
func (s Slot) ShapeFor(weight []int) []int {
	if s.Shape == nil {
		return weight
	}
	return s.Shape(weight)
}

// Step is one update of one set of weights.
type Step struct {
	W     *graph.Tensor   // weights, any shape
	G     *graph.Tensor   // gradient, same shape; clipped and decayed as set
	Rate  *graph.Tensor   // learning rate, scalar
	T     *graph.Tensor   // number of this update, from 1, float scalar
	Slots []*graph.Tensor // state, each of W's shape or its Slot's
	// Shared is the state declared by SharedSlots, as it was before this step;
	// scalars.
	Shared []*graph.Tensor
}

// PerTensor is an Optimizer whose Update looks at whole tensors (a norm, a row
// mean), so that it must see each weight by itself and in its shape. Others are
// elementwise and see all weights as one flat tensor.
type PerTensor interface{ PerTensor() }

// SharedSlots is an Optimizer with scalar state for the whole model, such as
// Nadam's running product.
type SharedSlots interface {
	SharedSlots() []Slot
	// UpdateShared is the new values of the shared slots, from the step number.
	UpdateShared(t *graph.Tensor, shared []*graph.Tensor) []*graph.Tensor
}
