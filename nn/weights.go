package nn

import (
	"errors"
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

var errNotBuilt = errors.New("nn: the model is not built yet: it has no weights")

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

// GetLayer finds a layer by its name.
func (m *Model) GetLayer(name string) (LayerInfo, error) {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	inst, err := m.find(name)
	if err != nil {
		return LayerInfo{}, err
	}
	return inst.info(), nil
}

func (m *Model) find(name string) (*instance, error) {
	var names []string
	for _, inst := range m.layers {
		if inst.name == name {
			return inst, nil
		}
		names = append(names, inst.name)
	}
	if !m.built {
		return nil, fmt.Errorf("nn: no layer %q: the model is not built yet", name)
	}
	return nil, fmt.Errorf("nn: no layer %q; the model has %q", name, names)
}

// SetTrainable freezes a layer of a built model, or all layers with the name
// "", or lets them learn again. Compile has to be called after it.
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
		inst.trainable = trainable
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
func (m *Model) GetWeights() ([][]float32, error) {
	if err := m.acquire(shared); err != nil {
		return nil, err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	values, err := m.weightValues()
	if err != nil {
		return nil, err
	}
	var out [][]float32
	for _, w := range m.allWeights() {
		out = append(out, values[w])
	}
	return out, nil
}

// weightValues copies all weights from wherever they are. preparing is held.
func (m *Model) weightValues() (map[*Weight][]float32, error) {
	if !m.built {
		return nil, errNotBuilt
	}
	if d := m.current(); d != nil {
		values, err := d.weights()
		if err != nil {
			return nil, fmt.Errorf("nn: reading the weights: %w", err)
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
func (m *Model) SetWeights(values [][]float32) error {
	if err := m.acquire(shared); err != nil {
		return err
	}
	defer m.release(shared)
	m.preparing.Lock()
	defer m.preparing.Unlock()
	if !m.built {
		return errNotBuilt
	}
	all := m.allWeights()
	if len(values) != len(all) {
		return fmt.Errorf("nn: SetWeights: %d weights for a model of %d: %w", len(values), len(all), ErrShape)
	}
	for i, w := range all {
		if len(values[i]) != w.Size() {
			return fmt.Errorf("nn: SetWeights: weight %q has shape %v, %d elements, got %d: %w", w.name, w.spec.Shape, w.Size(), len(values[i]), ErrShape)
		}
	}
	d := m.current()
	for i, w := range all {
		if d == nil {
			w.host = append([]float32(nil), values[i]...)
			continue
		}
		d.backend.Write(w.variable.View(), compute.Words(values[i]))
	}
	return nil
}

// LearningRate is the rate of the next step of a model on a device; 0
// elsewhere.
func (m *Model) LearningRate() float64 {
	if d := m.current(); d != nil {
		return d.rateNow()
	}
	return 0
}

// SetLearningRate makes the rate constant, instead of the optimizer's.
func (m *Model) SetLearningRate(rate float64) error {
	if err := m.acquire(training); err != nil {
		return err
	}
	defer m.release(training)
	d := m.current()
	if d == nil {
		return fmt.Errorf("nn: SetLearningRate: %w", ErrNotCompiled)
	}
	return d.setRate(rate)
}
