package graph

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// evaluator computes tensors one element at a time in float64: the simple
// implementation that compiled programs are tested against.
type evaluator struct {
	vars map[*Variable][]float64
	memo map[*Tensor][]float64
}

func newEvaluator(vars map[*Variable][]float64) *evaluator {
	return &evaluator{vars: vars, memo: map[*Tensor][]float64{}}
}

// each calls f with the coordinates of every element of shape, in order.
func each(shape []int, f func(at int, c []int)) {
	n := sizeOf(shape)
	c := make([]int, len(shape))
	for i := range n {
		f(i, c)
		for a := len(shape) - 1; a >= 0; a-- {
			if c[a]++; c[a] < shape[a] {
				break
			}
			c[a] = 0
		}
	}
}

func place(c, strides []int) int {
	n := 0
	for i := range c {
		n += c[i] * strides[i]
	}
	return n
}

func (e *evaluator) eval(t *Tensor) []float64 {
	if v, ok := e.memo[t]; ok {
		return v
	}
	v := e.compute(t)
	if len(v) != t.Size() {
		panic(fmt.Sprintf("evaluator: %v gave %d values", t, len(v)))
	}
	e.memo[t] = v
	return v
}

func (e *evaluator) compute(t *Tensor) []float64 {
	out := make([]float64, t.Size())
	arg := func(i int) []float64 { return e.eval(t.args[i]) }
	switch t.kind {
	case kindVar:
		copy(out, e.vars[t.variable])
	case kindConst:
		out[0] = float64(t.value)
		if t.typ != compute.Float {
			out[0] = float64(t.number)
		}
	case kindElem:
		e.elementwise(t, out)
	case kindReshape, kindStop, kindAssign:
		copy(out, arg(0))
	case kindPack:
		copy(out, e.vars[t.variable])
		for i := range t.args {
			copy(out[t.offsets[i]:], arg(i))
		}
	case kindPermute:
		x, s := arg(0), contiguous(t.args[0].shape)
		each(t.shape, func(at int, c []int) {
			n := 0
			for i, p := range t.axes {
				n += c[i] * s[p]
			}
			out[at] = x[n]
		})
	case kindSlice:
		x, s := arg(0), contiguous(t.args[0].shape)
		each(t.shape, func(at int, c []int) { out[at] = x[place(c, s)+place(t.axes, s)] })
	case kindPad:
		x, s := arg(0), contiguous(t.shape)
		each(t.args[0].shape, func(at int, c []int) { out[place(c, s)+place(t.axes, s)] = x[at] })
	case kindBroadcast:
		x := t.args[0]
		s := stretch(x.shape, contiguous(x.shape), t.shape)
		each(t.shape, func(at int, c []int) { out[at] = arg(0)[place(c, s)] })
	case kindConcat:
		from, s := 0, contiguous(t.shape)
		for i, p := range t.args {
			x := arg(i)
			each(p.shape, func(at int, c []int) { out[place(c, s)+from*s[t.axes[0]]] = x[at] })
			from += p.shape[t.axes[0]]
		}
	case kindMatMul:
		e.matmul(t, out)
	case kindReduce:
		e.reduce(t, out)
	case kindSoftmax:
		rows, cols := rowsOf(t.shape)
		for r := range rows {
			softmaxRow(arg(0)[r*cols:(r+1)*cols], out[r*cols:(r+1)*cols], t.log)
		}
	case kindCrossEntropy, kindCrossEntropyGrad:
		e.crossEntropy(t, out)
	case kindGather:
		width := sizeOf(t.args[0].shape[1:])
		rows, start := t.Size()/max(width, 1), 0
		if len(t.args) > 2 {
			start = int(arg(2)[0]) * t.stride
		}
		for i := range rows * max(t.sum, 1) {
			for k := range width {
				out[i/max(t.sum, 1)*width+k] += arg(0)[int(arg(1)[start+i])*width+k]
			}
		}
	case kindScatter:
		width := sizeOf(t.shape[1:])
		for i, r := range arg(1) {
			for k := range width {
				out[int(r)*width+k] += arg(0)[i*width+k]
			}
		}
	case kindSparseMatMul, kindSparseMatMulT:
		e.sparse(t, out)
	default:
		panic("evaluator does not know " + t.kind.String())
	}
	return out
}

