package cpu_fallback

import "unsafe"

// lanes is how many running results a fold keeps: what the widest vector
// holds. It is the same on every processor, and with it the order of a sum.
const lanes = 16

// sumOf is the sum of x: 16 running sums of float32 over stretches short
// enough that they lose little, added up in float64.
func (w *worker) sumOf(x []float32) float64 {
	const stretch = 32 * lanes
	total := 0.0
	for len(x) > 0 {
		n := min(len(x), stretch)
		total += float64(w.shortSum(x[:n]))
		x = x[n:]
	}
	return total
}

func (w *worker) shortSum(x []float32) float32 {
	s := &w.lanes
	clear(s[:])
	whole := len(x) / lanes
	if whole > 0 {
		active.sumLanes(&s[0], &x[0], whole)
	}
	for i, v := range x[whole*lanes:] {
		s[i] += v
	}
	for half := lanes / 2; half > 0; half /= 2 {
		for i := range half {
			s[i] += s[i+half]
		}
	}
	return s[0]
}

// maxOf is the largest of x, NaN if any is, -Inf if there is none.
func (w *worker) maxOf(x []float32) float32 {
	l := w.lanes[:]
	fill(l, negInf)
	whole := len(x) / lanes
	if whole > 0 {
		active.maxLanes(&l[0], &x[0], whole)
	}
	x = x[whole*lanes:]
	maxLoop(l[:len(x)], l[:len(x)], x, nil)
	for half := lanes / 2; half > 0; half /= 2 {
		maxLoop(l[:half], l[:half], l[half:2*half], nil)
	}
	return l[0]
}

// sumLanes is lane[i] += x[16 t + i] for all rows t.
func sumLanes(lane, x *float32, rows int) {
	l, v := unsafe.Slice(lane, lanes), unsafe.Slice(x, rows*lanes)
	for ; len(v) >= lanes; v = v[lanes:] {
		for i := range l {
			l[i] += v[i]
		}
	}
}

// maxLanes is lane[i] = max(lane[i], x[16 t + i]) for all rows t.
func maxLanes(lane, x *float32, rows int) {
	l, v := unsafe.Slice(lane, lanes), unsafe.Slice(x, rows*lanes)
	for ; len(v) >= lanes; v = v[lanes:] {
		for i := range l {
			l[i] = max(l[i], v[i])
		}
	}
}

// argMaxOf is the position of the first largest of x; NaN counts as largest.
func argMaxOf(x []float32) int {
	best := 0
	for i, v := range x {
		if larger(v, x[best]) {
			best = i
		}
	}
	return best
}

// larger orders float32 with NaN above all else.
func larger(a, b float32) bool { return a > b || a != a && b == b }
