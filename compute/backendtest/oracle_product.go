package backendtest

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// factor is op(m[b]) as rows in order, or as columns.
func (o *outcome) factor(m compute.Matrix, transposed, asColumns bool, b, rows, cols int) []float64 {
	down, right := m.Stride, 1
	if transposed {
		down, right = right, down
	}
	if asColumns {
		rows, cols, down, right = cols, rows, right, down
	}
	values := make([]float64, rows*cols)
	for i := range values {
		values[i] = o.value(m.View, b*m.Batch+i/cols*down+i%cols*right)
	}
	return values
}

func (o *outcome) matMul(k *compute.MatMul) {
	for b := range k.Batches() {
		rows := o.factor(k.A, k.TransA, false, b, k.M, k.K)
		columns := o.factor(k.B, k.TransB, true, b, k.K, k.N)
		for i := range k.M {
			for j := range k.N {
				row, column := rows[i*k.K:(i+1)*k.K], columns[j*k.K:(j+1)*k.K]
				sum, scale := 0.0, 0.0
				for l, x := range row {
					sum += x * column[l]
					scale += math.Abs(x * column[l])
				}
				o.finish(k.C, k.Accumulate, k.Epilogue, b, i, j, (b*k.M+i)*k.N+j, sum, scale)
			}
		}
	}
}

// finish stores element (i, j) of product b: Accumulate, then the epilogue.
func (o *outcome) finish(c compute.Matrix, accumulate bool, e *compute.Epilogue, b, i, j, element int, sum, scale float64) {
	place := b*c.Batch + i*c.Stride + j
	if accumulate {
		sum += o.value(c.View, place)
		scale += math.Abs(o.value(c.View, place))
	}
	if e == nil {
		o.float(c.View, place, sum, scale)
		return
	}
	at := compute.Dims{0, b, i, j}
	inputs := []float64{sum}
	for n, x := range e.In {
		inputs = append(inputs, o.load(x, e.Expr.Inputs[n+1], at))
	}
	values := e.Expr.Eval(inputs, element)
	o.float(c.View, place, values[0], scale+math.Abs(values[0]))
	for n, out := range e.Out {
		o.store(e.Expr, n+1, out, at, values[n+1], scale+math.Abs(values[n+1]))
	}
}

// entries visits the stored entries of row i of a sparse operand.
func (o *outcome) entries(a compute.CSR, i int, visit func(col int, value float64)) {
	r := o.row(a.Rows, i)
	for p := o.integer(a.RowPtr, r); p < o.integer(a.RowPtr, r+1); p++ {
		value := 1.0
		if !a.Val.Empty() {
			value = o.value(a.Val, p)
		}
		visit(o.integer(a.Col, p), value)
	}
}

func (o *outcome) sparseMatMul(k *compute.SparseMatMul) {
	for i := range k.M {
		for j := range k.N {
			sum, scale := 0.0, 0.0
			o.entries(k.A, i, func(col int, value float64) {
				term := value * o.value(k.B.View, col*k.B.Stride+j)
				sum += term
				scale += math.Abs(term)
			})
			o.finish(k.C, k.Accumulate, k.Epilogue, 0, i, j, i*k.N+j, sum, scale)
		}
	}
}

func (o *outcome) sparseMatMulT(k *compute.SparseMatMulT) {
	sums := make([]float64, k.A.Cols*k.N)
	scales := make([]float64, k.A.Cols*k.N)
	for i := range k.M {
		o.entries(k.A, i, func(col int, value float64) {
			for j := range k.N {
				term := value * o.value(k.B.View, i*k.B.Stride+j)
				sums[col*k.N+j] += term
				scales[col*k.N+j] += math.Abs(term)
			}
		})
	}
	for at := range sums {
		o.finish(k.C, k.Accumulate, nil, 0, at/k.N, at%k.N, at, sums[at], scales[at])
	}
}
