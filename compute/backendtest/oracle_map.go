package backendtest

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// inputs loads all operands of an Expr for one element.
func (o *outcome) inputs(values []float64, e *compute.Expr, in []compute.Operand, at compute.Dims) []float64 {
	values = values[:0]
	for i, x := range in {
		values = append(values, o.load(x, e.Inputs[i], at))
	}
	return values
}

func (o *outcome) mapKernel(k *compute.Map) {
	var in []float64
	each(k.Dims, func(at compute.Dims, element int) {
		in = o.inputs(in, k.Expr, k.In, at)
		for i, v := range k.Expr.Eval(in, element) {
			o.store(k.Expr, i, k.Out[i], at, v, math.Abs(v))
		}
	})
}

// total is the running result of one reduction.
type total struct {
	sum, size float64 // of the terms and of their magnitudes
	best      float64
	at        int // which one best is, -1 before the first
	n         int
}

func (t *total) add(x float64) {
	t.sum += x
	t.size += math.Abs(x)
	if t.n == 0 || x > t.best || math.IsNaN(x) && !math.IsNaN(t.best) {
		t.best, t.at = x, t.n
	}
	t.n++
}

func (o *outcome) reduce(k *compute.Reduce) {
	kept := k.Kept()
	results := k.Results()
	totals := make([][]total, len(results)) // of each result, by place
	for i := range totals {
		totals[i] = make([]total, kept.Size())
	}
	place := kept.Contiguous()
	for a, reduced := range k.Axes {
		if reduced {
			place[a] = 0
		}
	}
	var in []float64
	each(k.Dims, func(at compute.Dims, element int) {
		in = o.inputs(in, k.Expr, k.In, at)
		for i, v := range k.Expr.Eval(in, element) {
			totals[i][place.Index(at)].add(v)
		}
	})
	for i, out := range results {
		each(kept, func(at compute.Dims, element int) {
			t, to := totals[i][element], out.Strides.Index(at)
			switch {
			case k.Op == compute.ReduceArgMax:
				o.word(out.View, to, uint32(t.at))
			case k.Op == compute.ReduceSum:
				o.float(out.View, to, t.sum, t.size)
			case t.n == 0:
				o.float(out.View, to, math.Inf(-1), 0)
			default:
				o.float(out.View, to, t.best, math.Abs(t.best))
			}
		})
	}
	if k.Then != nil {
		o.follow(k.Then)
	}
}

func (o *outcome) copyKernel(k *compute.Copy) {
	each(k.Dims, func(at compute.Dims, _ int) {
		o.word(k.Out.View, k.Out.Strides.Index(at), o.bits(k.In.View, k.In.Strides.Index(at)))
	})
}
