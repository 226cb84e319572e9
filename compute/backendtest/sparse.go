package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// rowsOf is a sparse matrix on the host.
type rowsOf struct {
	rowPtr, col []int32
	val         []float32
	cols        int
}

// sparse makes a matrix in which a share of the words is there; every fourth row
// is empty, and columns stand in order.
func (d *device) sparse(rows, cols int, share float64) rowsOf {
	m := rowsOf{rowPtr: []int32{0}, cols: cols}
	for r := range rows {
		for c := range cols {
			if r%4 != 3 && d.rng.Float64() < share {
				m.col, m.val = append(m.col, int32(c)), append(m.val, d.whole())
			}
		}
		m.rowPtr = append(m.rowPtr, int32(len(m.col)))
	}
	return m
}

// csr puts m on the device, with its values or as ones.
func (d *device) csr(m rowsOf, values bool, rows compute.Index) compute.CSR {
	d.Helper()
	a := compute.CSR{RowPtr: d.integers(1, m.rowPtr...), Col: d.integers(3, m.col...), Cols: m.cols, Rows: rows}
	if values {
		a.Val = d.guarded(2, compute.Words(m.val))
	}
	return a
}

// dense is the rows that numbers picks, all words there.
func (m rowsOf) dense(numbers []int32, values bool) []float32 {
	var all []float32
	for _, r := range numbers {
		row := make([]float32, m.cols)
		for p := m.rowPtr[r]; p < m.rowPtr[r+1]; p++ {
			row[m.col[p]] = 1
			if values {
				row[m.col[p]] = m.val[p]
			}
		}
		all = append(all, row...)
	}
	return all
}

// picked visits the ways in which a batch of m rows is chosen from stored rows.
func (d *device) picked(stored, m int, visit func(x compute.Index, numbers []int32)) {
	inOrder := make([]int32, m)
	for i := range inOrder {
		inOrder[i] = int32(i)
	}
	visit(compute.Index{}, inOrder)
	if stored == 0 {
		return
	}
	numbers := d.below(stored, 3*m+2)
	all := d.integers(1, numbers...)
	visit(compute.Index{View: all}, numbers[:m])
	visit(compute.Index{View: all, Cursor: d.integers(2, 2), Stride: m + 1}, numbers[2*(m+1):][:m])
}

var sparseShapes = []struct { // A is m x k
	m, n, k int
	share   float64
}{
	{1, 1, 1, 1}, {5, 3, 7, 0.5}, {17, 33, 65, 0.1}, {64, 64, 1000, 0.02}, {130, 46, 300, 0.05}, {9, 129, 20, 0}, {33, 1, 40, 0.3}, {3, 700, 50, 0.2}, {6, 5, 70_000, 0.001}, {8, 16, 9, 1},
	{0, 4, 5, 1}, {4, 0, 5, 1}, {4, 5, 0, 1},
}

func testSparseMatMul(d *device) {
	for i, s := range sparseShapes {
		d.run(fmt.Sprintf("%dx%dx%d", s.m, s.n, s.k), func(d *device) {
			stored := d.sparse(s.m+2, s.k, s.share)
			n := i
			d.picked(s.m+2, s.m, func(x compute.Index, numbers []int32) {
				for _, values := range []bool{true, false} {
					n++
					k := &compute.SparseMatMul{M: s.m, N: s.n, A: d.csr(stored, values, x), Accumulate: n%3 == 0}
					k.B = d.matrix(1, s.k, s.n, layouts[n%len(layouts)], d.whole)
					start := d.unread
					if k.Accumulate {
						start = d.whole
					}
					k.C = d.matrix(1, s.m, s.n, layouts[(n+1)%len(layouts)], start)
					d.check(k, exact)
					if k.Accumulate {
						continue
					}
					if s.m*s.n*s.k < 2_000_000 { // the dense product gives the same words
						sums := d.read(k.C.View)
						full := compute.Rows(upload(d, stored.dense(numbers, values)), s.k)
						d.b.Run(&compute.MatMul{M: s.m, N: s.n, K: s.k, A: full, B: k.B, C: k.C})
						d.same("the dense product", d.read(k.C.View), sums)
					}
					k.Epilogue = &compute.Epilogue{Expr: biasRelu(), In: []compute.Operand{compute.RowVector(d.floats(3, s.n, d.whole))}}
					d.check(k, exact)
				}
			})
		})
	}
	d.run("no stored words", func(d *device) {
		a := compute.CSR{RowPtr: d.integers(0, 0, 0, 0, 0), Cols: 6}
		d.check(&compute.SparseMatMul{M: 3, N: 4, A: a, B: d.matrix(1, 6, 4, layout{}, d.whole), C: d.matrix(1, 3, 4, layout{}, d.unread)}, exact)
		d.check(&compute.SparseMatMulT{M: 3, N: 4, A: a, B: d.matrix(1, 3, 4, layout{}, d.whole), C: d.matrix(1, 6, 4, layout{}, d.unread)}, exact)
	})
	d.run("in-place epilogue", func(d *device) {
		space := compute.D(30, 20)
		stored := d.sparse(30, 50, 0.2)
		k := &compute.SparseMatMul{M: 30, N: 20, A: d.csr(stored, true, compute.Index{}), B: d.matrix(1, 50, 20, layout{}, d.whole), C: d.matrix(1, 30, 20, layout{offset: 3}, d.whole)}
		k.Epilogue = &compute.Epilogue{
			Expr: gated(), In: []compute.Operand{compute.RowVector(d.floats(1, 20, d.whole)), compute.Full(k.C.View, space)},
			Out: []compute.Operand{compute.Full(d.floats(2, 600, d.unread), space), compute.Full(d.floats(2, 600, d.unread), space)},
		}
		d.check(k, exact)
	})
	d.run("rounding", func(d *device) {
		stored := d.sparse(20, 3000, 0.3)
		for i := range stored.val {
			stored.val[i] = d.real()
		}
		d.check(&compute.SparseMatMul{M: 20, N: 9, A: d.csr(stored, true, compute.Index{}), B: d.matrix(1, 3000, 9, layout{}, d.real), C: d.matrix(1, 20, 9, layout{}, d.unread)}, rounding(1000))
	})
}

func testSparseMatMulT(d *device) {
	for i, s := range sparseShapes {
		d.run(fmt.Sprintf("%dx%dx%d", s.m, s.n, s.k), func(d *device) {
			stored := d.sparse(s.m+2, s.k, s.share)
			n := i
			d.picked(s.m+2, s.m, func(x compute.Index, _ []int32) {
				for _, values := range []bool{true, false} {
					n++
					k := &compute.SparseMatMulT{M: s.m, N: s.n, A: d.csr(stored, values, x), Accumulate: n%3 == 0}
					k.B = d.matrix(1, s.m, s.n, layouts[n%len(layouts)], d.whole)
					start := d.unread
					if k.Accumulate {
						start = d.whole
					}
					k.C = d.matrix(1, s.k, s.n, layouts[(n+1)%len(layouts)], start)
					d.check(k, exact)
				}
			})
		})
	}
}
