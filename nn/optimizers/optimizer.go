// Package optimizers has the rules that turn gradients into better weights.
package optimizers

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/schedules"
)

// Optimizer is an update rule. It is plain configuration: its state (slots)
// belongs to the model that trains with it.
type Optimizer interface {
	// Name is Keras' name, such as "rmsprop".
	Name() string
	// Settings are what every optimizer has.
	Settings() Settings
	// Slots declares the state kept for every weight: one value beside each.
	Slots() []Slot
	// Update is the rule for one set of weights: their new values and the new
	// values of the slots, in the order of Slots.
	Update(s Step) (w *graph.Tensor, slots []*graph.Tensor)
	// Check says which setting is out of range.
	Check() error
}

// Slot is one value kept beside every weight.
type Slot struct {
	Name string
	Init float32
}

// Step is one update of one set of weights.
type Step struct {
	W     *graph.Tensor   // weights, any shape
	G     *graph.Tensor   // gradient, same shape; clipped and decayed as set
	Rate  *graph.Tensor   // learning rate, scalar
	T     *graph.Tensor   // number of this update, from 1, float scalar
	Slots []*graph.Tensor // state, each of W's shape
	// Shared is the state declared by SharedSlots, as it was before this step;
	// scalars.
	Shared []*graph.Tensor
}

// Settings are common to all optimizers. Their order inside a step is Keras':
// clip, weight decay, update, average.
type Settings struct {
	// LearningRate; nil is the optimizer's default.
	LearningRate schedules.Schedule
	// At most one of the three clips is set; 0 means not.
	ClipNorm       float64 // largest norm of each weight's gradient
	GlobalClipNorm float64 // largest norm of the whole gradient
	ClipValue      float64 // largest absolute value of an element
	// WeightDecay takes w*rate*WeightDecay off every weight before the update;
	// nil is the optimizer's default (0, but for AdamW 0.004).
	WeightDecay *float64
	// NoDecay excludes weights whose name contains one of these words.
	NoDecay []string
	// UseEMA keeps an exponential moving average of the weights, with momentum
	// EMAMomentum (nil: 0.99), written over the weights every EMAOverwrite
	// steps (0: at the end of training).
	UseEMA       bool
	EMAMomentum  *float64
	EMAOverwrite int
	// AccumulateSteps averages this many gradients before each update; 0 and 1
	// update every step.
	AccumulateSteps int
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
