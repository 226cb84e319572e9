package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// rowSoftmax is Softmax.
type rowSoftmax struct {
	rows, cols int
	in, out    matrix
	log        bool
	chunk      int
	job        *job
}

func (d *device) softmax(k *compute.Softmax) (op, error) {
	b := binder{d: d}
	s := &rowSoftmax{rows: k.Rows, cols: k.Cols, in: b.matrix(k.In), out: b.matrix(k.Out), log: k.Log}
	if b.err != nil {
		return nil, b.err
	}
	var parts int
	if s.cols > 0 {
		s.chunk, parts = cut(s.rows, 30*s.cols+100, 1)
	}
	s.job = newJob(s, parts)
	return s, nil
}

func (s *rowSoftmax) run(p *pool) { p.run(s.job) }

func (s *rowSoftmax) part(w *worker, i int) {
	for r := i * s.chunk; r < min((i+1)*s.chunk, s.rows); r++ {
		x, y := s.in.row(r, s.cols), s.out.row(r, s.cols)
		top := maxOf(x)
		if s.log {
			shift := w.logSumExp(x, top)
			for i := range y {
				y[i] = x[i] - top - shift
			}
		} else {
			w.softmax(y, x, top)
		}
	}
}

// softmax is y = exp(x - top) / sum, with top the largest of x, and returns the
// sum. y may be x.
func (w *worker) softmax(y, x []float32, top float32) float64 {
	w.single[0] = top
	subSingleLoop(y, x, w.single[:], nil)
	expLoop(y, y, nil, nil)
	sum := sumOf(y)
	w.single[0] = float32(1 / sum)
	mulSingleLoop(y, y, w.single[:], nil)
	return sum
}

// logSumExp is log sum exp(x - top), with top the largest of x.
func (w *worker) logSumExp(x []float32, top float32) float32 {
	sum := 0.0
	for len(x) > 0 {
		e := w.block[:min(len(x), blockWords)]
		w.single[0] = top
		subSingleLoop(e, x[:len(e)], w.single[:], nil)
		expLoop(e, e, nil, nil)
		sum += sumOf(e)
		x = x[len(e):]
	}
	return float32(math.Log(sum))
}