func (e *evaluator) elementwise(t *Tensor, out []float64) {
	types := make([]compute.Type, 0, len(t.args))
	args := make([][]float64, len(t.args))
	strides := make([][]int, len(t.args))
	for i, a := range t.args {
		typ := a.typ
		if typ == compute.Bool {
			typ = compute.Float
		}
		types = append(types, typ)
		args[i] = e.eval(a)
		strides[i] = stretch(a.shape, contiguous(a.shape), t.shape)
	}
	builder := compute.NewBuilder(types...)
	in := make([]compute.Value, len(t.args))
	for i, a := range t.args {
		in[i] = builder.Input(i)
		if a.typ == compute.Bool {
			in[i] = builder.Apply(compute.OpLess, builder.Float(0), in[i])
		}
	}
	var v compute.Value
	if t.op == compute.OpRandom {
		v = builder.Random(in[0], in[1], t.number)
	} else {
		v = builder.Apply(t.op, in...)
	}
	if t.typ == compute.Bool {
		v = builder.Apply(compute.OpToFloat, v)
	}
	expr := builder.MustBuild(v)
	each(t.shape, func(at int, c []int) {
		values := make([]float64, len(args))
		for i := range args {
			values[i] = args[i][place(c, strides[i])]
		}
		out[at] = expr.Eval(values, at)[0]
	})
}

func (e *evaluator) matmul(t *Tensor, out []float64) {
	a, b := t.args[0], t.args[1]
	x, y := e.eval(a), e.eval(b)
	n := len(t.shape)
	rows, cols := t.shape[n-2], t.shape[n-1]
	ar, ac := a.shape[len(a.shape)-2], a.shape[len(a.shape)-1]
	br, bc := b.shape[len(b.shape)-2], b.shape[len(b.shape)-1]
	k := ac
	if t.ta {
		k = ar
	}
	for batch := range sizeOf(t.shape[:n-2]) {
		xa, yb := x[batch*ar*ac:], y
		if len(b.shape) > 2 {
			yb = y[batch*br*bc:]
		}
		for i := range rows {
			for j := range cols {
				s := 0.0
				for l := range k {
					u, v := i*ac+l, l*bc+j
					if t.ta {
						u = l*ac + i
					}
					if t.tb {
						v = j*bc + l
					}
					s += xa[u] * yb[v]
				}
				out[(batch*rows+i)*cols+j] = s
			}
		}
	}
}

func (e *evaluator) reduce(t *Tensor, out []float64) {
	x := t.args[0]
	s := contiguous(t.shape)
	for _, a := range t.axes {
		s[a] = 0
	}
	best := make([]float64, len(out))
	for i := range out {
		best[i] = math.Inf(-1)
	}
	seen := make([]int, len(out))
	each(x.shape, func(at int, c []int) {
		v, to := e.eval(x)[at], place(c, s)
		switch t.red {
		case compute.ReduceSum:
			out[to] += v
		case compute.ReduceMax:
			best[to] = math.Max(best[to], v)
			out[to] = best[to]
		case compute.ReduceArgMax:
			if v > best[to] {
				best[to], out[to] = v, float64(seen[to])
			}
			seen[to]++
		}
	})
}

func softmaxRow(x, out []float64, log bool) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range x {
		top = math.Max(top, v)
	}
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	for i, v := range x {
		out[i] = v - top - math.Log(sum)
		if !log {
			out[i] = math.Exp(out[i])
		}
	}
}

func (e *evaluator) crossEntropy(t *Tensor, out []float64) {
	logits, targets := t.args[0], t.args[1]
	rows, cols := rowsOf(logits.shape)
	p, logp := make([]float64, cols), make([]float64, cols)
	for r := range rows {
		row := e.eval(logits)[r*cols : (r+1)*cols]
		softmaxRow(row, p, false)
		softmaxRow(row, logp, true)
		want := make([]float64, cols)
		if targets.typ == compute.Int {
			want[int(e.eval(targets)[r])] = 1
		} else {
			copy(want, e.eval(targets)[r*cols:])
		}
		loss, total := 0.0, 0.0
		for i := range cols {
			loss -= want[i] * logp[i]
			total += want[i]
		}
		if t.kind == kindCrossEntropy {
			out[r] = loss
			continue
		}
		for i := range cols {
			out[r*cols+i] = float64(t.value) * (p[i]*total - want[i])
		}
	}
}

func (e *evaluator) sparse(t *Tensor, out []float64) {
	s, b := t.sparse, e.eval(t.args[0])
	n := t.shape[1]
	for i := range s.Rows {
		row := i
		if s.Index != nil {
			at := i
			if s.Cursor != nil {
				at += int(e.vars[s.Cursor][0]) * s.Stride
			}
			row = int(e.vars[s.Index][at])
		}
		for k := int(e.vars[s.RowPtr][row]); k < int(e.vars[s.RowPtr][row+1]); k++ {
			col, v := int(e.vars[s.Col][k]), 1.0
			if s.Val != nil {
				v = e.vars[s.Val][k]
			}
			for j := range n {
				if t.kind == kindSparseMatMul {
					out[i*n+j] += v * b[col*n+j]
				} else {
					out[col*n+j] += v * b[i*n+j]
				}
			}
		}
	}
}
