package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// alongSegment is the longest stretch of the last axis that one unit reduces.
const alongSegment = 32 * blockWords

// cutAlong plans a reduction whose last axis is reduced. A unit is one segment
// of the last axis at one place of the others.
func (r *reduction) cutAlong() {
	n := r.program.inner()
	r.segments = (n + alongSegment - 1) / alongSegment
	r.segment = min(n, alongSegment)
	if r.segments*r.rounds > 1 {
		r.prepareCombine(r.kept, r.rounds*r.segments)
	}
	var parts int
	r.chunk, parts = cut(r.kept*r.rounds*r.segments, (r.program.cost+4)*r.segment+20, 1)
	r.job = newJob(r, parts)
}

// along reduces the units of part i. Units are numbered by kept element, then
// round, then segment.
func (r *reduction) along(w *worker, i int) {
	lo, hi := i*r.chunk, min((i+1)*r.chunk, r.kept*r.rounds*r.segments)
	// Short rows that follow each other in memory share a block.
	if r.rounds == 1 && r.segments == 1 && r.segment <= blockWords/2 && r.program.contiguousKept(r.reduced) {
		r.shortRows(w, lo, hi)
		return
	}
	for u := lo; u < hi; u++ {
		kept, round, segment := u/(r.rounds*r.segments), u/r.segments%r.rounds, u%r.segments
		word, first := r.place(kept)
		from := segment * r.segment
		to := min(from+r.segment, r.program.inner())
		t := r.stretch(w, first+r.round(round)+from, to-from)
		t.position += round*r.program.inner() + from
		if r.combine == nil {
			r.store(word, t)
		} else {
			r.keep(u, t)
		}
	}
}

// contiguousKept is true when the kept elements come in the order of their
// rows, which is so when no outer axis is reduced.
func (p *program) contiguousKept(reduced [compute.MaxAxes]bool) bool {
	for a := range compute.MaxAxes - 1 {
		if reduced[a] {
			return false
		}
	}
	return true
}

// stretch reduces n elements from a position on.
func (r *reduction) stretch(w *worker, position, n int) (t partial) {
	p := r.program
	for at := 0; at < n; {
		b := min(blockWords, n-at)
		p.shorten(w, b)
		p.block(w, position+at, b)
		r.row(w, &t, w.slots[p.result][:b], at)
		at += b
	}
	return t
}

// row adds a row of values, the first of which has position at, to t.
func (r *reduction) row(w *worker, t *partial, x []float32, at int) {
	switch r.op {
	case compute.ReduceSum:
		t.add(r.op, sumOf(x), 0)
	case compute.ReduceMax:
		t.add(r.op, float64(maxOf(x)), 0)
	default:
		best := argMaxOf(x)
		t.add(r.op, float64(x[best]), at+best)
	}
}

// shortRows reduces rows [lo, hi), as many at a time as fit a block.
func (r *reduction) shortRows(w *worker, lo, hi int) {
	p := r.program
	n := p.inner()
	for row := lo; row < hi; {
		rows := min(blockWords/n, hi-row)
		p.shorten(w, rows*n)
		p.block(w, row*n, rows*n)
		values := w.slots[p.result][:rows*n]
		for i := range rows {
			var t partial
			r.row(w, &t, values[i*n:(i+1)*n], 0)
			word, _ := r.place(row + i)
			r.store(word, t)
		}
		row += rows
	}
}
