package nn

import (
	"fmt"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
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

	programs recent[int, *graph.Program] // by rows of a batch
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
	_, constant := f.device.rate.get().(schedules.Constant)
	_, always := f.device.settings.LearningRate.(schedules.Constant)
	key := planKey{training: training, stride: stride, table: training && !(constant && always)}
	if p, ok := f.plans.get(key); ok {
		return p, nil
	}
	p := &plan{model: m, device: f.device, feed: f, key: key}
	p.programs = recent[int, *graph.Program]{limit: keptPrograms, free: (*graph.Program).Release}
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
	f.plans.put(key, p)
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
	p.programs.clear()
	for _, b := range p.buffers {
		b.Release()
	}
	p.buffers = nil
}

// keptPrograms bounds the batch sizes of a plan that are kept ready: a window
// needs two, for full batches and for the last.
const keptPrograms = 4

// program is the one for batches of the given rows.
func (p *plan) program(rows int) (*graph.Program, error) {
	if prog, ok := p.programs.get(rows); ok {
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
	p.explain(rows, prog)
	p.programs.put(rows, prog)
	return prog, nil
}

// batch is one batch of the feed, as tensors.
type batch struct {
	rows   int
	x, y   []*graph.Tensor
	weight *graph.Tensor // [rows]; nil where all rows count alike
	ones   *graph.Tensor // [rows]
}

// batch is the batch of the given rows that the cursor stands at.
func (p *plan) batch(g *graph.Graph, rows int) batch {
	f := p.feed
	b := batch{rows: rows, ones: graph.BroadcastTo(g.Const(1), rows)}
	for i, c := range f.x {
		b.x = append(b.x, p.model.asInput(i, c.batch(g, f.index, p.cursor, rows, p.key.stride)))
	}
	for _, c := range f.y {
		b.y = append(b.y, c.batch(g, f.index, p.cursor, rows, p.key.stride))
	}
	if f.weights != nil {
		b.weight = graph.GatherBatch(g.Read(f.weights), g.Read(f.index), g.Read(p.cursor), rows, p.key.stride)
	}
	return b
}

// trace describes one step: forward, loss, metrics, and in training gradients
// and update.
func (p *plan) trace(g *graph.Graph, rows int) error {
	b := p.batch(g, rows)
	cursor := g.Read(p.cursor)
	step := graph.Apply(compute.OpAdd, g.Read(p.base), cursor)
	c := newCall(g, p.key.training, g.ConstInt(maskSeed(p.device.seed)), step)
	outs, err := p.model.trace(c, b.x)
	if err != nil {
		return err
	}
	total, each := p.device.loss(c, b, outs)
	var news reporter
	news.mean("loss", total, rows)
	if len(outs) > 1 {
		for i, l := range each {
			if l != nil {
				news.mean(p.model.outputName(i)+"_loss", l, rows)
			}
		}
	}
	p.traceMetrics(&news, b, outs)
	if err := g.Err(); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	if err := p.layOut(news); err != nil {
		return err
	}
	if p.key.training {
		p.traceUpdate(g, c, total, cursor, step)
	}
	k := 0
	for _, r := range p.reports {
		for _, at := range r.parts {
			g.Assign(at.variable, graph.Add(g.Read(at.variable), news.values[k]))
			k++
		}
	}
	g.Assign(p.cursor, graph.Apply(compute.OpAdd, cursor, g.ConstInt(1)))
	if err := g.Err(); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	return nil
}

// traceMetrics adds what the metrics of every output add up.
func (p *plan) traceMetrics(news *reporter, b batch, outs []*graph.Tensor) {
	for i, o := range p.device.objectives {
		prefix := ""
		if len(outs) > 1 {
			prefix = p.model.outputName(i) + "_"
		}
		for k, metric := range o.watched() {
			weight := b.ones
			if k >= len(o.metrics) && b.weight != nil {
				weight = b.weight
			}
			sums, resolved := traceMetric(metric, b.y[o.target], outs[i], weight)
			news.sums(prefix+metric.Name(), resolved, sums)
		}
	}
}

// reporter collects what the batches of a plan report.
type reporter struct {
	reports []report
	values  []*graph.Tensor // one for each part of each report
}

// mean reports a mean over the rows of a batch.
func (r *reporter) mean(name string, x *graph.Tensor, rows int) {
	r.reports = append(r.reports, report{name: name, parts: make([]part, 1)})
	r.values = append(r.values, graph.Scale(x, float32(rows)))
}

// sums reports a metric of sums.
func (r *reporter) sums(name string, metric Metric, sums []*graph.Tensor) {
	r.reports = append(r.reports, report{name: name, metric: metric, parts: make([]part, len(sums))})
	r.values = append(r.values, sums...)
}

// layOut places the sums of the reports, at the first trace; later ones find
// the same.
func (p *plan) layOut(news reporter) error {
	if p.sums != nil {
		return nil
	}
	at := 1 // after the number of the bad batch
	for _, v := range news.values {
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
	for _, r := range news.reports {
		for j := range r.parts {
			v := news.values[k]
			r.parts[j] = part{at: at, n: v.Size(), variable: p.sums.Part(r.name, at, v.Shape()...)}
			at += v.Size()
			k++
		}
	}
	p.reports = news.reports
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

// loss is the model's loss of a batch, with regularization, and that of each
// output without.
func (d *device) loss(c *Call, b batch, outs []*graph.Tensor) (total *graph.Tensor, each []*graph.Tensor) {
	total = c.Graph.Const(0)
	each = make([]*graph.Tensor, len(outs))
	for i, o := range d.objectives {
		if o.loss == nil {
			continue
		}
		l := o.traceLoss(b.y[o.target], outs[i], b.weight)
		each[i] = l
		total = graph.Add(total, graph.Scale(l, float32(o.weight)))
	}
	for _, w := range d.trained {
		if r := w.spec.Regularizer; r != nil {
			scoped(c.Graph, w.name, "regularizer", func() {
				total = graph.Add(total, graph.Reshape(r.Penalty(c.Read(w))))
			})
		}
	}
	for _, extra := range c.losses {
		total = graph.Add(total, extra)
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
