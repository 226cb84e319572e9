package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// noPhase is no position within a row.
const noPhase = -1

// start computes what is the same for all elements. It comes once before the
// blocks of a run, and reads operands, so not before the work in front of it.
func (p *program) start(w *worker) {
	for _, r := range p.readOnce {
		p.singles[r.slot-p.single0] = r.data[0]
	}
	if len(p.once) == 0 {
		return
	}
	for i := range p.singles {
		w.slots[p.single0+i] = p.singles[i : i+1 : i+1]
	}
	for i := range p.once {
		s := &p.once[i]
		s.loop(w.slots[s.dst], w.slots[s.x], w.slots[s.y], w.slots[s.z])
	}
}

// begin lays the program's slots out for a worker. It comes after start, and
// once for any number of calls of over.
func (p *program) begin(w *worker) {
	if p.whole != nil {
		return
	}
	w.length = 0
	for i := range p.singles {
		w.slots[p.single0+i] = p.singles[i : i+1 : i+1]
	}
	for _, c := range p.constants {
		r := w.scratch[c.register*blockWords : (c.register+1)*blockWords]
		fill(r[:min(blockWords, p.size)], p.singles[c.single])
	}
}

// over runs the program for the elements [from, to), after begin.
func (p *program) over(w *worker, from, to int) {
	if p.whole != nil {
		p.overWhole(w, from, to)
		return
	}
	for from < to {
		n := min(blockWords, to-from)
		p.shorten(w, n)
		p.block(w, from, n)
		from += n
	}
}

// longestRun is how many elements one call of machine code computes at most.
// Go cannot stop a goroutine within it, and the collector of
// garbage waits for it with all others stopped.
const longestRun = 1 << 16

// overWhole is over for a program that is one loop: whole rows of the layout at
// once, and parts of rows at the ends.
func (p *program) overWhole(w *worker, from, to int) {
	inner := p.inner()
	for from < to {
		count, rows := min(inner-from%inner, to-from, longestRun), 1
		if count == inner {
			outer := p.dims[compute.MaxAxes-2]
			rows = min((to-from)/inner, outer-from/inner%outer, max(longestRun/inner, 1))
		}
		p.whole.rows(p, w, from, rows, count, inner)
		from += rows * count
	}
}

// tile runs the program for rows of n elements, the first of which is at
// position; neighbouring rows are distance positions apart.
func (p *program) tile(w *worker, position, rows, n, distance int) {
	switch {
	case n == distance:
		p.over(w, position, position+rows*n)
	case p.whole != nil:
		p.whole.rows(p, w, position, rows, n, distance)
	default:
		for r := range rows {
			p.over(w, position+r*distance, position+r*distance+n)
		}
	}
}

// shorten makes the registers n words long.
func (p *program) shorten(w *worker, n int) {
	if n == w.length {
		return
	}
	w.length = n
	for i := range p.loads {
		w.phases[i] = noPhase
	}
	for r := range p.registers {
		w.slots[r] = w.scratch[r*blockWords : r*blockWords+n : (r+1)*blockWords]
	}
}

// block runs the program for n elements from position on.
func (p *program) block(w *worker, position, n int) {
	slots := w.slots
	for i := range p.direct {
		d := &p.direct[i]
		slots[d.slot] = d.data[position : position+n : position+n]
	}
	for i := range p.loads {
		t := &p.loads[i]
		switch {
		case t.dense:
			copy(slots[t.slot], t.data[position:position+n])
		case t.period == 0:
			p.gather(slots[t.slot], t.data, t.strides, position)
		case w.phases[i] != position%t.period:
			row := min(t.period, n)
			p.gather(slots[t.slot][:row], t.data, t.strides, position)
			repeat(slots[t.slot], row)
			w.phases[i] = position % t.period
		}
	}
	for i := range p.steps {
		s := &p.steps[i]
		switch {
		case s.fused != nil:
			s.fused.run(p, w, n)
			continue
		case s.random:
			p.uniform(slots, s, position)
			continue
		}
		s.loop(slots[s.dst], slots[s.x], slots[s.y], slots[s.z])
	}
	for i := range p.stores {
		t := &p.stores[i]
		if t.dense {
			copy(t.data[position:position+n], slots[t.slot])
		} else {
			p.scatter(t.data, slots[t.slot], t.strides, position)
		}
	}
}

// repeat fills x with its first n elements, over and over.
func repeat(x []float32, n int) {
	for ; n < len(x); n *= 2 {
		copy(x[n:], x[:n])
	}
}
