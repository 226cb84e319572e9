package nn

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// device is a model's memory on a device: the weights in one flat buffer,
// gradients in another of the same layout, and each slot of the optimizer in
// one, so that a single kernel steps the whole model. Weights that are not
// trained stand in a buffer of their own.
type device struct {
	backend    compute.Backend
	objectives []objective
	targets    []int // numbers of the outputs that data has targets for, in order
	optimizer  optimizers.Optimizer
	settings   optimizers.Settings
	seed       uint64

	trained, fixed []*Weight
	layout         graph.Layout    // of trained
	params, state  *graph.Variable // flat; nil where there are none
	grads          *graph.Variable
	perWeight      bool // the update has to see each weight by itself
	slots          []slot
	shared         *graph.Variable // scalars for the whole model
	accum, average *graph.Variable
	buffers        []compute.Buffer
	health         *graph.Program // counts bad numbers in the slots; made when first needed
	healthView     compute.View

	step  atomic.Int64 // batches trained on
	rate  *learningRate
	turns chan struct{} // holds one for each predictor at work

	summed atomic.Int64 // numbers of targets that doubtRows looked at
	frozen sync.Once    // a line in the log

	mu         sync.Mutex          // guards what follows
	feeds      []*feed             // idle, the latest used first
	sparse     map[int]bool        // inputs known to take sparse rows, or not to
	fitting    map[targetKind]bool // targets known to fit
	predictors []*predictor
}

// slot is one slot of the optimizer: a flat variable and where each weight's
// part is in it.
type slot struct {
	spec   optimizers.Slot
	flat   *graph.Variable
	layout graph.Layout
	shapes [][]int
}

// part is the slot of weight i.
func (s slot) part(i int) *graph.Variable {
	return s.flat.Part(s.spec.Name, s.layout.Offsets[i], s.shapes[i]...)
}

// enterDevice draws the weights that have no values yet and moves all to the
// device that Compile named.
func (m *Model) enterDevice() error {
	c := m.config
	objectives, err := c.objectives(len(m.outShapes))
	if err != nil {
		return err
	}
	fitting, err := m.rehearse(objectives)
	if err != nil {
		return err
	}
	d := &device{backend: m.backend, objectives: objectives, optimizer: c.Optimizer, settings: c.Optimizer.Common(), seed: c.Seed, sparse: map[int]bool{}, fitting: fitting, turns: make(chan struct{}, keptPredictors)}
	d.rate = m.rate
	for i, o := range objectives {
		if o.target >= 0 {
			d.targets = append(d.targets, i)
		}
	}
	for _, inst := range m.layers {
		for _, w := range inst.weights {
			if err := w.draw(c.Seed); err != nil {
				return err
			}
			if w.Trainable() {
				d.trained = append(d.trained, w)
			} else {
				d.fixed = append(d.fixed, w)
			}
		}
	}
	if err := d.allocate(); err != nil {
		d.free()
		return fmt.Errorf("nn: Compile: %w", err)
	}
	for _, w := range append(append([]*Weight(nil), d.trained...), d.fixed...) {
		w.host = nil
	}
	m.mu.Lock()
	m.device = d
	m.mu.Unlock()
	return nil
}

// learns is true when an output has a loss.
func (d *device) learns() bool {
	return slices.ContainsFunc(d.objectives, func(o objective) bool { return o.loss != nil })
}

