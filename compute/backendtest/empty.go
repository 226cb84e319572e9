package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// testEmpty runs kernels of size 0 whose operands are left out, or are of
// length 0: they do nothing.
func testEmpty(d *device) {
	identity := compute.Identity(compute.Float)
	one := []compute.Operand{{}}
	d.run("operands left out", func(d *device) {
		for i, k := range []compute.Kernel{
			&compute.MatMul{}, &compute.MatMul{Batch: 3, N: 4}, &compute.MatMul{M: 3}, &compute.MatMul{K: 5},
			&compute.MatMul{N: 2, Epilogue: &compute.Epilogue{Expr: biasRelu(), In: one}},
			&compute.SparseMatMul{}, &compute.SparseMatMul{N: 3, A: compute.CSR{Cols: 4}, B: d.matrix(1, 4, 3, layout{}, d.whole)}, &compute.SparseMatMulT{}, &compute.SparseMatMulT{N: 3},
			&compute.Map{Expr: identity, Dims: compute.D(0), In: one, Out: one}, &compute.Map{Expr: identity, Dims: compute.D(5, 0, 3), In: one, Out: one}, &compute.Map{Expr: compute.Constant(1), Out: one},
			&compute.Reduce{Expr: identity, Dims: compute.D(0, 5), Axes: subset(8), In: one}, &compute.Reduce{Expr: identity, In: one},
			&compute.Softmax{}, &compute.Softmax{Rows: 3}, &compute.Softmax{Cols: 3, Log: true},
			&compute.SoftmaxCrossEntropy{}, &compute.SoftmaxCrossEntropy{Cols: 3},
			&compute.Gather{}, &compute.Gather{Rows: 3, TableRows: 2}, &compute.Gather{Cols: 3, TableRows: 0},
			&compute.ScatterAdd{}, &compute.ScatterAdd{Rows: 3, TableRows: 2}, &compute.ScatterAdd{Cols: 3, TableRows: 0},
			&compute.Copy{}, &compute.Copy{Dims: compute.D(3, 0)},
		} {
			d.run(fmt.Sprintf("%d %T", i, k), func(d *device) { d.check(k, exact) })
		}
	})
	d.run("buffers of no words", func(d *device) {
		v := compute.ViewOf(d.buffer(0))
		d.b.Write(v, nil)
		d.same("Read", d.read(v), nil)
		m := compute.Rows(v, 4)
		for _, k := range []compute.Kernel{
			&compute.MatMul{N: 4, A: m, B: m, C: m}, &compute.Map{Expr: identity, Dims: compute.D(0), In: []compute.Operand{compute.Full(v, compute.D(0))}, Out: []compute.Operand{compute.Full(v, compute.D(0))}},
			&compute.Softmax{Cols: 4, In: m, Out: m}, &compute.Gather{Cols: 4, TableRows: 0, Table: m, Out: m}, &compute.Copy{Dims: compute.D(0), In: compute.Scalar(v), Out: compute.Scalar(v)},
		} {
			d.check(k, exact)
		}
	})
	d.run("recorded", func(d *device) {
		x := d.integers(0, 1)
		r := d.record(&compute.MatMul{}, increment(x, 1), &compute.Softmax{Rows: 3}, &compute.Copy{})
		defer r.Release()
		r.Replay(3)
		d.same("the kernel between empty ones", d.read(x), []uint32{4})
	})
}
