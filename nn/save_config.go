package nn

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/nn/internal/spec"
)

// savedConfig is all of a model but its weights, as it stands in a file.
type savedConfig struct {
	Model   modelConfig
	Compile *CompileConfig // nil where it was not compiled
	// Preprocessing is what makes the model's inputs of what a program has, by
	// name.
	Preprocessing map[string]Preprocessor
}

// modelConfig is the architecture of a built model. Values have numbers: the
// inputs first, then what each call makes.
type modelConfig struct {
	Name       string
	Sequential bool
	Inputs     []inputConfig
	Layers     []layerConfig // each once, in the order of the summary
	Calls      []callConfig
	Outputs    []int
}

type inputConfig struct {
	Name  string
	Shape []int
}

type layerConfig struct {
	Name   string
	Frozen bool
	Layer  Layer
}

// callConfig is a use of a layer, on values.
type callConfig struct {
	Layer int
	From  []int
}

// architecture is what the model was built from. preparing is held.
func (m *Model) architecture() (modelConfig, error) {
	if !m.built {
		return modelConfig{}, errNotBuilt
	}
	c := modelConfig{Name: m.name, Sequential: m.stack != nil, Outputs: slices.Clone(m.outAt)}
	for i, shape := range m.inShapes {
		in := inputConfig{Shape: slices.Clone(shape)}
		if m.stack == nil {
			in.Name = m.inputs[i].name
		}
		c.Inputs = append(c.Inputs, in)
	}
	for _, inst := range m.layers {
		c.Layers = append(c.Layers, inst.saved(inst.name))
	}
	for _, k := range m.calls {
		c.Calls = append(c.Calls, callConfig{Layer: slices.Index(m.layers, k.inst), From: slices.Clone(k.from)})
	}
	return c, nil
}

// saved is the layer as it is saved; a nested model is what it was when it was
// put here, with the layers frozen that are frozen now.
func (inst *instance) saved(name string) layerConfig {
	c := layerConfig{Name: name, Frozen: !inst.trainable, Layer: inst.layer}
	if _, ok := inst.layer.(nested); ok {
		inside := inst.inside
		inside.Layers = nil
		for i, part := range inst.parts {
			inside.Layers = append(inside.Layers, part.saved(inst.inside.Layers[i].Name))
		}
		c.Layer = nested{saved: &inside}
	}
	return c
}

// model puts the architecture together again; take is asked for the memory. The
// model is not built yet.
func (c modelConfig) model(take func(bytes int64) error) (*Model, error) {
	if err := take(int64(len(c.Layers))*layerBytes + int64(len(c.Inputs))*inputBytes + int64(len(c.Outputs))*fromBytes); err != nil {
		return nil, err
	}
	layers := make([]*Shared, len(c.Layers))
	for i, l := range c.Layers {
		if l.Layer == nil || l.Name == "" {
			return nil, fmt.Errorf("layer %d has no name or no configuration", i)
		}
		if n, ok := l.Layer.(nested); ok && n.saved != nil {
			inside, err := n.saved.model(take)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.Name, err)
			}
			l.Layer = nested{model: inside}
		}
		layers[i] = &Shared{layer: l.Layer, name: l.Name, frozen: l.Frozen}
	}
	var values []*Node
	for i, in := range c.Inputs {
		if err := checkRow(in.Shape); err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		values = append(values, NamedInput(in.Name, in.Shape...))
	}
	for i, k := range c.Calls {
		if err := take(callBytes + int64(len(k.From))*fromBytes); err != nil {
			return nil, fmt.Errorf("call %d: %w", i, err)
		}
		if k.Layer < 0 || k.Layer >= len(layers) {
			return nil, fmt.Errorf("call %d is of layer %d, there are %d", i, k.Layer, len(layers))
		}
		from, err := pick(values, k.From)
		if err != nil {
			return nil, fmt.Errorf("call %d, of layer %q: %w", i, c.Layers[k.Layer].Name, err)
		}
		values = append(values, Apply(layers[k.Layer], from...))
	}
	outputs, err := pick(values, c.Outputs)
	if err != nil {
		return nil, fmt.Errorf("outputs: %w", err)
	}
	if !c.Sequential {
		return NewModel(values[:len(c.Inputs)], outputs).Named(c.Name), nil
	}
	if len(c.Inputs) != 1 {
		return nil, fmt.Errorf("a sequential model with %d inputs, want 1", len(c.Inputs))
	}
	m := NewSequential().Named(c.Name)
	m.start, m.started = c.Inputs[0].Shape, true
	if len(c.Calls) > 0 {
		// The first of two Input layers is the model's input and no call.
		if first := layers[c.Calls[0].Layer].layer; isInput(first) {
			m.stack = append(m.stack, Share(first))
		}
	}
	for i, k := range c.Calls {
		if !slices.Equal(k.From, []int{i}) {
			return nil, fmt.Errorf("call %d of a sequential model is on values %v, want %d", i, k.From, i)
		}
		m.stack = append(m.stack, layers[k.Layer])
	}
	return m, nil
}

func isInput(l Layer) bool {
	_, ok := l.(inputLayer)
	return ok
}

// pick finds values by their numbers.
func pick(values []*Node, numbers []int) ([]*Node, error) {
	var out []*Node
	for _, n := range numbers {
		if n < 0 || n >= len(values) {
			return nil, fmt.Errorf("value %d, of those before it there are %d", n, len(values))
		}
		out = append(out, values[n])
	}
	return out, nil
}

// Config is the nested model as it is saved inside another: see spec.Stand.
func (n nested) Config() (any, error) {
	if n.saved != nil {
		return *n.saved, nil
	}
	n.model.preparing.Lock()
	defer n.model.preparing.Unlock()
	return n.model.architecture()
}

// SetConfig makes the nested model from what was saved.
func (n *nested) SetConfig(decode func(into any) error, take func(bytes int64) error) (err error) {
	var c modelConfig
	if err := decode(&c); err != nil {
		return err
	}
	n.model, err = c.model(take)
	return err
}

func init() { spec.RegisterAs[Layer]("Model", nested{}) }
