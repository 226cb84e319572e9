package nn

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/glearn-go/glearn/graph"
)

// probeRows is the batch that shapes are found with: a number that no layer
// makes by accident.
const probeRows = 3

// Build fixes the shape of one row of each input and declares the weights. A
// Sequential model takes one shape (its lengths, one after the other); with an
// Input layer in front, and for functional models, none is needed. Fit builds
// a model that is not built yet from its data.
func (m *Model) Build(shape ...int) error {
	if err := m.acquire(alone); err != nil {
		return err
	}
	defer m.release(alone)
	var shapes [][]int
	if len(shape) > 0 {
		shapes = [][]int{shape}
	}
	return m.build(shapes)
}

// build declares the weights; shapes may be nil where the model knows them.
func (m *Model) build(shapes [][]int) error {
	if m.err != nil {
		return m.err
	}
	if m.built {
		for i := range shapes {
			if i >= len(m.inShapes) || !sameRow(shapes[i], m.inShapes[i]) {
				return fmt.Errorf("nn: %w: the model is built for input rows of shape %v, not %v", ErrShape, m.inShapes, shapes)
			}
		}
		return nil
	}
	inputs, outputs, err := m.nodes(shapes)
	if err != nil {
		return err
	}
	known := maps.Clone(m.instances)
	if err := m.link(inputs, outputs); err != nil {
		m.calls, m.layers, m.instances = nil, nil, known
		return err
	}
	if m.stack != nil {
		m.start, m.started = inputs[0].shape, true
	}
	m.inShapes = nil
	for _, in := range inputs {
		m.inShapes = append(m.inShapes, in.shape)
	}
	number := 0
	for _, inst := range m.layers {
		for _, w := range inst.weights {
			w.number = number
			number++
		}
	}
	m.built = true
	return nil
}

// nodes is the model as a graph of nodes.
func (m *Model) nodes(shapes [][]int) (inputs, outputs []*Node, err error) {
	if m.stack == nil {
		for i, in := range m.inputs {
			if in == nil || in.shared != nil {
				return nil, nil, fmt.Errorf("nn: input %d of the model is not an nn.Input", i)
			}
			if i < len(shapes) && !sameRow(shapes[i], in.shape) {
				return nil, nil, fmt.Errorf("nn: %s has rows of shape %v, want %v: %w", in.label(i), shapes[i], in.shape, ErrShape)
			}
			if in.name != "" && slices.ContainsFunc(m.inputs[:i], func(other *Node) bool { return other != in && other.name == in.name }) {
				return nil, nil, fmt.Errorf("nn: two inputs are called %q; names must differ", in.name)
			}
		}
		return m.inputs, m.outputs, nil
	}
	stack := m.stack
	start, known := m.start, m.started
	if len(stack) > 0 {
		if in, ok := stack[0].layer.(inputLayer); ok {
			stack = stack[1:]
			if known = true; len(shapes) > 0 && !sameRow(shapes[0], in.InputShape()) {
				return nil, nil, fmt.Errorf("nn: %w: the input has rows of shape %v, want %v", ErrShape, shapes[0], in.InputShape())
			}
			start = in.InputShape()
		}
	}
	if len(stack) == 0 {
		return nil, nil, fmt.Errorf("nn: the model has no layers")
	}
	if !known {
		if len(shapes) != 1 {
			return nil, nil, fmt.Errorf("nn: the shape of the input is not known: put an Input layer first, call Build, or Fit")
		}
		start = shapes[0]
	}
	x := Input(start...)
	out := x
	for _, s := range stack {
		out = Apply(s, out)
	}
	return []*Node{x}, []*Node{out}, nil
}

// checkRow refuses rows that hold nothing, or more than a weight may.
func checkRow(shape []int) error {
	size := 1
	for _, d := range shape {
		if d <= 0 {
			return fmt.Errorf("rows of shape %v: every axis must be at least 1: %w", shape, ErrShape)
		}
		if size > maxWeight/d {
			return fmt.Errorf("rows of shape %v have more than %d numbers: %w", shape, maxWeight, ErrShape)
		}
		size *= d
	}
	return nil
}

// sameRow is true when rows of both shapes hold the same values in the same
// order: a column of numbers may come as [] or as [1].
func sameRow(a, b []int) bool {
	strip := func(s []int) []int {
		for len(s) > 0 && s[len(s)-1] == 1 {
			s = s[:len(s)-1]
		}
		return s
	}
	return slices.Equal(strip(a), strip(b))
}

// instance finds the layer's weights in the model, or builds the layer.
func (m *Model) instance(s *Shared, taken map[string]bool, shapes [][]int) (*instance, error) {
	if inst, ok := m.instances[s]; ok {
		return inst, nil
	}
	name, err := nameFor(s, taken)
	if err != nil {
		return nil, err
	}
	inst := &instance{name: name, layer: s.layer, trainable: !s.frozen}
	b := &Builder{inst: inst, path: name, room: m.room}
	if err = m.room.take(layerBytes + int64(len(name))*nameBytes); err == nil {
		err = checkLayer(s)
	}
	if err == nil {
		err = guarded("Build", func() (err error) {
			inst.forward, err = s.Build(b, shapes...)
			return err
		})
	}
	switch {
	case err != nil:
	case b.err != nil:
		err = b.err
	case inst.forward == nil:
		err = errors.New("Build returned no forward pass")
	}
	if err != nil {
		return nil, fmt.Errorf("nn: layer %q: %w", name, err)
	}
	taken[name] = true
	m.instances[s] = inst
	return inst, nil
}

// trace runs the layer's forward pass on values, under the layer's name.
func (k *call) trace(c *Call, values []*graph.Tensor) (*graph.Tensor, error) {
	in := make([]*graph.Tensor, len(k.from))
	for i, at := range k.from {
		in[i] = values[at]
	}
	c.inst = k.inst
	var out *graph.Tensor
	scoped(c.Graph, k.inst.name, "forward pass", func() { out = k.inst.forward(c, in...) })
	if c.Graph.Err() == nil && out == nil {
		c.Graph.Fail("layer %q: forward pass returned nothing", k.inst.name)
	}
	if err := c.Graph.Err(); err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	return out, nil
}

// scoped traces other people's formula under a name; a panic in it is a mistake
// that the graph keeps.
func scoped(g *graph.Graph, name, what string, f func()) {
	g.Scope(name, func() {
		err := guarded(what, func() error {
			f()
			return nil
		})
		if err != nil {
			g.Fail("%w", err)
		}
	})
}

// trace runs the whole forward pass.
func (m *Model) trace(c *Call, inputs []*graph.Tensor) ([]*graph.Tensor, error) {
	values := append([]*graph.Tensor(nil), inputs...)
	for _, k := range m.calls {
		out, err := k.trace(c, values)
		if err != nil {
			return nil, err
		}
		values = append(values, out)
	}
	outs := make([]*graph.Tensor, len(m.outAt))
	for i, at := range m.outAt {
		outs[i] = values[at]
	}
	return outs, nil
}
