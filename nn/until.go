package nn

import (
	"fmt"
	"slices"
)

// Until is a new model that ends with a layer of this one: it goes from the
// inputs that the layer depends on to the layer's output, at its last use, and
// starts with the weights that this model has now. It is how to get at what a
// layer of a trained or loaded model makes of data, or to put a part of it into
// another model (AsLayer). Compile has to be called before Predict.
func (m *Model) Until(layer string) (*Model, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	inst, err := m.find(layer)
	if err != nil {
		return nil, err
	}
	at := slices.Index(m.layers, inst)
	if at < 0 {
		return nil, fmt.Errorf("nn: Until: layer %q is inside of a nested model", layer)
	}
	config, err := m.architecture()
	if err != nil {
		return nil, err
	}
	values, err := m.weightValues()
	if err != nil {
		return nil, fmt.Errorf("nn: Until: %w", err)
	}
	part, err := config.until(at).model(m.room.take)
	if err != nil {
		return nil, fmt.Errorf("nn: Until: %w", err)
	}
	if err := part.dropUnused(); err != nil {
		return nil, err
	}
	if err := part.build(nil); err != nil {
		return nil, err
	}
	for _, to := range part.layers {
		from, err := m.find(to.name)
		if err != nil {
			return nil, err
		}
		for i, w := range to.weights {
			w.host = values[from.weights[i]]
		}
	}
	return part, nil
}

// until is the architecture up to the last use of a layer, which is its output.
func (c modelConfig) until(layer int) modelConfig {
	last := 0
	for i, k := range c.Calls {
		if k.Layer == layer {
			last = i
		}
	}
	c.Calls = c.Calls[:last+1]
	c.Outputs = []int{len(c.Inputs) + last}
	return c
}

// dropUnused leaves out the inputs that no output depends on.
func (m *Model) dropUnused() error {
	place := map[*Node]int{}
	for i, in := range m.inputs {
		place[in] = i
	}
	order, err := reachable(m.outputs, place)
	if err != nil {
		return err
	}
	used := feeding(m.outputs, order)
	m.inputs = slices.DeleteFunc(m.inputs, func(in *Node) bool { return !used[in] })
	return nil
}
