package nn

import (
	"errors"
	"fmt"
	"slices"

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
		return nil, errors.New("the nested model is nil")
	}
	if err := m.acquire(shared); err != nil {
		return nil, fmt.Errorf("the nested model cannot be read (no model can be a layer of itself): %w", err)
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	m.room = b.room
	err := m.build(inputs)
	m.room = nil
	if err != nil {
		return nil, err
	}
	if len(inputs) != len(m.inShapes) || len(m.outAt) != 1 {
		return nil, fmt.Errorf("a nested model with %d inputs and %d outputs in a place for %d inputs and 1 output: %w", len(m.inShapes), len(m.outAt), len(inputs), ErrShape)
	}
	for i, shape := range inputs {
		if !slices.Equal(shape, m.inShapes[i]) {
			return nil, fmt.Errorf("input %d of the nested model has shape %v, want %v: %w", i, shape, m.inShapes[i], ErrShape)
		}
	}
	forwards, err := n.copyLayers(b)
	if err != nil {
		return nil, err
	}
	calls, out := m.calls, m.outAt[0]
	return func(c *Call, in ...*graph.Tensor) *graph.Tensor {
		frozen := c.frozen
		defer func() { c.frozen = frozen }()
		all := append([]*graph.Tensor(nil), in...)
		for _, k := range calls {
			if err := c.room.take(callBytes + int64(len(k.from))*fromBytes); err != nil {
				c.Graph.Fail("%w", err)
			}
			if c.Graph.Err() != nil {
				return in[0]
			}
			args := make([]*graph.Tensor, len(k.from))
			for i, at := range k.from {
				args[i] = all[at]
			}
			c.frozen = frozen || !k.inst.trainable
			var y *graph.Tensor
			c.Graph.Scope(k.inst.name, func() { y = forwards[k.inst](c, args...) })
			all = append(all, y)
		}
		return all[out]
	}, nil
}

// copyLayers builds the layers of the nested model again, for weights of the
// outer model's own. They start from the values there are, or else from the
// outer model's seed.
func (n nested) copyLayers(b *Builder) (map[*instance]Forward, error) {
	m := n.model
	values := map[*Weight][]float32{}
	if d := m.current(); d != nil {
		var err error
		if values, err = d.weights(); err != nil {
			return nil, fmt.Errorf("reading the weights of the nested model: %w", err)
		}
	}
	forwards := map[*instance]Forward{}
	shapes := slices.Clone(m.inShapes)
	for _, k := range m.calls {
		if forwards[k.inst] == nil {
			in := make([][]int, len(k.from))
			for i, at := range k.from {
				in[i] = shapes[at]
			}
			before, integers := len(b.inst.weights), b.inst.integerBelow
			var err error
			if forwards[k.inst], err = b.Layer(k.inst.name, k.inst.layer, in...); err != nil {
				return nil, err
			}
			if len(k.from) > 0 && k.from[0] >= len(m.inShapes) {
				b.inst.integerBelow = integers // what the layer asks for is not the model's input
			}
			for i, w := range b.inst.weights[before:] {
				old := k.inst.weights[i]
				if w.host = values[old]; w.host == nil {
					w.host = slices.Clone(old.host)
				}
				w.spec.NonTrainable = w.spec.NonTrainable || !k.inst.trainable
			}
		}
		shapes = append(shapes, k.shape)
	}
	return forwards, nil
}
