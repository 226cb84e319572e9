package nn

import (
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// linker turns nodes into calls and builds their layers, each on the shapes that
// the ones before it gave.
type linker struct {
	model  *Model
	place  map[*Node]int   // number of each node's value
	values []*graph.Tensor // of a batch of probeRows rows: the inputs, then each call's output
	taken  map[string]bool // names of layers
	probe  *Call
}

// link makes the model's calls and layers from its nodes.
func (m *Model) link(inputs, outputs []*Node) error {
	g := graph.New()
	g.Bound(m.room.rest())
	l := &linker{model: m, place: map[*Node]int{}, taken: map[string]bool{}, probe: newCall(g, true, g.ConstInt(0), g.ConstInt(0))}
	l.probe.room = m.room
	for _, inst := range m.instances {
		l.taken[inst.name] = true
	}
	for i, in := range inputs {
		if err := l.input(in); err != nil {
			return fmt.Errorf("nn: %s: %w", in.label(i), err)
		}
	}
	order, err := reachable(outputs, l.place)
	if err != nil {
		return err
	}
	if err := unused(inputs, outputs, order); err != nil {
		return err
	}
	m.calls, m.layers = nil, nil
	for _, n := range order {
		if err := l.call(n); err != nil {
			return err
		}
	}
	m.outShapes, m.outAt = nil, nil
	for _, out := range outputs {
		at := l.place[out]
		m.outAt = append(m.outAt, at)
		m.outShapes = append(m.outShapes, slices.Clone(l.values[at].Shape()[1:]))
	}
	return nil
}

// input gives a node of the model's inputs its value.
func (l *linker) input(in *Node) error {
	if err := checkRow(in.shape); err != nil {
		return err
	}
	if len(in.shape) >= compute.MaxAxes {
		return fmt.Errorf("shape %v: at most %d axes are supported", in.shape, compute.MaxAxes-1)
	}
	if _, twice := l.place[in]; twice {
		return errors.New("it is listed twice")
	}
	l.place[in] = len(l.values)
	v := graph.NewVariable("input", compute.Float, append([]int{probeRows}, in.shape...)...)
	l.values = append(l.values, l.probe.Graph.Read(v))
	return nil
}

// call builds the layer of a node, unless it is built, and traces it.
func (l *linker) call(n *Node) error {
	m, c := l.model, &call{}
	if err := m.room.take(callBytes + int64(len(n.inputs))*fromBytes); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	var shapes [][]int
	for _, from := range n.inputs {
		at := l.place[from]
		c.from = append(c.from, at)
		shapes = append(shapes, l.values[at].Shape()[1:])
	}
	var err error
	if c.inst, err = m.instance(n.shared, l.taken, shapes); err != nil {
		return err
	}
	out, err := c.trace(l.probe, l.values)
	if err != nil {
		return err
	}
	if out.Rank() == 0 || out.Shape()[0] != probeRows {
		return fmt.Errorf("nn: layer %q: output of shape %v for %d rows: the first axis must stay the batch", c.inst.name, out.Shape(), probeRows)
	}
	c.shape = slices.Clone(out.Shape()[1:])
	if err := checkRow(c.shape); err != nil {
		return fmt.Errorf("nn: layer %q: %w", c.inst.name, err)
	}
	l.place[n] = len(l.values)
	l.values = append(l.values, out)
	m.calls = append(m.calls, c)
	if !slices.Contains(m.layers, c.inst) {
		m.layers = append(m.layers, c.inst)
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
		if n.shared == nil && n.name != "" {
			return nil, fmt.Errorf("nn: the model uses an nn.NamedInput %q of shape %v that is not among its inputs", n.name, n.shape)
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

// feeding is the nodes that something is made of, and the outputs.
func feeding(outputs, order []*Node) map[*Node]bool {
	used := map[*Node]bool{}
	for _, n := range outputs {
		used[n] = true
	}
	for _, n := range order {
		for _, from := range n.inputs {
			used[from] = true
		}
	}
	return used
}

// unused says which input leads to no output.
func unused(inputs, outputs, order []*Node) error {
	used := feeding(outputs, order)
	for i, n := range inputs {
		if !used[n] {
			return fmt.Errorf("nn: %s, of shape %v, leads to no output of the model", n.label(i), n.shape)
		}
	}
	return nil
}
