package nn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"

	"github.com/glearn-go/glearn/compute"
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
				return nil, nil, fmt.Errorf("nn: %w: input %d has rows of shape %v, want %v", ErrShape, i, shapes[i], in.shape)
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

// link turns nodes into calls and builds their layers, each on the shapes that
// the ones before it gave.
func (m *Model) link(inputs, outputs []*Node) error {
	place := map[*Node]int{} // node -> number of its value
	for i, in := range inputs {
		if err := checkRow(in.shape); err != nil {
			return fmt.Errorf("nn: input %d: %w", i, err)
		}
		if len(in.shape) >= compute.MaxAxes {
			return fmt.Errorf("nn: input %d has shape %v: at most %d axes are supported", i, in.shape, compute.MaxAxes-1)
		}
		if _, twice := place[in]; twice {
			return fmt.Errorf("nn: input %d is listed twice", i)
		}
		place[in] = i
	}
	order, err := reachable(outputs, place)
	if err != nil {
		return err
	}
	m.calls, m.layers = nil, nil
	taken := map[string]bool{}
	for _, inst := range m.instances {
		taken[inst.name] = true
	}
	g := graph.New()
	probe := newCall(g, true, g.ConstInt(0), g.ConstInt(0))
	var values []*graph.Tensor
	for i, in := range inputs {
		v := graph.NewVariable(fmt.Sprintf("input %d", i), compute.Float, append([]int{probeRows}, in.shape...)...)
		values = append(values, g.Read(v))
	}
	seen := map[*instance]bool{}
	for _, n := range order {
		c := &call{}
		var shapes [][]int
		for _, from := range n.inputs {
			at := place[from]
			c.from = append(c.from, at)
			shapes = append(shapes, values[at].Shape()[1:])
		}
		if c.inst, err = m.instance(n.shared, taken, shapes); err != nil {
			return err
		}
		out, err := c.trace(probe, values)
		if err != nil {
			return err
		}
		if out.Rank() == 0 || out.Shape()[0] != probeRows {
			return fmt.Errorf("nn: layer %q: output of shape %v for %d rows: the first axis must stay the batch", c.inst.name, out.Shape(), probeRows)
		}
		c.shape = append([]int{}, out.Shape()[1:]...)
		if err := checkRow(c.shape); err != nil {
			return fmt.Errorf("nn: layer %q: %w", c.inst.name, err)
		}
		place[n] = len(values)
		values = append(values, out)
		m.calls = append(m.calls, c)
		if !seen[c.inst] {
			seen[c.inst] = true
			m.layers = append(m.layers, c.inst)
		}
	}
	if err := unused(inputs, outputs, order); err != nil {
		return err
	}
	m.outShapes, m.outAt = nil, nil
	for _, out := range outputs {
		m.outAt = append(m.outAt, place[out])
		m.outShapes = append(m.outShapes, append([]int{}, values[place[out]].Shape()[1:]...))
	}
	return nil
}

// reachable lists the nodes that the outputs need, inputs left out, each after
// those it is made from.
func reachable(outputs []*Node, inputs map[*Node]int) ([]*Node, error) {
	seen := map[*Node]bool{}
	var order []*Node
	pending := append([]*Node(nil), outputs...)
	for len(pending) > 0 {
		n := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if n == nil {
			return nil, fmt.Errorf("nn: a node of the model is nil")
		}
		if seen[n] {
			continue
		}
		seen[n] = true
		if _, ok := inputs[n]; ok {
			continue
		}
		if n.shared == nil {
			return nil, fmt.Errorf("nn: the model uses an nn.Input of shape %v that is not among its inputs", n.shape)
		}
		if n.shared.layer == nil {
			return nil, fmt.Errorf("nn: Apply of a nil layer")
		}
		order = append(order, n)
		pending = append(pending, n.inputs...)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].serial < order[j].serial })
	return order, nil
}

// unused says which input leads to no output.
func unused(inputs, outputs, order []*Node) error {
	used := map[*Node]bool{}
	for _, n := range outputs {
		used[n] = true
	}
	for _, n := range order {
		for _, from := range n.inputs {
			used[from] = true
		}
	}
	for i, n := range inputs {
		if !used[n] {
			return fmt.Errorf("nn: input %d, of shape %v, leads to no output of the model", i, n.shape)
		}
	}
	return nil
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
	b := &Builder{inst: inst, path: name}
	if err = checkLayer(s); err == nil {
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
