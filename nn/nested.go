package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/graph"
)

// nested is a model used as a layer of another.
type nested struct {
	model *Model
	saved *modelConfig // instead of a model: what to save for it
}

// AsLayer is the model as a layer of another, which gets weights of its own:
// they start from the values that this model has when the other is built, and
// are frozen where this one's are. It has one output. The other model's
// SetTrainable, GetLayer and GetLayerWeights take it by its name, and a layer
// of it by a path, such as "base/dense_1".
func (m *Model) AsLayer() Layer { return nested{model: m} }

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
			return nil, fmt.Errorf("%s of the nested model has shape %v, want %v: %w", m.inputName(i), shape, m.inShapes[i], ErrShape)
		}
	}
	parts, err := n.copyLayers(b)
	if err != nil {
		return nil, err
	}
	if b.inst.inside, err = m.architecture(); err != nil {
		return nil, err
	}
	for _, inst := range m.layers {
		b.inst.parts = append(b.inst.parts, parts[inst])
	}
	calls, out := m.calls, m.outAt[0]
	return func(c *Call, in ...*graph.Tensor) *graph.Tensor {
		outer := c.inst
		defer func() { c.inst = outer }()
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
			c.inst = parts[k.inst]
			var y *graph.Tensor
			c.Graph.Scope(k.inst.name, func() { y = c.inst.forward(c, args...) })
			all = append(all, y)
		}
		return all[out]
	}, nil
}

// copyLayers builds the layers of the nested model again, for weights of the
// outer model's own. They start from the values there are, or else from the
// outer model's seed.
func (n nested) copyLayers(b *Builder) (map[*instance]*instance, error) {
	m := n.model
	values := map[*Weight][]float32{}
	if d := m.current(); d != nil {
		var err error
		if values, err = d.weights(); err != nil {
			return nil, fmt.Errorf("reading the weights of the nested model: %w", err)
		}
	}
	parts := map[*instance]*instance{}
	shapes := slices.Clone(m.inShapes)
	for _, k := range m.calls {
		if parts[k.inst] == nil {
			in := make([][]int, len(k.from))
			for i, at := range k.from {
				in[i] = shapes[at]
			}
			part, err := b.part(k.inst, in)
			if err != nil {
				return nil, err
			}
			parts[k.inst] = part
			if len(k.from) > 0 && k.from[0] < len(m.inShapes) && part.integerBelow != 0 {
				b.inst.integerBelow = part.integerBelow // what it asks for is the model's input
			}
			for i, w := range part.weights {
				old := k.inst.weights[i]
				if w.host = values[old]; w.host == nil {
					w.host = slices.Clone(old.host)
				}
			}
		}
		shapes = append(shapes, k.shape)
	}
	return parts, nil
}

// part builds a nested model's layer again, as a part of the layer that the
// model is.
func (b *Builder) part(of *instance, inputs [][]int) (*instance, error) {
	part := &instance{name: b.path + "/" + of.name, layer: of.layer, trainable: of.trainable, parent: b.inst}
	var err error
	if part.forward, err = b.layer(part, of.name, of.layer, inputs); err != nil {
		return nil, err
	}
	if !part.freezeAs(of) {
		return nil, fmt.Errorf("%s: the model inside was changed after it was put there", of.name)
	}
	return part, nil
}

// freezeAs freezes what other has frozen since its own nested models were put
// there. It is false where the two are not built alike.
func (inst *instance) freezeAs(other *instance) bool {
	if len(inst.parts) != len(other.parts) || len(inst.weights) != len(other.weights) {
		return false
	}
	inst.trainable = other.trainable
	for i, part := range inst.parts {
		if !part.freezeAs(other.parts[i]) {
			return false
		}
	}
	return true
}
