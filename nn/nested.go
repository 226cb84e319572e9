package nn

import (
	"fmt"

	"github.com/glearn-go/glearn/graph"
)

// nested is a model used as a layer of another.
type nested struct{ model *Model }

// AsLayer is the model as a layer of another, which gets weights of its own:
// they start from the values that this model has when the other is built. It
// has one output.
func (m *Model) AsLayer() Layer { return nested{m} }

// Build implements Layer.
func (n nested) Build(b *Builder, inputs ...[]int) (Forward, error) {
	m := n.model
	if m == nil {
		return nil, fmt.Errorf("the nested model is nil")
	}
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	if !m.built {
		if err := m.build(inputs); err != nil {
			return nil, err
		}
	}
	if len(inputs) != len(m.inShapes) || len(m.outAt) != 1 {
		return nil, fmt.Errorf("a nested model with %d inputs and %d outputs in a place for %d inputs and 1 output", len(m.inShapes), len(m.outAt), len(inputs))
	}
	for i, shape := range inputs {
		if !equalShape(shape, m.inShapes[i]) {
			return nil, fmt.Errorf("%w: input %d of the nested model has shape %v, want %v", ErrShape, i, shape, m.inShapes[i])
		}
	}
	values, err := m.weightValues()
	if err != nil {
		return nil, err
	}
	// The layers are built again, for weights of this model's own.
	forwards := map[*instance]Forward{}
	shapes := append([][]int(nil), m.inShapes...)
	for _, k := range m.calls {
		if forwards[k.inst] == nil {
			in := make([][]int, len(k.from))
			for i, at := range k.from {
				in[i] = shapes[at]
			}
			before := len(b.inst.weights)
			if forwards[k.inst], err = b.Layer(k.inst.name, k.inst.layer, in...); err != nil {
				return nil, err
			}
			for i, w := range b.inst.weights[before:] {
				old := k.inst.weights[i]
				w.host = values[old]
				w.spec.NonTrainable = w.spec.NonTrainable || !k.inst.trainable
			}
		}
		shapes = append(shapes, k.shape)
	}
	calls, out := m.calls, m.outAt[0]
	return func(c *Call, in ...*graph.Tensor) *graph.Tensor {
		all := append([]*graph.Tensor(nil), in...)
		for _, k := range calls {
			args := make([]*graph.Tensor, len(k.from))
			for i, at := range k.from {
				args[i] = all[at]
			}
			var y *graph.Tensor
			c.Graph.Scope(k.inst.name, func() { y = forwards[k.inst](c, args...) })
			all = append(all, y)
		}
		return all[out]
	}, nil
}

func equalShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
