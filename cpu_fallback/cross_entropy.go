package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// rowCrossEntropy is SoftmaxCrossEntropy.
type rowCrossEntropy struct {
	rows, cols      int
	logits, targets matrix
	labels          []int32 // where there are no targets
	loss            []float32
	blocks          *crossEntropyBlocks // nil where neither a gradient is wanted nor memory is worth the while
	chunk           int
	job             *job
}

func (d *device) crossEntropy(k *compute.SoftmaxCrossEntropy) (op, error) {
	b := binder{d: d}
	s := &rowCrossEntropy{rows: k.Rows, cols: k.Cols, logits: b.matrix(k.Logits), targets: b.matrix(k.Targets), labels: ints(b.words(k.Labels)), loss: b.words(k.Loss)}
	grad := b.matrix(k.Grad)
	if b.err != nil {
		return nil, b.err
	}
	// Without columns Labels may be given all the same, and Targets be empty.
	if k.Targets.Empty() {
		s.targets.data = nil
	}
	if n := k.Rows * k.Cols; n > 0 && (!k.Grad.Empty() || n <= mostExponentials) {
		s.blocks = d.crossEntropyBlocks(k, s, grad)
	}
	var parts int
	s.chunk, parts = cut(s.rows, 20*s.cols+400, 1)
	s.job = newJob(s, parts)
	return s, nil
}

func (s *rowCrossEntropy) run(p *pool) {
	if s.blocks != nil {
		s.blocks.start(p.workers[0])
	}
	p.run(s.job)
}

func (s *rowCrossEntropy) part(w *worker, i int) {
	lo, hi := i*s.chunk, min((i+1)*s.chunk, s.rows)
	if s.blocks != nil {
		// As many rows at a time as stay in the L1 cache, and one at least.
		step := max(1, 4*blockWords/s.cols)
		for at := lo; at < hi; at += step {
			s.blocks.rows(w, s, at, min(at+step, hi))
		}
		return
	}
	for r := lo; r < hi; r++ {
		x := s.row(s.logits, r)
		top := maxOf(x)
		loss, weight := s.known(x, top, r)
		if weight != 0 { // 0 times NaN would be NaN
			loss += weight * float64(w.logSumExp(x, top))
		}
		s.loss[r] = float32(loss)
	}
}

func (s *rowCrossEntropy) row(m matrix, r int) []float32 {
	if s.cols == 0 {
		return nil
	}
	return m.row(r, s.cols)
}

// known is what the targets of row r add to its loss by themselves, given the
// largest of its logits, and the sum of the targets. Both are NaN for a label
// that is no class.
func (s *rowCrossEntropy) known(x []float32, top float32, r int) (loss, weight float64) {
	if s.targets.data == nil {
		class := int(s.labels[r])
		if class < 0 || class >= s.cols {
			return math.NaN(), math.NaN()
		}
		return float64(top - x[class]), 1
	}
	for j, t := range s.row(s.targets, r) {
		if t != 0 {
			loss += float64(t) * float64(top-x[j])
			weight += float64(t)
		}
	}
	return loss, weight
}

// mostExponentials is how many words a kernel without a gradient keeps the
// exponentials of its logits in.
const mostExponentials = 1 << 16

// crossEntropyBlocks is a cross-entropy as two formulas over many rows, with a
// number for each row that is worked out in between.
type crossEntropyBlocks struct {
	grad         matrix   // or memory for the exponentials
	exponentials *program // grad = exp(logits - top)
	slopes       *program // grad = scale (grad unit - targets); nil where no gradient is wanted
	scale        float32
	tops         []float32 // the largest logit of each row
	units        []float32 // the sum of its targets over that of its exponentials
	losses       []float64 // of each row, without the sum of its exponentials
	weights      []float64 // the sum of its targets
}

