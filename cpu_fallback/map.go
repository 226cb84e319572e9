package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// Handing work to another goroutine and waiting for it costs less than a
// microsecond while that one looks for work, and a few when it sleeps. Work below
// splitCost is done on the spot, and parts are no smaller than partCost; both in
// tenths of a nanosecond.
const (
	splitCost = 80_000
	partCost  = 40_000
)

// elementwise is Map: a program over all of its elements.
type elementwise struct {
	program *program
	chunk   int // elements in a part
	job     *job
}

func (d *device) mapOp(k *compute.Map) (op, error) {
	b := binder{d: d}
	in, out := b.operands(k.In), b.operands(k.Out)
	if b.err != nil {
		return nil, b.err
	}
	if at := decision(k.Expr, k.In); at >= 0 && k.Dims.Size() >= decidedSize {
		return d.decided(k, at, in, out), nil
	}
	return d.elementwise(k.Expr, k.Dims, in, out), nil
}

func (d *device) elementwise(x *compute.Expr, dims compute.Dims, in, out []operand) *elementwise {
	e := &elementwise{program: compile(x, dims, in, out)}
	var parts int
	e.chunk, parts = cut(e.program.size, e.program.cost, blockWords)
	e.job = newJob(e, parts)
	d.pool.reserve(e.program.slots, e.program.scratch(), 0)
	return e
}

// cut divides size items of a cost each into parts of chunk items, a multiple
// of unit.
func cut(size, cost, unit int) (chunk, parts int) {
	cost = max(cost, 1)
	if size <= unit || size <= splitCost/cost {
		return size, min(size, 1)
	}
	chunk = max(partCost/cost, size/64, 1)
	chunk = (chunk + unit - 1) / unit * unit
	return chunk, (size + chunk - 1) / chunk
}

func (e *elementwise) run(p *pool) {
	if e.job.parts > 0 {
		e.program.start(p.workers[0])
		p.run(e.job)
	}
}

func (e *elementwise) part(w *worker, i int) {
	e.program.begin(w)
	e.program.over(w, i*e.chunk, min((i+1)*e.chunk, e.program.size))
}
