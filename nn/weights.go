package nn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

var errNotBuilt = errors.New("the model is not built yet and has no weights: put an Input layer first, call Build, or Fit")

// LayerInfo is a layer of a built model.
type LayerInfo struct {
	Name      string
	Type      string // "Dense"
	Config    Layer
	Weights   []*Weight
	Trainable bool
}

// Layers lists the layers of a built model, in the order of the summary.
func (m *Model) Layers() []LayerInfo {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	out := make([]LayerInfo, len(m.layers))
	for i, inst := range m.layers {
		out[i] = inst.info()
	}
	return out
}

func (inst *instance) info() LayerInfo {
	return LayerInfo{Name: inst.name, Type: typeName(inst.layer), Config: inst.layer, Weights: inst.weights, Trainable: inst.trainable}
}

// GetLayer finds a layer by its name, or by its path in a nested model.
func (m *Model) GetLayer(name string) (LayerInfo, error) {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	inst, err := m.find(name)
	if err != nil {
		return LayerInfo{}, err
	}
	return inst.info(), nil
}

// find is the layer of a name, or of a path into a nested model.
func (m *Model) find(name string) (*instance, error) {
	list := around(m.layers, name)
	var names []string
	for _, inst := range list {
		if inst.name == name {
			return inst, nil
		}
		names = append(names, inst.name)
	}
	if !m.built {
		return nil, fmt.Errorf("nn: no layer %q: %w", name, errNotBuilt)
	}
	return nil, fmt.Errorf("nn: no layer %q; the model has %q", name, names)
}

// around is the layers among which a name is looked for: those of the nested
// model that its path leads to.
func around(list []*instance, name string) []*instance {
	for _, inst := range list {
		if len(inst.parts) > 0 && strings.HasPrefix(name, inst.name+"/") {
			return around(inst.parts, name)
		}
	}
	return list
}

// SetTrainable freezes a layer of a built model, or all layers with the name
// "", or lets them learn again. A nested model is set with all its layers; one
// of them has a path as its name, such as "base/dense_1", and learns only where
// the model that it is in does. Compile has to be called after it.
func (m *Model) SetTrainable(name string, trainable bool) error {
	if err := m.acquire(alone); err != nil {
		return err
	}
	defer m.release(alone)
	list := m.layers
	if name != "" || !m.built {
		inst, err := m.find(name)
		if err != nil {
			return err
		}
		list = []*instance{inst}
	}
	// Trained and fixed weights stand apart on the device.
	if err := m.leaveDevice(); err != nil {
		return err
	}
	for _, inst := range list {
		inst.setTrainable(trainable)
	}
	return nil
}

// Weights lists all weights of a built model, in the order of the layers.
func (m *Model) Weights() []*Weight {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	return m.allWeights()
}

func (m *Model) allWeights() []*Weight {
	var out []*Weight
	for _, inst := range m.layers {
		out = append(out, inst.weights...)
	}
	return out
}

// CountParams is the number of weights' elements, trained or not. The
// optimizer's state does not count.
func (m *Model) CountParams() int {
	n := 0
	for _, w := range m.Weights() {
		n += w.Size()
	}
	return n
}

// GetWeights copies the values of all weights, in the order of [Model.Weights].
func (m *Model) GetWeights() ([][]float32, error) { return m.GetLayerWeights("") }

// GetLayerWeights copies the values of a layer's weights, in the order of
// [LayerInfo].Weights: of a Dense, kernel and bias. The layer is named as in
// [Model.GetLayer]; "" is all layers.
func (m *Model) GetLayerWeights(name string) ([][]float32, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	values, err := m.weightValues()
	if err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	list, err := m.weightsOf(name)
	if err != nil {
		return nil, err
	}
	var out [][]float32
	for _, w := range list {
		out = append(out, values[w])
	}
	return out, nil
}

// weightsOf is the weights of a layer, or all with the name "".
func (m *Model) weightsOf(name string) ([]*Weight, error) {
	if name == "" {
		return m.allWeights(), nil
	}
	inst, err := m.find(name)
	if err != nil {
		return nil, err
	}
	return inst.weights, nil
}

// weightValues copies all weights from wherever they are. preparing is held.
func (m *Model) weightValues() (map[*Weight][]float32, error) {
	if !m.built {
		return nil, errNotBuilt
	}
	if d := m.current(); d != nil {
		values, err := d.weights()
		if err != nil {
			return nil, fmt.Errorf("reading the weights: %w", err)
		}
		return values, nil
	}
	var seed uint64
	if m.config != nil {
		seed = m.config.Seed
	}
	out := map[*Weight][]float32{}
	for _, w := range m.allWeights() {
		if err := w.draw(seed); err != nil {
			return nil, err
		}
		out[w] = append([]float32(nil), w.host...)
	}
	return out, nil
}

// SetWeights sets all weights, in the order of [Model.Weights]. Between the
// batches of a Fit it may be called by a callback.
func (m *Model) SetWeights(values [][]float32) error { return m.SetLayerWeights("", values) }

// SetLayerWeights sets the weights of a layer as [Model.SetWeights] sets all, in
// the order of [Model.GetLayerWeights]. With it, what a layer or a nested model
// learned goes into another model.
func (m *Model) SetLayerWeights(name string, values [][]float32) error {
	if err := m.acquire(shared); err != nil {
		return err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	if !m.built {
		return fmt.Errorf("nn: %w", errNotBuilt)
	}
	list, err := m.weightsOf(name)
	if err != nil {
		return err
	}
	if len(values) != len(list) {
		what := "the model"
		if name != "" {
			what = fmt.Sprintf("layer %q", name)
		}
		return fmt.Errorf("nn: SetWeights: got %d weights, %s has %d: %w", len(values), what, len(list), ErrShape)
	}
	for i, w := range list {
		if len(values[i]) != w.Size() {
			return fmt.Errorf("nn: SetWeights: weight %q has shape %v, %d elements, got %d: %w", w.name, w.spec.Shape, w.Size(), len(values[i]), ErrShape)
		}
	}
	d := m.current()
	for i, w := range list {
		if d == nil {
			w.host = append([]float32(nil), values[i]...)
			continue
		}
		d.backend.Write(w.variable.View(), compute.Words(values[i]))
	}
	return nil
}
