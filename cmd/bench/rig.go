package main

import (
	"math/rand/v2"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// rig is one job set up on one device: its operands, filled the same way on
// every device, and the program over them. The first error sticks.
type rig struct {
	dev     compute.Backend
	g       *graph.Graph
	run     func(times int) // enqueues the job
	outputs []compute.View  // what the job computes, floats
	free    []func()
	err     error
}

func newRig(dev compute.Backend) *rig { return &rig{dev: dev, g: graph.New()} }

func (r *rig) close() {
	for i := len(r.free) - 1; i >= 0; i-- {
		r.free[i]()
	}
}

func (r *rig) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// uniform is n numbers in [lo, hi), the same for the same seed.
func uniform(seed uint64, lo, hi float32, n int) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([]float32, n)
	for i := range out {
		out[i] = lo + (hi-lo)*rng.Float32()
	}
	return out
}

// buffer holds values on the device until the rig is closed.
func (r *rig) buffer(words []uint32) compute.View {
	b, err := r.dev.NewBuffer(max(len(words), 1))
	if err != nil {
		r.fail(err)
		return compute.View{}
	}
	r.free = append(r.free, b.Release)
	v := compute.ViewOf(b).Slice(0, len(words))
	r.dev.Write(v, words)
	return v
}

func (r *rig) variable(name string, typ compute.Type, words []uint32, shape []int) *graph.Variable {
	v := graph.NewVariable(name, typ, shape...)
	if view := r.buffer(words); !view.Empty() {
		if err := v.Bind(view); err != nil {
			r.fail(err)
		}
	}
	return v
}

// floats is a variable of the given values.
func (r *rig) floats(name string, values []float32, shape ...int) *graph.Variable {
	return r.variable(name, compute.Float, compute.Words(values), shape)
}

// ints is a variable of the given whole numbers.
func (r *rig) ints(name string, values []int32, shape ...int) *graph.Variable {
	return r.variable(name, compute.Int, compute.Words(values), shape)
}

// full is a variable with one value everywhere.
func (r *rig) full(name string, value float32, shape ...int) *graph.Variable {
	n := 1
	for _, d := range shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = value
	}
	return r.floats(name, values, shape...)
}

// compile makes the job of what the graph assigns and of the given outputs.
func (r *rig) compile(outputs ...*graph.Tensor) {
	if r.err != nil {
		return
	}
	for _, t := range outputs {
		r.g.Output(t)
	}
	p, err := graph.Compile(r.dev, r.g)
	if err != nil {
		r.fail(err)
		return
	}
	r.free = append(r.free, p.Release)
	r.run = p.Run
	for _, t := range outputs {
		r.outputs = append(r.outputs, p.View(t))
	}
}

// kernel makes the job of one kernel that writes out.
func (r *rig) kernel(k compute.Kernel, out compute.View) {
	if r.err != nil {
		return
	}
	if err := k.Check(); err != nil {
		r.fail(err)
		return
	}
	rec, err := r.dev.Record([]compute.Kernel{k})
	if err != nil {
		r.fail(err)
		return
	}
	r.free = append(r.free, rec.Release)
	r.run = rec.Replay
	r.outputs = []compute.View{out}
}

// read runs the job once and gives what it computed.
func (r *rig) read() ([][]float32, error) {
	r.run(1)
	var out [][]float32
	for _, v := range r.outputs {
		values, err := compute.ReadAs[float32](r.dev, v)
		if err != nil {
			return nil, err
		}
		out = append(out, values)
	}
	return out, nil
}
