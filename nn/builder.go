package nn

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// Builder is what a layer declares its weights to.
type Builder struct {
	inst *instance
	path string // of the layer, or of the part of it that is being built
	err  error  // the first mistake
	room *room  // for the model that it is built for
}

// Name is the name of the layer in its model, such as "dense_1".
func (b *Builder) Name() string { return b.path }

// Weight declares a weight. Mistakes in the spec are reported when Build
// returns.
func (b *Builder) Weight(spec WeightSpec) *Weight {
	if err := checkWeightSpec(spec); err != nil {
		b.fail(err)
		spec.Shape = []int{1}
	}
	if err := b.room.take(partBytes + int64(len(b.path))*nameBytes); err != nil {
		b.fail(err)
	}
	spec.Shape = append([]int(nil), spec.Shape...)
	w := &Weight{spec: spec, name: b.path + "/" + spec.Name, owner: b.inst}
	w.variable = graph.NewVariable(w.name, compute.Float, spec.Shape...)
	for inst := b.inst; inst != nil; inst = inst.parent {
		if inst.parent == nil && slices.ContainsFunc(inst.weights, func(other *Weight) bool { return other.name == w.name }) {
			b.fail(fmt.Errorf("two weights are called %q", w.name))
		}
		inst.weights = append(inst.weights, w)
	}
	return w
}

// Layer builds a layer inside this one, whose weights become this layer's.
func (b *Builder) Layer(name string, l Layer, inputs ...[]int) (Forward, error) {
	return b.layer(b.inst, name, l, inputs)
}

// layer builds a layer inside this one, which is inst's.
func (b *Builder) layer(inst *instance, name string, l Layer, inputs [][]int) (Forward, error) {
	err := b.room.take(layerBytes + int64(len(b.path)+len(name))*nameBytes)
	if err != nil {
		return nil, err
	}
	inner := &Builder{inst: inst, path: b.path + "/" + name, room: b.room}
	err = checkLayer(l)
	var forward Forward
	if err == nil {
		forward, err = l.Build(inner, inputs...)
	}
	if err == nil {
		err = inner.err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return forward, nil
}

// IntegerInput declares that the layer's input counts: whole numbers in
// [0, n). Data that breaks it is refused before the first step when it reaches
// the layer directly.
func (b *Builder) IntegerInput(n int) { b.inst.integerBelow = n }

func (b *Builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}
