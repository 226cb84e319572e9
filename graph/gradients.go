package graph

import (
	"github.com/glearn-go/glearn/compute"
)

// Gradients is the derivative of loss, a float of one element, with respect to
// each of wrt, by reverse accumulation: one rule for each primitive, applied
// from the loss back. A tensor that loss does not depend on gets zeros.
func Gradients(loss *Tensor, wrt ...*Tensor) []*Tensor {
	g := loss.g
	out := make([]*Tensor, len(wrt))
	if loss.Size() != 1 || loss.typ != compute.Float {
		g.Fail("graph: gradients need a loss of one float, got %v", loss)
		for i, w := range wrt {
			out[i] = g.Zeros(w.shape...)
		}
		return out
	}
	leads := dependents(g, wrt)
	// Nodes are numbered in the order of their making, so operands come before
	// what uses them; the walk covers what existed before it began.
	sums := make([]*Tensor, loss.id+1)
	sums[loss.id] = BroadcastTo(g.Const(1), loss.shape...)
	for id := loss.id; id >= 0; id-- {
		t, grad := g.nodes[id], sums[id]
		if grad == nil || !leads[id] {
			continue
		}
		for i, part := range backward(t, grad, func(i int) bool { return leads[t.args[i].id] }) {
			if part == nil {
				continue
			}
			a := t.args[i]
			part = unbroadcast(part, a.shape)
			if sums[a.id] != nil {
				part = Add(sums[a.id], part)
			}
			sums[a.id] = part
		}
	}
	for i, w := range wrt {
		if w.id < len(sums) && sums[w.id] != nil {
			out[i] = sums[w.id]
		} else {
			out[i] = g.Zeros(w.shape...)
		}
	}
	return out
}

// dependents marks the nodes that are, or are computed from, one of wrt.
func dependents(g *Graph, wrt []*Tensor) []bool {
	leads := make([]bool, len(g.nodes))
	for _, w := range wrt {
		leads[w.id] = true
	}
	for id, t := range g.nodes {
		for _, a := range t.args {
			if leads[a.id] && t.kind != kindStop {
				leads[id] = true
			}
		}
	}
	return leads
}

// unbroadcast adds a gradient up over the axes along which its operand was
// repeated.
func unbroadcast(grad *Tensor, shape []int) *Tensor {
	if equal(grad.shape, shape) {
		return grad
	}
	shift := len(grad.shape) - len(shape)
	var axes []int
	for i, d := range grad.shape {
		if i < shift || shape[i-shift] == 1 && d != 1 {
			axes = append(axes, i)
		}
	}
	if len(axes) > 0 {
		grad = SumKeep(grad, axes...)
	}
	return Reshape(grad, shape...)
}

// backward is the gradient that t's gradient gives each of its operands; nil
// where there is none. needs tells which operands matter. A part may still
// have the broadcast shape of t.
func backward(t, grad *Tensor, needs func(i int) bool) []*Tensor {
	parts := make([]*Tensor, len(t.args))
	set := func(i int, f func() *Tensor) {
		if i < len(t.args) && needs(i) {
			parts[i] = f()
		}
	}
	arg := func(i int) *Tensor { return t.args[i] }
	switch t.kind {
	case kindElem:
		for i := range t.args {
			set(i, func() *Tensor { return elementwiseRule(t, i, grad) })
		}
	case kindReshape:
		set(0, func() *Tensor { return Reshape(grad, arg(0).shape...) })
	case kindPermute:
		set(0, func() *Tensor {
			inverse := make([]int, len(t.axes))
			for i, p := range t.axes {
				inverse[p] = i
			}
			return Permute(grad, inverse...)
		})
	case kindSlice:
		set(0, func() *Tensor { return Pad(grad, t.axes, arg(0).shape) })
	case kindPad:
		set(0, func() *Tensor { return Slice(grad, t.axes, arg(0).shape) })
	case kindBroadcast:
		set(0, func() *Tensor { return grad }) // added up by unbroadcast
	case kindConcat:
		from := 0
		for i, a := range t.args {
			at := from
			set(i, func() *Tensor { return SliceAxis(grad, t.axes[0], at, at+a.shape[t.axes[0]]) })
			from += a.shape[t.axes[0]]
		}
	case kindMatMul:
		a, b := arg(0), arg(1)
		set(0, func() *Tensor {
			if t.ta {
				return matmul(b, grad, t.tb, true)
			}
			return matmul(grad, b, false, !t.tb)
		})
		set(1, func() *Tensor {
			var d *Tensor
			if t.tb {
				d = matmul(grad, a, true, t.ta)
			} else {
				d = matmul(a, grad, !t.ta, false)
			}
			if len(d.shape) > len(b.shape) { // b was shared by a batch
				axes := make([]int, len(d.shape)-len(b.shape))
				for i := range axes {
					axes[i] = i
				}
				d = Sum(d, axes...)
			}
			return d
		})
	case kindSparseMatMul:
		set(0, func() *Tensor { return matmul(t.g.Sparse(t.sparse), grad, true, false) })
	case kindSparseMatMulT:
		set(0, func() *Tensor { return matmul(t.g.Sparse(t.sparse), grad, false, false) })
	case kindReduce:
		if t.red == compute.ReduceArgMax {
			break // a whole number: flat
		}
		set(0, func() *Tensor {
			x := arg(0)
			if t.red == compute.ReduceSum {
				return BroadcastTo(grad, x.shape...)
			}
			// Equal largest elements share the gradient.
			ties := ToFloat(Equal(x, t))
			return Mul(ties, Div(grad, SumKeep(ties, t.axes...)))
		})
	case kindSoftmax:
		set(0, func() *Tensor {
			if t.log {
				return Sub(grad, Mul(Exp(t), SumKeep(grad, -1)))
			}
			return Mul(t, Sub(grad, SumKeep(Mul(grad, t), -1)))
		})
	case kindCrossEntropy:
		column := append(append([]int(nil), t.shape...), 1)
		set(0, func() *Tensor {
			slope := Tensor{kind: kindCrossEntropyGrad, typ: compute.Float, shape: arg(0).shape, args: t.args, value: 1}
			if k := constantOf(grad); k != nil && k.value != 0 {
				// The mean's 1/rows, which the kernel can multiply by itself.
				slope.value = k.value
				return t.g.add(slope)
			}
			return Mul(t.g.add(slope), Reshape(grad, column...))
		})
		if arg(1).typ == compute.Float {
			set(1, func() *Tensor { return Neg(Mul(LogSoftmax(arg(0)), Reshape(grad, column...))) })
		}
	case kindGather:
		set(0, func() *Tensor {
			if len(t.args) > 2 {
				t.g.Fail("graph: no gradient with respect to a data set that batches are gathered from")
				return nil
			}
			picked := append(append([]int(nil), arg(1).shape...), arg(0).shape[1:]...)
			return ScatterAdd(BroadcastTo(grad, picked...), arg(1), arg(0).shape[0])
		})
	case kindScatter:
		set(0, func() *Tensor { return Gather(grad, arg(1)) })
	case kindCrossEntropyGrad:
		t.g.Fail("graph: second derivatives of a cross-entropy are not supported; write it with LogSoftmax")
	case kindAssign:
		set(0, func() *Tensor { return grad })
	case kindPack:
		for i, a := range t.args {
			set(i, func() *Tensor {
				return Reshape(Slice(grad, []int{t.offsets[i]}, []int{a.Size()}), a.shape...)
			})
		}
	case kindStop, kindVar, kindConst, kindSparse, kindCopy, kindCount:
		// Leaves, and what stops gradients by design.
	}
	return parts
}

