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
		top := w.maxOf(x)
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
	sum := w.sumOf(y)
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
		sum += w.sumOf(e)
		x = x[len(e):]
	}
	return float32(math.Log(sum))
}

// rowCrossEntropy is SoftmaxCrossEntropy.
type rowCrossEntropy struct {
	rows, cols            int
	logits, targets, grad matrix
	labels                []int32
	loss                  []float32
	scale                 float32 // of grad
	chunk                 int
	job                   *job
}

func (d *device) crossEntropy(k *compute.SoftmaxCrossEntropy) (op, error) {
	b := binder{d: d}
	s := &rowCrossEntropy{rows: k.Rows, cols: k.Cols, logits: b.matrix(k.Logits), targets: b.matrix(k.Targets), grad: b.matrix(k.Grad),
		labels: ints(b.words(k.Labels)), loss: b.words(k.Loss), scale: k.GradScale()}
	if b.err != nil {
		return nil, b.err
	}
	// Without columns Labels may be given all the same, and Targets be empty.
	if k.Targets.Empty() {
		s.targets.data = nil
	}
	var parts int
	s.chunk, parts = cut(s.rows, 60*s.cols+200, 1)
	s.job = newJob(s, parts)
	return s, nil
}

func (s *rowCrossEntropy) run(p *pool) { p.run(s.job) }

func (s *rowCrossEntropy) part(w *worker, i int) {
	lo, hi := i*s.chunk, min((i+1)*s.chunk, s.rows)
	if s.cols > 0 && s.cols <= fewClasses {
		s.few(w, lo, hi)
		return
	}
	for r := lo; r < hi; r++ {
		x := s.row(s.logits, r)
		if s.targets.data == nil {
			s.loss[r] = s.label(w, x, r)
		} else {
			s.loss[r] = s.distribution(w, x, r)
		}
		if s.scale != 1 && s.grad.data != nil {
			g := s.row(s.grad, r)
			w.single[0] = s.scale
			mulSingleLoop(g, g, w.single[:], nil)
		}
	}
}

func (s *rowCrossEntropy) row(m matrix, r int) []float32 {
	if s.cols == 0 {
		return nil
	}
	return m.row(r, s.cols)
}

// label is the loss of row r with a class number; the gradient is stored.
func (s *rowCrossEntropy) label(w *worker, x []float32, r int) float32 {
	class := int(s.labels[r])
	if class < 0 || class >= s.cols {
		if s.grad.data != nil {
			fill(s.row(s.grad, r), float32(math.NaN()))
		}
		return float32(math.NaN())
	}
	top := w.maxOf(x)
	score := x[class] - top // before Grad, which may be x, overwrites it
	if s.grad.data == nil {
		return w.logSumExp(x, top) - score
	}
	g := s.row(s.grad, r)
	sum := w.softmax(g, x, top)
	g[class]--
	return float32(math.Log(sum)) - score
}

// distribution is the loss of row r with a row of targets.
func (s *rowCrossEntropy) distribution(w *worker, x []float32, r int) float32 {
	if len(x) == 0 {
		return 0
	}
	top := w.maxOf(x)
	target := s.row(s.targets, r)
	// Both terms of the loss are sums of one sign. They come before Grad,
	// which may be x, overwrites it.
	below, total := 0.0, 0.0
	for i, t := range target {
		if t != 0 {
			below += float64(t) * float64(top-x[i])
			total += float64(t)
		}
	}
	var logSum float64
	if s.grad.data == nil {
		logSum = float64(w.logSumExp(x, top))
	} else {
		g := s.row(s.grad, r)
		logSum = math.Log(w.softmax(g, x, top))
		w.single[0] = float32(total)
		mulSingleLoop(g, g, w.single[:], nil)
		subLoop(g, g, target, nil)
	}
	if total == 0 { // 0 times NaN would be NaN
		return float32(below)
	}
	return float32(below + total*logSum)
}
