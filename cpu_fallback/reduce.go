package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// reduction is Reduce. It comes in two kinds: along, where the last axis of
// the layout is reduced, and across, where it is kept. Either cuts the work
// into units that depend only on the shape, keeps a partial result for each
// unit where several units meet in one element, and combines them in order.
type reduction struct {
	op      compute.ReduceOp
	program *program
	out     operand
	reduced [compute.MaxAxes]bool // of the layout's axes

	kept              int       // elements of the result, or rows of them for across
	rounds            int       // outer elements (or rows) combined into each
	segment, segments int       // along: pieces of the last axis; across: of the rounds
	tiles             int       // across: pieces of the last axis
	values            []float64 // partial results
	positions         []int32   // of partial argmaxes
	chunk             int       // units in a part
	job               *job
	combine           *job
	combined          int // elements of the result in a part of combine
}

// reduce binds Reduce: one reduction for each result, since a pass over
// elements in cache costs little, and what follows them.
func (d *device) reduce(k *compute.Reduce) (op, error) {
	if len(k.More) == 0 && k.Then == nil {
		return d.reduceOne(k)
	}
	var all sequence
	for i, out := range k.Results() {
		one := *k
		one.Expr, one.Out, one.More, one.Then = k.Expr.Output(i), out, nil, nil
		o, err := d.reduceOne(&one)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	if k.Then != nil {
		o, err := d.mapOp(k.Then)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// sequence is several ops in order.
type sequence []op

func (s sequence) run(p *pool) {
	for _, o := range s {
		o.run(p)
	}
}

func (d *device) reduceOne(k *compute.Reduce) (op, error) {
	b := binder{d: d}
	in := b.operands(k.In)
	out := operand{k.Out, b.words(k.Out.View)}
	if b.err != nil {
		return nil, b.err
	}
	r := &reduction{op: k.Op, out: out}
	split := func(a, b int) bool { return k.Axes[a] != k.Axes[b] }
	if k.Kept().Size() == 0 {
		r.job = newJob(r, 0)
		return r, nil
	}
	if k.Reduced() == 0 {
		return d.reduceNothing(k)
	}
	r.program = compileWith(k.Expr, k.Dims, in, nil, k.Out.Strides, split)
	p := r.program
	r.kept, r.rounds = 1, 1
	last := compute.MaxAxes - 1
	for a := range p.dims {
		r.reduced[a] = p.dims[a] != 1 && k.Axes[p.origin[a]]
		if a < last && r.reduced[a] {
			r.rounds *= p.dims[a]
		} else if a < last {
			r.kept *= p.dims[a]
		}
	}
	if r.reduced[last] || p.inner() == 1 {
		r.cutAlong()
	} else {
		r.cutAcross()
	}
	d.pool.reserve(p.slots, p.scratch(), 0)
	return r, nil
}

// reduceNothing fills the result with the reduction of no elements.
func (d *device) reduceNothing(k *compute.Reduce) (op, error) {
	x := float32(0)
	if k.Op == compute.ReduceMax {
		x = negInf
	}
	return d.mapOp(&compute.Map{Expr: compute.Constant(x), Dims: k.Kept(), Out: []compute.Operand{k.Out}})
}

func (r *reduction) run(p *pool) {
	if r.job.parts == 0 {
		return
	}
	r.program.start(p.workers[0])
	p.run(r.job)
	if r.combine != nil {
		p.run(r.combine)
	}
}

func (r *reduction) part(w *worker, i int) {
	r.program.begin(w)
	if r.tiles == 0 {
		r.along(w, i)
	} else {
		r.across(w, i)
	}
}

// place is where kept element (or row) i has its first word in the result and
// its first position in the iteration space.
func (r *reduction) place(i int) (word, position int) {
	step := r.program.inner()
	for a := compute.MaxAxes - 2; a >= 0; a-- {
		n := r.program.dims[a]
		if !r.reduced[a] {
			word += i % n * r.program.follow[a]
			position += i % n * step
			i /= n
		}
		step *= n
	}
	return word, position
}

// round is the position, relative to that of place, of outer reduced element i.
func (r *reduction) round(i int) (position int) {
	step := r.program.inner()
	for a := compute.MaxAxes - 2; a >= 0; a-- {
		n := r.program.dims[a]
		if r.reduced[a] {
			position += i % n * step
			i /= n
		}
		step *= n
	}
	return position
}

// partial is one running result.
type partial struct {
	value    float64
	position int
	any      bool
}

// add combines a value at a position with what is there.
func (t *partial) add(op compute.ReduceOp, value float64, position int) {
	switch {
	case !t.any:
		*t = partial{value, position, true}
	case op == compute.ReduceSum:
		t.value += value
	case op == compute.ReduceMax:
		t.value = max(t.value, value)
	case value > t.value || value != value && t.value == t.value:
		t.value, t.position = value, position
	}
}

// store puts a final result into word at of the result.
func (r *reduction) store(at int, t partial) {
	if r.op == compute.ReduceArgMax {
		ints(r.out.data)[at] = int32(t.position)
	} else {
		r.out.data[at] = float32(t.value)
	}
}

// combiner is the second pass of a reduction.
type combiner struct{ *reduction }

// prepareCombine sets up the second pass over n elements, each from pieces
// partial results.
func (r *reduction) prepareCombine(n, pieces int) {
	r.values = make([]float64, n*pieces)
	if r.op == compute.ReduceArgMax {
		r.positions = make([]int32, n*pieces)
	}
	var parts int
	r.combined, parts = cut(n, 20*pieces, 1)
	r.combine = newJob(combiner{r}, parts)
}

func (c combiner) part(_ *worker, i int) {
	r := c.reduction
	pieces := len(r.values) / r.elements()
	columns := 1
	if r.tiles > 0 {
		columns = r.program.inner()
	}
	for e := i * r.combined; e < min((i+1)*r.combined, r.elements()); e++ {
		word, _ := r.place(e / columns)
		column := e % columns
		var t partial
		for s := range pieces {
			at := (e/columns*pieces+s)*columns + column
			position := 0
			if r.positions != nil {
				position = int(r.positions[at])
			}
			t.add(r.op, r.values[at], position)
		}
		r.store(word+column*r.program.follow[compute.MaxAxes-1], t)
	}
}

// elements is the number of elements of the result.
func (r *reduction) elements() int {
	if r.tiles > 0 {
		return r.kept * r.program.inner()
	}
	return r.kept
}

func (r *reduction) keep(at int, t partial) {
	r.values[at] = t.value
	if r.positions != nil {
		r.positions[at] = int32(t.position)
	}
}