// elementwiseRule is the part of grad that operand i of an elementwise t gets.
func elementwiseRule(t *Tensor, i int, grad *Tensor) *Tensor {
	x := t.args[0]
	var y *Tensor
	if len(t.args) > 1 {
		y = t.args[1]
	}
	zero := t.Const(0)
	switch t.op {
	case compute.OpAdd:
		return grad
	case compute.OpSub:
		if i == 1 {
			return Neg(grad)
		}
		return grad
	case compute.OpMul:
		return Mul(grad, t.args[1-i])
	case compute.OpDiv:
		if i == 0 {
			return Div(grad, y)
		}
		return Neg(Div(Mul(grad, t), y))
	case compute.OpPow:
		if i == 0 {
			return Mul(grad, Mul(y, Pow(x, Shift(y, -1))))
		}
		// x^y log x, which is 0 for x = 0 (and y > 0).
		return Mul(grad, Mul(t, Select(Equal(x, zero), zero, Log(x))))
	case compute.OpMin, compute.OpMax:
		a, b := t.args[i], t.args[1-i]
		wins := Less(b, a)
		if t.op == compute.OpMin {
			wins = Less(a, b)
		}
		// Equal operands share the gradient.
		return Select(wins, grad, Select(Equal(a, b), Scale(grad, 0.5), zero))
	case compute.OpNeg:
		return Neg(grad)
	case compute.OpAbs:
		return Mul(grad, Sign(x))
	case compute.OpSqrt:
		return Div(Scale(grad, 0.5), t)
	case compute.OpExp:
		return Mul(grad, t)
	case compute.OpExpm1:
		return Mul(grad, Shift(t, 1))
	case compute.OpLog:
		return Div(grad, x)
	case compute.OpLog1p:
		return Div(grad, Shift(x, 1))
	case compute.OpSin:
		return Mul(grad, Cos(x))
	case compute.OpCos:
		return Neg(Mul(grad, Sin(x)))
	case compute.OpTanh:
		return Mul(grad, OneMinus(Square(t)))
	case compute.OpSigmoid:
		return Mul(grad, Mul(t, OneMinus(t)))
	case compute.OpErf:
		return Mul(grad, Scale(Exp(Neg(Square(x))), 1.1283791670955126)) // 2/sqrt(pi)
	case compute.OpRelu:
		// From the result, so that the operand need not be kept; NaN stays NaN.
		return Select(LessEq(t, zero), zero, grad)
	case compute.OpSelect:
		switch i {
		case 1:
			return Select(x, grad, zero)
		case 2:
			return Select(x, zero, grad)
		}
		return nil
	}
	// Sign, Floor, Round, comparisons and conversions are flat: no gradient.
	return nil
}
