package cpu_fallback

import "math"

// fewClasses is how many columns a row of logits has at most for several rows
// to share a block: calling vector loops for a row costs more than they do.
const fewClasses = 32

// few is the cross-entropy of rows [lo, hi) of few columns.
func (s *rowCrossEntropy) few(w *worker, lo, hi int) {
	for at := lo; at < hi; {
		n := min(blockWords/s.cols, hi-at)
		e := w.block[:n*s.cols]
		for i := range n {
			row := e[i*s.cols : (i+1)*s.cols]
			lower(row, s.row(s.logits, at+i))
			w.sums[i], w.totals[i] = s.known(row, at+i)
		}
		expLoop(e, e, nil, nil)
		for i := range n {
			row := e[i*s.cols : (i+1)*s.cols]
			sum := total(row)
			loss := w.sums[i]
			if t := w.totals[i]; t != 0 { // 0 times NaN would be NaN
				loss += t * math.Log(sum)
			}
			s.loss[at+i] = float32(loss)
			if s.grad.data != nil {
				s.slope(row, at+i, float32(1/sum), float32(w.totals[i]))
			}
		}
		at += n
	}
}

// lower is y = x - max x.
func lower(y, x []float32) {
	y = y[:len(x)]
	top := x[0]
	for _, v := range x {
		if larger(v, top) {
			top = v
		}
	}
	for j, v := range x {
		y[j] = v - top
	}
}

// total is the sum of a short x.
func total(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return sum
}

// known is what the targets of row r add to its loss by themselves, given the
// logits less the largest, and the sum of the targets.
func (s *rowCrossEntropy) known(x []float32, r int) (loss, sum float64) {
	if s.targets.data == nil {
		class := int(s.labels[r])
		if class < 0 || class >= s.cols {
			return math.NaN(), math.NaN()
		}
		return -float64(x[class]), 1
	}
	for j, t := range s.row(s.targets, r) {
		if t != 0 {
			loss -= float64(t) * float64(x[j])
			sum += float64(t)
		}
	}
	return loss, sum
}

// slope stores the gradient of row r: x, its logits' exponentials, over their
// sum, less the targets.
func (s *rowCrossEntropy) slope(x []float32, r int, unit, sum float32) {
	g := s.row(s.grad, r)
	if s.targets.data == nil {
		for j, v := range x {
			g[j] = v * unit * sum * s.scale
		}
		if sum == sum {
			class := s.labels[r]
			g[class] = (x[class]*unit - 1) * s.scale
		}
		return
	}
	for j, t := range s.row(s.targets, r) {
		g[j] = (x[j]*unit*sum - t) * s.scale
	}
}
