package nn

import (
	"fmt"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/schedules"
)

// planKey tells apart the plans of one feed.
type planKey struct {
	training bool
	stride   int  // rows of a full batch
	table    bool // of learning rates, one a batch
}

// plan is how batches of one size are worked through: a program for each
// number of rows (the last batch may have fewer), and the few numbers that the
// device keeps between them.
type plan struct {
	model  *Model
	device *device
	feed   *feed
	key    planKey

	cursor, base *graph.Variable // Int: the batch in the window; the step at its start
	control      compute.View    // both
	rates        *graph.Variable // learning rate: one, or one for each batch of the window
	sums         *graph.Variable // [0] is the number of the first bad batch, from 1; then what reports add up
	reports      []report
	values       []float32 // reading of sums
	zeros        []float32

	programs map[int]*graph.Program
	buffers  []compute.Buffer
	stepTime time.Duration // of a full batch; 0 before the first chunk
	written  float64       // the one rate on the device
}

// report is one number of the results: a mean over rows, or a metric of sums.
type report struct {
	name   string
	metric Metric // nil: a mean over rows
	parts  []part
}

// part is where one of a report's sums stands.
type part struct {
	at, n    int
	variable *graph.Variable
}

// plan finds or makes the plan for batches of stride rows.
func (f *feed) plan(m *Model, training bool, stride int) (*plan, error) {
	_, constant := f.device.schedule().(schedules.Constant)
	_, always := f.device.settings.LearningRate.(schedules.Constant)
	key := planKey{training: training, stride: stride, table: training && !(constant && always)}
	if p, ok := f.plans[key]; ok {
		return p, nil
	}
	p := &plan{model: m, device: f.device, feed: f, key: key, programs: map[int]*graph.Program{}}
	control := graph.NewVariable("control", compute.Int, 2)
	if err := p.own(control); err != nil {
		return nil, err
	}
	p.control = control.View()
	p.cursor, p.base = control.Part("cursor", 0), control.Part("base", 1)
	p.rates = graph.NewVariable("rates", compute.Float, 1)
	if key.table {
		p.rates = graph.NewVariable("rates", compute.Float, (f.rows+stride-1)/stride)
	}
	if err := p.own(p.rates); err != nil {
		p.free()
		return nil, err
	}
	f.plans[key] = p
	return p, nil
}

func (p *plan) own(v *graph.Variable) error {
	b, err := v.Allocate(p.device.backend)
	if err != nil {
		return err
	}
	p.buffers = append(p.buffers, b)
	return nil
}

func (p *plan) free() {
	for _, prog := range p.programs {
		prog.Release()
	}
	for _, b := range p.buffers {
		b.Release()
	}
	p.programs, p.buffers = map[int]*graph.Program{}, nil
}

// keptPrograms bounds the batch sizes of a plan that are kept ready.
const keptPrograms = 8

// program is the one for batches of the given rows.
func (p *plan) program(rows int) (*graph.Program, error) {
	if prog, ok := p.programs[rows]; ok {
		return prog, nil
	}
	g := graph.New()
	if err := p.trace(g, rows); err != nil {
		return nil, err
	}
	prog, err := graph.Compile(p.device.backend, g)
	if err != nil {
		return nil, fmt.Errorf("nn: %w", err)
	}
	if len(p.programs) >= keptPrograms {
		for r, old := range p.programs {
			if r != p.key.stride {
				old.Release()
				delete(p.programs, r)
			}
		}
	}
	p.programs[rows] = prog
	return prog, nil
}

// trace describes one step: forward, loss, metrics, and in training gradients
// and update.
func (p *plan) trace(g *graph.Graph, rows int) error {
	d, f := p.device, p.feed
	batch := func(c *column) *graph.Tensor { return c.batch(g, f.index, p.cursor, rows, p.key.stride) }
	var xs, ys []*graph.Tensor
	for i, c := range f.x {
		xs = append(xs, p.model.asInput(i, batch(c)))
	}
	for _, c := range f.y {
		ys = append(ys, batch(c))
	}
	ones := graph.BroadcastTo(g.Const(1), rows)
	weight := ones
	if f.weights != nil {
		weight = graph.GatherBatch(g.Read(f.weights), g.Read(f.index), g.Read(p.cursor), rows, p.key.stride)
	}
	cursor := g.Read(p.cursor)
	step := graph.Apply(compute.OpAdd, g.Read(p.base), cursor)
	c := newCall(g, p.key.training, g.ConstInt(maskSeed(d.seed)), step)
	outs, err := p.model.trace(c, xs)
	if err != nil {
		return err
	}
	total, each := d.loss(c, ys, outs, weight, f.weights != nil)
	for _, w := range append(append([]*Weight(nil), d.trained...), d.fixed...) {
		if r := w.spec.Regularizer; r != nil && w.Trainable() {
			total = graph.Add(total, graph.Reshape(r.Penalty(c.Read(w))))
		}
	}
	for _, extra := range c.losses {
		total = graph.Add(total, extra)
	}
	if err := g.Err(); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	values := []*graph.Tensor{graph.Scale(total, float32(rows))}
	reports := []report{{name: "loss", parts: make([]part, 1)}}
	if len(outs) > 1 {
		for i, l := range each {
			values = append(values, graph.Scale(l, float32(rows)))
			reports = append(reports, report{name: p.model.outputName(i) + "_loss", parts: make([]part, 1)})
		}
	}
	for i, o := range d.objectives {
		prefix := ""
		if len(outs) > 1 {
			prefix = p.model.outputName(i) + "_"
		}
		for k, metric := range append(append([]Metric(nil), o.metrics...), o.weighted...) {
			w := ones
			if k >= len(o.metrics) {
				w = weight
			}
			name := metric.Name()
			if r, ok := metric.(interface {
				Resolve(yTrue, yPred *graph.Tensor) (Metric, error)
			}); ok {
				if metric, err = r.Resolve(ys[i], outs[i]); err != nil {
					return fmt.Errorf("nn: %w", err)
				}
			}
			var sums []*graph.Tensor
			g.Scope("metric "+name, func() { sums = metric.Sums(ys[i], outs[i], w) })
			values = append(values, sums...)
			reports = append(reports, report{name: prefix + name, metric: metric, parts: make([]part, len(sums))})
		}
	}
	if err := p.layOut(reports, values); err != nil {
		return err
	}
	if p.key.training {
		p.traceUpdate(g, c, total, cursor, step)
	}
	k := 0
	for _, r := range p.reports {
		for _, at := range r.parts {
			g.Assign(at.variable, graph.Add(g.Read(at.variable), values[k]))
			k++
		}
	}
	g.Assign(p.cursor, graph.Apply(compute.OpAdd, cursor, g.ConstInt(1)))
	if err := g.Err(); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	return nil
}

