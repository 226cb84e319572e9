package nn

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// Model is a network of layers. Make one with [NewSequential] or [NewModel],
// then Compile it on a device and Fit it.
//
// A model may be used from several goroutines: Predict runs side by side with
// Fit and Evaluate; a second Fit returns [ErrBusy], as does what changes the
// model itself (Compile, Add, SetTrainable) while anybody uses it.
type Model struct {
	name string
	err  error // a mistake in how the model was put together

	// What was asked for.
	stack   []*Shared // Sequential only
	start   []int     // Sequential: shape of a row, once known; nil before
	started bool      // start is known
	inputs  []*Node
	outputs []*Node

	// What was built from it.
	instances map[*Shared]*instance
	layers    []*instance // in the order of the summary
	calls     []*call
	inShapes  [][]int
	outShapes [][]int
	outAt     []int // numbers of the values that are outputs
	built     bool
	room      *room // while it is made of a file

	attached  map[string]Preprocessor
	config    *CompileConfig
	backend   compute.Backend // that Compile named
	preparing sync.Mutex      // guards all above: the first users build the model and put it there

	mu       sync.Mutex    // guards what follows
	device   *device       // nil while the weights are on the host
	rate     *learningRate // nil where the model is not compiled
	users    int
	training bool
	changing bool
	closed   bool
}

// instance is a layer of a model with the weights it was built with.
type instance struct {
	name         string
	layer        Layer
	forward      Forward
	weights      []*Weight
	trainable    bool
	integerBelow int // the input holds whole numbers below this; 0 is any floats

	// Of a layer of a nested model, the layer that it is inside of.
	parent *instance
	// Of a nested model, its layers and what it was when it was put here.
	parts  []*instance
	inside modelConfig
}

// learns is true when neither the layer nor a model around it is frozen.
func (inst *instance) learns() bool {
	return inst.trainable && (inst.parent == nil || inst.parent.learns())
}

// setTrainable freezes the layer and all inside of it, or lets them learn.
func (inst *instance) setTrainable(trainable bool) {
	inst.trainable = trainable
	for _, part := range inst.parts {
		part.setTrainable(trainable)
	}
}

// call is one use of a layer: a node that is not an input.
type call struct {
	inst  *instance
	from  []int // numbers of values: the model's inputs first, then each call's output
	shape []int // of the output, without the batch axis
}

// NewSequential stacks layers: each takes what the one before makes. Without
// an Input layer in front, the shapes follow from the first data.
func NewSequential(layers ...Layer) *Model {
	m := &Model{name: "sequential", instances: map[*Shared]*instance{}}
	m.stack = []*Shared{}
	for i, l := range layers {
		if l == nil {
			m.err = fmt.Errorf("nn: layer %d is nil", i)
			continue
		}
		m.stack = append(m.stack, Share(l))
	}
	return m
}

// NewModel is a functional model: what is between the inputs and the outputs.
// Mistakes are reported when the model is built.
func NewModel(inputs, outputs []*Node) *Model {
	m := &Model{name: "functional", instances: map[*Shared]*instance{}, inputs: inputs, outputs: outputs}
	if len(inputs) == 0 || len(outputs) == 0 {
		m.err = errors.New("nn: a model needs at least one input and one output")
	}
	return m
}

// Named sets the model's name, for the summary, and returns the model.
func (m *Model) Named(name string) *Model {
	m.name = name
	return m
}

// Name is the model's name.
func (m *Model) Name() string { return m.name }

// InputShapes is the shape of a row of each input, nil before the model is
// built.
func (m *Model) InputShapes() [][]int {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	return m.inShapes
}

// OutputShapes is the shape of a row of each output, nil before the model is
// built.
func (m *Model) OutputShapes() [][]int {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	return m.outShapes
}

// Built is true once the shapes are known and the weights declared.
func (m *Model) Built() bool {
	m.preparing.Lock()
	defer m.preparing.Unlock()
	return m.built
}

// inputLayer is what layers.Input says about itself.
type inputLayer interface{ InputShape() []int }

// Add puts a layer on top of a Sequential model. Weights that exist are kept;
// Compile has to be called again.
func (m *Model) Add(l Layer) error {
	if m.stack == nil {
		return errors.New("nn: Add is for Sequential models")
	}
	if l == nil {
		return errors.New("nn: Add of a nil layer")
	}
	return m.restack(func() error {
		m.stack = append(m.stack, Share(l))
		return nil
	})
}

// Pop takes the last layer off a Sequential model. Compile has to be called
// again.
func (m *Model) Pop() error {
	if m.stack == nil {
		return errors.New("nn: Pop is for Sequential models")
	}
	return m.restack(func() error {
		if len(m.stack) == 0 {
			return errors.New("nn: Pop of a model without layers")
		}
		m.stack = m.stack[:len(m.stack)-1]
		return nil
	})
}

// restack changes the stack of a model and builds it anew where it was built.
// A change that does not fit is taken back.
func (m *Model) restack(change func() error) error {
	if err := m.acquire(alone); err != nil {
		return err
	}
	defer m.release(alone)
	before := m.stack
	m.stack = slices.Clone(before)
	if err := change(); err != nil {
		m.stack = before
		return err
	}
	if !m.built {
		m.config = nil
		return nil
	}
	if err := m.leaveDevice(); err != nil {
		m.stack = before
		return err
	}
	m.built = false
	if len(m.stack) > 0 {
		if err := m.build(nil); err != nil {
			m.stack = before
			return errors.Join(err, m.build(nil))
		}
	} else {
		m.calls, m.layers = nil, nil
	}
	// A layer that is gone takes its weights and its name along.
	for s, inst := range m.instances {
		if !slices.Contains(m.layers, inst) {
			delete(m.instances, s)
		}
	}
	return nil
}

// use is how a method uses a model while others may, too.
type use uint8

const (
	shared   use = iota // reads it: any number at once
	training            // trains it: one at a time, beside shared uses
	alone               // changes what it is: nobody else
)

// acquire begins a use of the model, which Close waits for.
func (m *Model) acquire(u use) error {
	if err := m.enter(u); err != nil {
		return err
	}
	if u == alone {
		m.preparing.Lock()
	}
	return nil
}

func (m *Model) enter(u use) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return fmt.Errorf("nn: %w", ErrClosed)
	case m.changing, u != shared && m.training, u == alone && m.users > 0:
		return fmt.Errorf("nn: %w", ErrBusy)
	}
	m.training = m.training || u == training
	m.changing = m.changing || u == alone
	m.users++
	return nil
}

func (m *Model) release(u use) {
	if u == alone {
		m.preparing.Unlock()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.users--
	switch u {
	case training:
		m.training = false
	case alone:
		m.changing = false
	}
	if m.closed && m.users == 0 {
		m.freeDevice()
	}
}

// closing is true once Close was called.
func (m *Model) closing() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
}

// Close frees all that the model holds on its device. A Fit, Evaluate or
// Predict at work in another goroutine ends soon, with ErrClosed where it is
// not done, and the last of them frees the memory. A second Close does
// nothing.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	if m.users == 0 {
		m.freeDevice()
	}
	return nil
}
