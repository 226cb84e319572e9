package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// float32Rows is how many rows are added up in float32 before their sum goes
// to a float64: few enough to lose little, many enough that the conversion
// does not show.
const float32Rows = 32

// cutAcross plans a reduction whose last axis is kept. A unit is one tile of
// the last axis, at one place of the other kept axes, over one segment of the
// rounds.
func (r *reduction) cutAcross() {
	n := r.program.inner()
	r.tiles = (n + blockWords - 1) / blockWords
	r.segments = 1
	cost := func(ofElement int) int { return (ofElement + 6) * min(n, blockWords) }
	// Rounds are cut only where there is too little to share out otherwise. That
	// decides the order of the additions.
	if whole := r.kept * r.tiles; whole < 8 && r.rounds > 2*float32Rows && whole*cost(r.program.stepCost) > splitCost/r.rounds {
		r.segments = min(16, r.rounds/float32Rows)
	}
	r.segment = (r.rounds + r.segments - 1) / r.segments
	r.segments = (r.rounds + r.segment - 1) / r.segment
	if r.segments > 1 {
		r.prepareCombine(r.kept*n, r.segments)
	}
	var parts int
	r.chunk, parts = cut(r.kept*r.segments*r.tiles, cost(r.program.cost)*r.segment+100, 1)
	r.job = newJob(r, parts)
}

// across reduces the units of part i. Units are numbered by kept row, then
// segment, then tile.
func (r *reduction) across(w *worker, i int) {
	n := r.program.inner()
	for u := i * r.chunk; u < min((i+1)*r.chunk, r.kept*r.segments*r.tiles); u++ {
		kept, segment, tile := u/(r.segments*r.tiles), u/r.tiles%r.segments, u%r.tiles
		word, first := r.place(kept)
		c0 := tile * blockWords
		c1 := min(c0+blockWords, n)
		r.columns(w, first+c0, c1-c0, segment*r.segment, min((segment+1)*r.segment, r.rounds))
		step := r.program.follow[compute.MaxAxes-1]
		for c := range c1 - c0 {
			t := partial{value: w.sums[c], position: int(w.positions[c])}
			if r.combine == nil {
				r.store(word+(c0+c)*step, t)
			} else {
				r.keep((kept*r.segments+segment)*n+c0+c, t)
			}
		}
	}
}

// columns reduces rounds [from, to) of n neighbouring columns, the first of
// them at position first, into w.sums and w.positions. Rows that follow each
// other in memory share a block when all of their columns are wanted, and acc
// has a row for each: one long loop costs less than many short ones.
func (r *reduction) columns(w *worker, first, n, from, to int) {
	p := r.program
	clear(w.sums[:n])
	runs := 1
	if a := compute.MaxAxes - 2; n == p.inner() && r.reduced[a] {
		runs = p.dims[a]
	}
	wide := 1
	if r.op != compute.ReduceArgMax {
		wide = max(1, min(blockWords/n, runs, to-from))
	}
	acc := w.block[:wide*n]
	clear(acc)
	if r.op == compute.ReduceMax {
		fill(acc, negInf)
	}
	pending := 0 // rows added to a row of acc that are not in w.sums
	for round := from; round < to; {
		rows := min(blockWords/n, runs-round%runs, to-round)
		p.shorten(w, rows*n)
		p.block(w, first+r.round(round), rows*n)
		values := w.slots[p.result][:rows*n]
		for i := 0; i < rows; i += wide {
			x := values[i*n : min(i+wide, rows)*n]
			r.accumulate(w, acc[:len(x)], x, round+i, round+i == from)
			if pending++; r.op == compute.ReduceSum && pending == float32Rows {
				flush(w.sums[:n], r.fold(acc, n))
				clear(acc)
				pending = 0
			}
		}
		round += rows
	}
	acc = r.fold(acc, n)
	if r.op == compute.ReduceSum {
		flush(w.sums[:n], acc)
		return
	}
	for c, x := range acc {
		w.sums[c] = float64(x)
	}
}

// accumulate combines the next rows, from number round on, with acc.
func (r *reduction) accumulate(w *worker, acc, x []float32, round int, first bool) {
	switch {
	case r.op == compute.ReduceSum:
		addLoop(acc, acc, x, nil)
	case r.op == compute.ReduceMax:
		maxLoop(acc, acc, x, nil)
	default:
		for c, v := range x {
			if first || larger(v, acc[c]) {
				acc[c], w.positions[c] = v, int32(round)
			}
		}
	}
}

// fold combines rows of n columns into the first of them, by halves.
func (r *reduction) fold(acc []float32, n int) []float32 {
	for rows := len(acc) / n; rows > 1; {
		half := rows / 2
		x, y := acc[:half*n], acc[(rows-half)*n:rows*n]
		if r.op == compute.ReduceSum {
			addLoop(x, x, y, nil)
		} else {
			maxLoop(x, x, y, nil)
		}
		rows -= half
	}
	return acc[:n]
}

func flush(sums []float64, acc []float32) {
	acc = acc[:len(sums)]
	for c := range sums {
		sums[c] += float64(acc[c])
	}
}
