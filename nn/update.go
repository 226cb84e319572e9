package nn

import (
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// clock is what an update reads from the device about where it is.
type clock struct {
	rate *graph.Tensor // learning rate of this step
	step *graph.Tensor // batches trained on before this one, Int
	ok   *graph.Tensor // the batch is one to learn from
}

// group is what one Update steps: all weights as one flat tensor, or one
// weight in its shape.
type group struct {
	w, g           *graph.Tensor
	slots          []*graph.Tensor
	accum, average *graph.Tensor
	weight         *Weight // nil for all
}

// update traces one step of the optimizer, in Keras' order: accumulate, clip,
// decay, update, constrain, average. Where the batch is not to be learned from,
// every value stays what it was.
func (d *device) update(gr *graph.Graph, grads []*graph.Tensor, now clock) {
	groups := d.groups(gr, grads)
	s := d.settings
	due := now.ok
	updates := now.step // done before
	gs := make([]*graph.Tensor, len(groups))
	for i, p := range groups {
		gs[i] = p.g
		if s.Accumulates() {
			sum, mean, full := optimizers.Accumulate(s, p.accum, p.g, now.step)
			groups[i].accum, gs[i] = graph.Select(now.ok, sum, p.accum), mean
			due = graph.And(now.ok, full)
		}
	}
	if s.Accumulates() {
		// Half a step keeps the quotient of whole numbers on its side.
		n := float32(s.AccumulateSteps)
		updates = graph.ToInt(graph.Floor(graph.Scale(graph.Shift(graph.ToFloat(now.step), 0.5), 1/n)))
	}
	t := graph.Shift(graph.ToFloat(updates), 1)
	var shared []*graph.Tensor
	if o, ok := d.optimizer.(optimizers.SharedSlots); ok {
		for i := range o.SharedSlots() {
			shared = append(shared, gr.Read(d.shared.Part("shared", i)))
		}
		for i, v := range o.UpdateShared(t, shared) {
			gr.Assign(d.shared.Part("shared", i), graph.Select(due, v, shared[i]))
		}
	}
	gs = optimizers.Clip(s, gs)
	for i := range groups {
		p := &groups[i]
		old := *p
		w := p.w
		if p.weight == nil || s.Decays(p.weight.name) {
			w = optimizers.Decay(s, w, now.rate, nil)
		}
		w, slots := d.optimizer.Update(optimizers.Step{W: w, G: gs[i], Rate: now.rate, T: t, Slots: p.slots, Shared: shared})
		if p.weight != nil && p.weight.spec.Constraint != nil {
			w = p.weight.spec.Constraint.Project(w)
		}
		if s.UseEMA {
			p.average, w = optimizers.Average(s, p.average, w, updates)
			p.average = graph.Select(due, p.average, old.average)
		}
		// A gradient can overflow where the loss did not: such an element stays,
		// so that weights are finite at all times.
		p.w = graph.Select(due, graph.Select(graph.Finite(w), w, old.w), old.w)
		p.slots = append([]*graph.Tensor(nil), slots...)
		for k := range p.slots {
			p.slots[k] = graph.Select(due, p.slots[k], old.slots[k])
		}
	}
	d.store(gr, groups)
}

// groups reads what is to be stepped.
func (d *device) groups(gr *graph.Graph, grads []*graph.Tensor) []group {
	if !d.perWeight {
		p := group{w: gr.Read(d.params), g: gr.Pack(d.grads, d.layout.Offsets, grads...)}
		for _, s := range d.slots {
			p.slots = append(p.slots, gr.Read(s.flat))
		}
		if d.accum != nil {
			p.accum = gr.Read(d.accum)
		}
		if d.average != nil {
			p.average = gr.Read(d.average)
		}
		return []group{p}
	}
	var all []group
	for i, w := range d.trained {
		at := d.layout.Offsets[i]
		p := group{w: gr.Read(w.variable), g: grads[i], weight: w}
		for _, s := range d.slots {
			p.slots = append(p.slots, gr.Read(s.part(i)))
		}
		if d.accum != nil {
			p.accum = gr.Read(d.accum.Part("sum", at, w.spec.Shape...))
		}
		if d.average != nil {
			p.average = gr.Read(d.average.Part("average", at, w.spec.Shape...))
		}
		all = append(all, p)
	}
	return all
}

// store assigns what groups have become.
func (d *device) store(gr *graph.Graph, groups []group) {
	put := func(flat *graph.Variable, offsets []int, value func(group) *graph.Tensor) {
		if !d.perWeight {
			gr.Assign(flat, value(groups[0]))
			return
		}
		parts := make([]*graph.Tensor, len(groups))
		for i, p := range groups {
			parts[i] = value(p)
		}
		gr.Pack(flat, offsets, parts...)
	}
	put(d.params, d.layout.Offsets, func(p group) *graph.Tensor { return p.w })
	for k, s := range d.slots {
		put(s.flat, s.layout.Offsets, func(p group) *graph.Tensor { return p.slots[k] })
	}
	if d.accum != nil {
		put(d.accum, d.layout.Offsets, func(p group) *graph.Tensor { return p.accum })
	}
	if d.average != nil {
		put(d.average, d.layout.Offsets, func(p group) *graph.Tensor { return p.average })
	}
}
