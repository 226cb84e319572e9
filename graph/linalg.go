package graph

import "github.com/glearn-go/glearn/compute"

// MatMul is the matrix product over the last two axes. b is a matrix, shared
// by all of a, or has the same leading axes as a. a may be sparse.
func MatMul(a, b *Tensor) *Tensor { return matmul(a, b, false, false) }

// matmul is op(a) op(b), where op transposes the last two axes if asked to.
func matmul(a, b *Tensor, ta, tb bool) *Tensor {
	g := a.g
	if len(a.shape) < 2 || len(b.shape) < 2 || a.typ != compute.Float || b.typ != compute.Float || b.kind == kindSparse {
		g.Fail("graph: matmul of %v and %v needs two float matrices, of which only the first may be sparse", a, b)
		return a
	}
	na, nb := len(a.shape), len(b.shape)
	m, k := a.shape[na-2], a.shape[na-1]
	if ta {
		m, k = k, m
	}
	kb, n := b.shape[nb-2], b.shape[nb-1]
	if tb {
		kb, n = n, kb
	}
	if k != kb || nb > 2 && !equal(a.shape[:na-2], b.shape[:nb-2]) {
		g.Fail("graph: matmul: shapes %v%s and %v%s do not fit together", a.shape, mark(ta), b.shape, mark(tb))
		return a
	}
	if a.kind == kindSparse {
		return sparseMatMul(a, b, ta, tb, m, n)
	}
	if na > 2 && nb == 2 && !ta {
		// One product over all rows; the axes come back afterwards.
		rows := sizeOf(a.shape[:na-1])
		flat := matmul(Reshape(a, rows, k), b, false, tb)
		return Reshape(flat, append(append([]int(nil), a.shape[:na-1]...), n)...)
	}
	shape := append(append([]int(nil), a.shape[:na-2]...), m, n)
	return g.add(Tensor{kind: kindMatMul, typ: compute.Float, shape: shape, args: []*Tensor{a, b}, ta: ta, tb: tb})
}

func mark(transposed bool) string {
	if transposed {
		return "ᵀ"
	}
	return ""
}

func sparseMatMul(a, b *Tensor, ta, tb bool, m, n int) *Tensor {
	if tb {
		// Seldom needed (a tied weight): the kernel takes b as it stands.
		b = Transpose(b)
	}
	kind := kindSparseMatMul
	if ta {
		kind = kindSparseMatMulT
	}
	return a.g.add(Tensor{kind: kind, typ: compute.Float, shape: []int{m, n}, args: []*Tensor{b}, sparse: a.sparse})
}

// reduce combines over axes, which stay with length 1 when keep is true. No
// axes means all.
func reduce(op compute.ReduceOp, x *Tensor, keep bool, axes []int) *Tensor {
	g := x.g
	marked := make([]bool, len(x.shape))
	for _, a := range axes {
		if a < 0 {
			a += len(x.shape)
		}
		if a < 0 || a >= len(x.shape) {
			g.Fail("graph: %v over axis %v of a tensor of shape %v", op, axes, x.shape)
			return x
		}
		marked[a] = true
	}
	if x.typ != compute.Float || x.kind == kindSparse {
		g.Fail("graph: %v of %v needs dense floats", op, x)
		return x
	}
	var sorted, short []int
	shape := append([]int(nil), x.shape...)
	for a, d := range x.shape {
		if marked[a] || len(axes) == 0 {
			sorted = append(sorted, a)
			shape[a] = 1
		} else {
			short = append(short, d)
		}
	}
	if op == compute.ReduceArgMax && sizeOf(shape) > 0 && x.Size() == 0 {
		g.Fail("graph: argmax over no elements of a tensor of shape %v", x.shape)
		return x
	}
	out := x
	switch value, known := x.constant(); {
	case op != compute.ReduceArgMax && sizeOf(shape) == x.Size():
		// Nothing is combined: every reduced axis has length 1.
	case op == compute.ReduceSum && known:
		out = BroadcastTo(g.Const(value*float32(x.Size()/max(sizeOf(shape), 1))), shape...)
	case op == compute.ReduceSum && sumsPicked(x, sorted):
		out = g.add(Tensor{kind: kindGather, typ: compute.Float, shape: shape, args: x.args, sum: x.Size() / max(sizeOf(shape), 1)})
	case len(sorted) > 0:
		typ := compute.Float
		if op == compute.ReduceArgMax {
			typ = compute.Int
		}
		out = g.add(Tensor{kind: kindReduce, typ: typ, red: op, shape: shape, args: []*Tensor{x}, axes: sorted})
	}
	if keep {
		return out
	}
	return Reshape(out, short...)
}

// sumsPicked is true when a sum over axes of x adds up rows that were picked
// from a table one after another, which one kernel does.
func sumsPicked(x *Tensor, axes []int) bool {
	if x.kind != kindGather || len(x.args) > 2 || x.sum > 1 || len(axes) == 0 || sizeOf(x.shape) == 0 {
		return false
	}
	n := len(x.args[1].shape)
	for i, a := range axes {
		if a != n-len(axes)+i {
			return false
		}
	}
	return true
}

// Sum adds up over the given axes, or all; negative axes count from the last.
func Sum(x *Tensor, axes ...int) *Tensor { return reduce(compute.ReduceSum, x, false, axes) }

// SumKeep is Sum with the summed axes kept at length 1.
func SumKeep(x *Tensor, axes ...int) *Tensor { return reduce(compute.ReduceSum, x, true, axes) }

// Mean is the average over the given axes, or all.
func Mean(x *Tensor, axes ...int) *Tensor { return mean(x, false, axes) }

// MeanKeep is Mean with the averaged axes kept at length 1.
func MeanKeep(x *Tensor, axes ...int) *Tensor { return mean(x, true, axes) }

// mean scales the sums, of which there are fewer than elements. A single sum is
// made of scaled elements instead, so that one kernel does both.
func mean(x *Tensor, keep bool, axes []int) *Tensor {
	sum := reduce(compute.ReduceSum, x, keep, axes)
	n := x.Size() / max(sum.Size(), 1)
	if sum.Size() == 1 {
		return reduce(compute.ReduceSum, Scale(x, 1/float32(max(n, 1))), keep, axes)
	}
	return Scale(sum, 1/float32(max(n, 1)))
}

// ReduceMax is the largest over the given axes, or all.
func ReduceMax(x *Tensor, axes ...int) *Tensor { return reduce(compute.ReduceMax, x, false, axes) }

// MaxKeep is ReduceMax with the axes kept at length 1.
func MaxKeep(x *Tensor, axes ...int) *Tensor { return reduce(compute.ReduceMax, x, true, axes) }

// ArgMax is the Int position of the first largest element along an axis.
func ArgMax(x *Tensor, axis int) *Tensor {
	return reduce(compute.ReduceArgMax, x, false, []int{axis})
}
