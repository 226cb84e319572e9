package main

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// weightRows x weightColumns are the weights that an optimizer updates: one
// million.
const weightRows, weightColumns = 1000, 1000

// optimizerSteps are one update by every optimizer with default settings.
func optimizerSteps() []op {
	all := []struct {
		name string
		optimizers.Optimizer
	}{
		{"sgd", optimizers.SGD{}},
		{"momentum", optimizers.Momentum{}},
		{"nesterov", optimizers.Momentum{Nesterov: true}},
		{"adagrad", optimizers.Adagrad{}},
		{"adadelta", optimizers.Adadelta{}},
		{"rmsprop", optimizers.RMSprop{}},
		{"rmsprop-centered", optimizers.RMSprop{Centered: true, Momentum: 0.9}},
		{"adam", optimizers.Adam{}},
		{"amsgrad", optimizers.Adam{AMSGrad: true}},
		{"adamw", optimizers.AdamW{}},
		{"adamax", optimizers.Adamax{}},
		{"nadam", optimizers.Nadam{}},
		{"ftrl", optimizers.Ftrl{}},
		{"lion", optimizers.Lion{}},
		{"lamb", optimizers.LAMB{}},
		{"adafactor", optimizers.Adafactor{}},
	}
	shape := []int{weightRows, weightColumns}
	words := weightRows * weightColumns
	weights, gradient := uniform(1, -1, 1, words), uniform(2, -1, 1, words)
	var out []op
	for _, o := range all {
		moved := 3 * words // weights in and out, gradient in
		for _, slot := range o.Slots() {
			moved += 2 * size(slot.ShapeFor(shape))
		}
		out = append(out, op{
			name:  fmt.Sprintf("Optimizer/%s/%dM", o.name, words/1e6),
			bytes: 4 * float64(moved),
			build: func(r *rig) { step(r, o.Optimizer, weights, gradient, shape) },
		})
	}
	return out
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// step is the program of one update as a model makes it: the weights and all
// state change in place.
func step(r *rig, o optimizers.Optimizer, weights, gradient []float32, shape []int) {
	g, common := r.g, o.Common()
	count := r.full("updates", 0)
	at := graph.Shift(g.Read(count), 1)
	g.Assign(count, at)
	rate := g.Read(r.full("rate", float32(common.LearningRate.At(0))))

	var shared []*graph.Tensor
	if s, ok := o.(optimizers.SharedSlots); ok {
		var kept []*graph.Variable
		for _, slot := range s.SharedSlots() {
			v := r.full(slot.Name, slot.Init)
			kept, shared = append(kept, v), append(shared, g.Read(v))
		}
		for i, x := range s.UpdateShared(at, shared) {
			g.Assign(kept[i], x)
		}
	}
	w := r.floats("weights", weights, shape...)
	kept := []*graph.Variable{w}
	var slots []*graph.Tensor
	for _, slot := range o.Slots() {
		v := r.full(slot.Name, slot.Init, slot.ShapeFor(shape)...)
		kept, slots = append(kept, v), append(slots, g.Read(v))
	}
	value, state := o.Update(optimizers.Step{
		W: optimizers.Decay(common, g.Read(w), rate, nil),
		G: g.Read(r.floats("gradient", gradient, shape...)), Rate: rate, T: at, Slots: slots, Shared: shared,
	})
	for i, x := range append([]*graph.Tensor{value}, state...) {
		g.Assign(kept[i], x)
	}
	r.compile()
	for _, v := range kept {
		r.outputs = append(r.outputs, v.View())
	}
}
