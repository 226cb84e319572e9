package optimizers_test

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	. "github.com/glearn-go/glearn/nn/optimizers"
)

// rig is a training step compiled once: the weights, the optimizer's state and
// the inputs are variables, as in a model.
type rig struct {
	t       *testing.T
	b       compute.Backend
	program *graph.Program
	buffers []compute.Buffer
	weights []*graph.Variable
	inputs  []*graph.Variable
	rate    *graph.Variable
	loss    *graph.Tensor
}

// variable allocates storage full of one value.
func (r *rig) variable(name string, typ compute.Type, init float32, shape ...int) *graph.Variable {
	r.t.Helper()
	v := graph.NewVariable(name, typ, shape...)
	buffer, err := v.Allocate(r.b)
	if err != nil {
		r.t.Fatal(err)
	}
	r.buffers = append(r.buffers, buffer)
	values := make([]float32, v.Size())
	for i := range values {
		values[i] = init
	}
	r.b.Write(v.View(), compute.Words(values))
	return v
}

func (r *rig) write(v *graph.Variable, values []float64) {
	words := make([]float32, len(values))
	for i, x := range values {
		words[i] = float32(x)
	}
	r.b.Write(v.View(), compute.Words(words))
}

func (r *rig) read(v *graph.Variable) []float64 {
	r.t.Helper()
	words := make([]uint32, v.Size())
	if err := r.b.Read(words, v.View()); err != nil {
		r.t.Fatal(err)
	}
	out := make([]float64, len(words))
	for i, w := range words {
		out[i] = graphtest.Number(v.Type(), w)
	}
	return out
}

// newRig builds the step of opt for weights of the given shapes. gradients says
// what the step computes from the weights and the inputs: a loss and gradients.
func newRig(t *testing.T, b compute.Backend, opt Optimizer, shapes, inputShapes [][]int, gradients func(w, in []*graph.Tensor) (*graph.Tensor, []*graph.Tensor)) *rig {
	t.Helper()
	r := &rig{t: t, b: b}
	if err := opt.Check(); err != nil {
		t.Fatal(err)
	}
	settings := opt.Common()
	g := graph.New()
	count := r.variable("step", compute.Int, 0)
	step := g.Read(count)
	g.Assign(count, graph.Add(step, g.ConstInt(1)))
	updates := r.variable("updates", compute.Float, 0)
	at := graph.Shift(g.Read(updates), 1)
	r.rate = r.variable("rate", compute.Float, float32(settings.LearningRate.At(0)))
	rate := g.Read(r.rate)

	var w, in []*graph.Tensor
	for _, shape := range shapes {
		v := r.variable("weight", compute.Float, 0, shape...)
		r.weights, w = append(r.weights, v), append(w, g.Read(v))
	}
	for _, shape := range inputShapes {
		v := r.variable("input", compute.Float, 0, shape...)
		r.inputs, in = append(r.inputs, v), append(in, g.Read(v))
	}
	loss, grads := gradients(w, in)
	r.loss = loss
	g.Output(loss)

	var due *graph.Tensor // nil: always
	when := func(x, old *graph.Tensor) *graph.Tensor {
		if due == nil {
			return x
		}
		return graph.Select(due, x, old)
	}
	if settings.Accumulates() {
		for i, grad := range grads {
			v := r.variable("sum", compute.Float, 0, shapes[i]...)
			var sum *graph.Tensor
			sum, grads[i], due = Accumulate(settings, g.Read(v), grad, step)
			g.Assign(v, sum)
		}
	}
	g.Assign(updates, when(at, g.Read(updates)))
	var shared []*graph.Tensor
	if o, ok := opt.(SharedSlots); ok {
		var vs []*graph.Variable
		for _, slot := range o.SharedSlots() {
			v := r.variable(slot.Name, compute.Float, slot.Init)
			vs, shared = append(vs, v), append(shared, g.Read(v))
		}
		for i, x := range o.UpdateShared(at, shared) {
			g.Assign(vs[i], when(x, shared[i]))
		}
	}
	grads = Clip(settings, grads)
	for i := range w {
		var slots []*graph.Tensor
		var vs []*graph.Variable
		for _, slot := range opt.Slots() {
			v := r.variable(slot.Name, compute.Float, slot.Init, slot.ShapeFor(shapes[i])...)
			vs, slots = append(vs, v), append(slots, g.Read(v))
		}
		value, newSlots := opt.Update(Step{W: Decay(settings, w[i], rate, nil), G: grads[i], Rate: rate, T: at, Slots: slots, Shared: shared})
		if len(newSlots) != len(slots) {
			t.Fatalf("%s: %d new slots for %d declared", opt.Name(), len(newSlots), len(slots))
		}
		for j, x := range newSlots {
			g.Assign(vs[j], when(x, slots[j]))
		}
		value = when(value, w[i])
		if settings.UseEMA {
			v := r.variable("average", compute.Float, 0, shapes[i]...)
			var average *graph.Tensor
			average, value = Average(settings, g.Read(v), value, step)
			g.Assign(v, average)
		}
		g.Assign(r.weights[i], value)
	}
	p, err := graph.Compile(b, g)
	if err != nil {
		t.Fatalf("%s: %v", opt.Name(), err)
	}
	r.program = p
	return r
}

// step runs once on inputs and returns the loss before the update.
func (r *rig) step(inputs ...[]float64) float64 {
	r.t.Helper()
	for i, values := range inputs {
		r.write(r.inputs[i], values)
	}
	r.program.Run(1)
	var word [1]uint32
	if err := r.b.Read(word[:], r.program.View(r.loss)); err != nil {
		r.t.Fatal(err)
	}
	return graphtest.Number(compute.Float, word[0])
}

func (r *rig) release() {
	r.program.Release()
	for _, b := range r.buffers {
		b.Release()
	}
}