// allocate places weights and writes their values, and makes the optimizer's
// state.
func (d *device) allocate() error {
	var err error
	if d.params, d.layout, err = d.place("weights", d.trained); err != nil {
		return err
	}
	if d.state, _, err = d.place("state", d.fixed); err != nil {
		return err
	}
	if d.params == nil || !d.learns() {
		return nil
	}
	n := d.layout.Len
	if d.grads, err = d.flat("gradients", n, 0); err != nil {
		return err
	}
	_, d.perWeight = d.optimizer.(optimizers.PerTensor)
	if d.settings.ClipNorm > 0 {
		d.perWeight = true
	}
	for _, w := range d.trained {
		if w.spec.Constraint != nil || !d.settings.Decays(w.name) {
			d.perWeight = true
		}
	}
	for _, spec := range d.optimizer.Slots() {
		s := slot{spec: spec}
		var sizes []int
		for _, w := range d.trained {
			shape := spec.ShapeFor(w.spec.Shape)
			s.shapes = append(s.shapes, shape)
			sizes = append(sizes, product(shape))
		}
		s.layout = graph.NewLayout(sizes...)
		if s.flat, err = d.flat(spec.Name, s.layout.Len, spec.Init); err != nil {
			return err
		}
		d.slots = append(d.slots, s)
	}
	if o, ok := d.optimizer.(optimizers.SharedSlots); ok {
		specs := o.SharedSlots()
		if d.shared, err = d.flat("shared slots", len(specs), 0); err != nil {
			return err
		}
		start := make([]float32, len(specs))
		for i, s := range specs {
			start[i] = s.Init
		}
		d.backend.Write(d.shared.View(), compute.Words(start))
	}
	if d.settings.Accumulates() {
		if d.accum, err = d.flat("accumulated gradients", n, 0); err != nil {
			return err
		}
	}
	if d.settings.UseEMA {
		d.average, err = d.flat("average weights", n, 0)
	}
	return err
}

// place lays weights into one flat variable and writes their values there.
func (d *device) place(name string, weights []*Weight) (*graph.Variable, graph.Layout, error) {
	if len(weights) == 0 {
		return nil, graph.Layout{}, nil
	}
	sizes := make([]int, len(weights))
	for i, w := range weights {
		sizes[i] = w.Size()
	}
	l := graph.NewLayout(sizes...)
	flat, err := d.flat(name, l.Len, 0)
	if err != nil {
		return nil, l, err
	}
	values := make([]float32, l.Len)
	for i, w := range weights {
		copy(values[l.Offsets[i]:], w.host)
		w.variable = flat.Part(w.name, l.Offsets[i], w.spec.Shape...)
	}
	d.backend.Write(flat.View(), compute.Words(values))
	return flat, l, nil
}

// flat is a flat float variable of n elements, all of them x.
func (d *device) flat(name string, n int, x float32) (*graph.Variable, error) {
	v := graph.NewVariable(name, compute.Float, n)
	b, err := v.Allocate(d.backend)
	if err != nil {
		return nil, err
	}
	d.buffers = append(d.buffers, b)
	if x != 0 {
		fill := make([]float32, n)
		for i := range fill {
			fill[i] = x
		}
		d.backend.Write(v.View(), compute.Words(fill))
	}
	return v, nil
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// leaveDevice reads all weights back to the host and frees the device's
// memory. The model has to be compiled again before it can do anything.
func (m *Model) leaveDevice() error {
	m.config = nil
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rate = nil
	if m.device == nil {
		return nil
	}
	values, err := m.device.weights()
	if err != nil {
		return fmt.Errorf("nn: reading the weights back: %w", err)
	}
	for w, v := range values {
		w.host = v
	}
	m.device.free()
	m.device = nil
	return nil
}

// freeDevice is the end of a closed model. mu is held.
func (m *Model) freeDevice() {
	m.rate = nil
	if m.device != nil {
		m.device.free()
		m.device = nil
	}
}

// weights reads all weights.
func (d *device) weights() (map[*Weight][]float32, error) {
	out := map[*Weight][]float32{}
	for _, list := range [][]*Weight{d.trained, d.fixed} {
		for _, w := range list {
			v, err := compute.ReadAs[float32](d.backend, w.variable.View())
			if err != nil {
				return nil, err
			}
			out[w] = v
		}
	}
	return out, nil
}

func (d *device) free() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.predictors {
		p.free()
	}
	for _, f := range d.feeds {
		f.free()
	}
	if d.health != nil {
		d.health.Release()
		d.health = nil
	}
	for _, b := range d.buffers {
		b.Release()
	}
	d.predictors, d.feeds, d.buffers = nil, nil, nil
}

// current is the device's part of the model, for a user that acquired it.
func (m *Model) current() *device {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.device
}

// chunkTime is how long the device is left to itself: the pace of the progress
// bar, and how soon Fit notices that it is to stop.
const chunkTime = 50 * time.Millisecond