func (d *device) crossEntropyBlocks(k *compute.SoftmaxCrossEntropy, s *rowCrossEntropy, grad matrix) *crossEntropyBlocks {
	// With a second row, even if there is none, what each row has of its own is
	// not taken for a number that is known when the kernel starts.
	rows := max(k.Rows, 2)
	dims := compute.D(rows, k.Cols)
	out := []operand{{compute.Operand{View: k.Grad.View, Strides: compute.Strides{0, 0, k.Grad.Stride, 1}}, grad.data}}
	if k.Grad.Empty() {
		grad = matrix{data: alignedWords(rows * k.Cols), stride: k.Cols}
		out[0] = operand{compute.Operand{Strides: dims.Contiguous()}, grad.data}
	}
	g := &crossEntropyBlocks{grad: grad, scale: k.GradScale(),
		tops: make([]float32, rows), units: make([]float32, rows), losses: make([]float64, k.Rows), weights: make([]float64, k.Rows)}
	over := func(m compute.Matrix, data matrix) operand {
		return operand{compute.Operand{View: m.View, Strides: compute.Strides{0, 0, m.Stride, 1}}, data.data}
	}
	each := func(x []float32) operand { return operand{compute.Operand{Strides: compute.Strides{0, 0, 1, 0}}, x} }

	b := compute.NewBuilder(compute.Float, compute.Float)
	e := b.MustBuild(b.Apply(compute.OpExp, b.Apply(compute.OpSub, b.Input(0), b.Input(1))))
	g.exponentials = compile(e, dims, []operand{over(k.Logits, s.logits), each(g.tops)}, out)
	d.pool.reserve(g.exponentials.slots, g.exponentials.scratch(), 0)
	if k.Grad.Empty() {
		return g
	}

	in := []operand{out[0], each(g.units)}
	b = compute.NewBuilder(compute.Float, compute.Float)
	if s.targets.data != nil {
		b = compute.NewBuilder(compute.Float, compute.Float, compute.Float)
		in = append(in, over(k.Targets, s.targets))
	}
	slope := b.Apply(compute.OpMul, b.Input(0), b.Input(1))
	if s.targets.data != nil {
		slope = b.Apply(compute.OpSub, slope, b.Input(2))
	}
	if g.scale != 1 {
		slope = b.Apply(compute.OpMul, slope, b.Float(g.scale))
	}
	g.slopes = compile(b.MustBuild(slope), dims, in, out)
	d.pool.reserve(g.slopes.slots, g.slopes.scratch(), 0)
	return g
}

func (g *crossEntropyBlocks) start(w *worker) {
	g.exponentials.start(w)
	if g.slopes != nil {
		g.slopes.start(w)
	}
}

// rows computes losses, and gradients if they are wanted, of rows [lo, hi). Grad may be the logits,
// which are therefore looked at before they are overwritten.
func (g *crossEntropyBlocks) rows(w *worker, s *rowCrossEntropy, lo, hi int) {
	for r := lo; r < hi; r++ {
		x := s.row(s.logits, r)
		g.tops[r] = maxOf(x)
		g.losses[r], g.weights[r] = s.known(x, g.tops[r], r)
	}
	g.exponentials.begin(w)
	g.exponentials.over(w, lo*s.cols, hi*s.cols)
	for r := lo; r < hi; r++ {
		sum, weight := sumOf(g.grad.row(r, s.cols)), g.weights[r]
		loss := g.losses[r]
		if weight != 0 { // 0 times NaN would be NaN
			loss += weight * math.Log(sum)
		}
		s.loss[r] = float32(loss)
		g.units[r] = float32(weight / sum)
		if g.slopes != nil && s.targets.data == nil && weight == weight {
			// The target of the class is 1. Its slope waits in tops for its place.
			e := g.grad.row(r, s.cols)[s.labels[r]]
			g.tops[r] = (e*g.units[r] - 1) * g.scale
		}
	}
	if g.slopes == nil {
		return
	}
	g.slopes.begin(w)
	g.slopes.over(w, lo*s.cols, hi*s.cols)
	if s.targets.data == nil {
		for r := lo; r < hi; r++ {
			if g.weights[r] == g.weights[r] {
				g.grad.row(r, s.cols)[s.labels[r]] = g.tops[r]
			}
		}
	}
}