// layOut places the sums of the reports, at the first trace; later ones find
// the same.
func (p *plan) layOut(reports []report, values []*graph.Tensor) error {
	if p.sums != nil {
		return nil
	}
	at := 1 // after the number of the bad batch
	for _, v := range values {
		at += v.Size()
	}
	p.sums = graph.NewVariable("sums", compute.Float, at)
	if err := p.own(p.sums); err != nil {
		p.sums = nil
		return err
	}
	p.values, p.zeros = make([]float32, at), make([]float32, at)
	at = 1
	k := 0
	for i := range reports {
		for j := range reports[i].parts {
			v := values[k]
			reports[i].parts[j] = part{at: at, n: v.Size(), variable: p.sums.Part(reports[i].name, at, v.Shape()...)}
			at += v.Size()
			k++
		}
	}
	p.reports = reports
	return nil
}

// traceUpdate describes the part of a step that changes weights, behind a
// gate: from the first batch on whose loss is not finite, nothing changes any
// more.
func (p *plan) traceUpdate(g *graph.Graph, c *Call, total, cursor, step *graph.Tensor) {
	d := p.device
	bad := p.sums.Part("bad batch", 0)
	before := g.Read(bad)
	fine := graph.Equal(before, g.Const(0))
	ok := graph.And(graph.Finite(total), fine)
	number := graph.Shift(graph.ToFloat(cursor), 1)
	g.Assign(bad, graph.Select(ok, before, graph.Select(fine, number, before)))
	for _, w := range c.order {
		g.Assign(w.variable, graph.Select(ok, c.assigned[w], g.Read(w.variable)))
	}
	if len(d.trained) == 0 {
		return
	}
	reads := make([]*graph.Tensor, len(d.trained))
	for i, w := range d.trained {
		reads[i] = g.Read(w.variable)
	}
	grads := graph.Gradients(total, reads...)
	rate := g.Read(p.rates.Part("rate", 0))
	if p.key.table {
		rate = graph.Gather(g.Read(p.rates), cursor)
	}
	d.update(g, grads, clock{rate: rate, step: step, ok: ok})
}

// loss is the model's loss of a batch, regularization left out, and that of
// each output.
func (d *device) loss(c *Call, ys, outs []*graph.Tensor, weight *graph.Tensor, weighted bool) (total *graph.Tensor, each []*graph.Tensor) {
	g := c.Graph
	total = g.Const(0)
	for i, o := range d.objectives {
		if o.loss == nil {
			g.Fail("output %d has no loss", i)
			return total, nil
		}
		var l *graph.Tensor
		g.Scope("loss "+o.loss.Name(), func() {
			l = o.loss.PerSample(ys[i], outs[i])
			if weighted {
				shape := make([]int, l.Rank())
				for a := range shape {
					shape[a] = 1
				}
				if len(shape) > 0 {
					shape[0] = weight.Size()
				}
				l = graph.Mul(l, graph.Reshape(weight, shape...))
			}
			if losses.ReductionOf(o.loss) == losses.Sum {
				l = graph.Sum(l)
			} else {
				l = graph.Mean(l)
			}
		})
		each = append(each, l)
		total = graph.Add(total, graph.Scale(l, float32(o.weight)))
	}
	return total, each
}

// maskSeed folds the model's seed into the word that the device's generator
// takes.
func maskSeed(seed uint64) int32 { return int32(uint32(seed) ^ uint32(seed>>32)) }

// outputName is the name of the layer that makes output i.
func (m *Model) outputName(i int) string {
	if at := m.outAt[i] - len(m.inShapes); at >= 0 {
		return m.calls[at].inst.name
	}
	return fmt.Sprintf("output_%d", i)
}

// asInput is a batch of input i in the shape that the model was built for: a
// column of numbers may come without its axis.
func (m *Model) asInput(i int, x *graph.Tensor) *graph.Tensor {
	if x.IsSparse() {
		return x
	}
	return graph.Reshape(x, append([]int{x.Shape()[0]}, m.inShapes[i]...)...)
}
