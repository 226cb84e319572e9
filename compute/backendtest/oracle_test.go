package backendtest

import (
	"math"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestOracle holds the loops that all backends are measured by against results
// worked out by hand.
func TestOracle(t *testing.T) {
	b := Reference()
	float := func(x ...float32) compute.View {
		buffer, err := compute.NewBufferOf(b, x)
		if err != nil {
			t.Fatal(err)
		}
		return compute.ViewOf(buffer)
	}
	integer := func(x ...int32) compute.View {
		buffer, err := compute.NewBufferOf(b, x)
		if err != nil {
			t.Fatal(err)
		}
		return compute.ViewOf(buffer)
	}
	nan := float32(math.NaN())
	third := float32(1.0 / 3)
	x23, y32 := float(1, 2, 3, 4, 5, 6), float(1, 2, 3, 4, 5, 6)
	space := compute.D(2, 3)
	csr := compute.CSR{RowPtr: integer(0, 2, 2, 3), Col: integer(0, 2, 1), Val: float(10, 20, 30), Cols: 3}
	bias := compute.NewBuilder(compute.Float, compute.Float)
	added := bias.MustBuild(bias.Apply(compute.OpAdd, bias.Input(0), bias.Input(1)), bias.Input(0))
	first, second := float(0, 0, 0, 0), float(9, 9, 9, 9)
	for _, c := range []struct {
		k    compute.Kernel
		out  compute.View
		want []float32
	}{
		{out: first, k: &compute.MatMul{M: 2, N: 2, K: 3, A: compute.Rows(x23, 3), B: compute.Rows(y32, 2), C: compute.Rows(first, 2)}, want: []float32{22, 28, 49, 64}},
		{out: first, k: &compute.MatMul{M: 2, N: 2, K: 3, TransB: true, A: compute.Rows(x23, 3), B: compute.Rows(y32, 3), C: compute.Rows(first, 2)}, want: []float32{14, 32, 32, 77}},
		{out: first, k: &compute.MatMul{M: 2, N: 2, K: 3, TransA: true, Accumulate: true, A: compute.Rows(x23, 2), B: compute.Rows(y32, 2), C: compute.Rows(first, 2)}, want: []float32{14 + 35, 32 + 44, 32 + 44, 77 + 56}},
		{out: first, k: &compute.MatMul{Batch: 2, M: 1, N: 2, K: 1, A: compute.Matrix{View: x23, Stride: 1, Batch: 3}, B: compute.Matrix{View: y32, Stride: 2}, C: compute.Matrix{View: first, Stride: 2, Batch: 2}}, want: []float32{1, 2, 4, 8}},
		{out: second, k: &compute.MatMul{M: 2, N: 2, K: 1, A: compute.Rows(x23, 1), B: compute.Rows(y32, 2), C: compute.Rows(first, 2), Epilogue: &compute.Epilogue{
			Expr: added, In: []compute.Operand{compute.RowVector(float(100, 200))}, Out: []compute.Operand{compute.Full(second, compute.D(2, 2))},
		}}, want: []float32{1, 2, 2, 4}},
		{out: first, k: &compute.Copy{Dims: compute.D(4), In: compute.Full(first, compute.D(4)), Out: compute.Full(first, compute.D(4))}, want: []float32{101, 202, 102, 204}},
		{out: first, k: &compute.SparseMatMul{M: 2, N: 2, A: csr, B: compute.Rows(y32, 2), C: compute.Rows(first, 2)}, want: []float32{10*1 + 20*5, 10*2 + 20*6, 0, 0}},
		{out: first, k: &compute.SparseMatMul{M: 2, N: 2, A: compute.CSR{RowPtr: csr.RowPtr, Col: csr.Col, Cols: 3, Rows: compute.Index{View: integer(9, 0, 2, 0), Cursor: integer(1), Stride: 2}}, B: compute.Rows(y32, 2), C: compute.Rows(first, 2)}, want: []float32{3, 4, 6, 8}},
		{out: x23, k: &compute.SparseMatMulT{M: 3, N: 2, A: csr, B: compute.Rows(y32, 2), C: compute.Rows(x23, 2)}, want: []float32{10, 20, 150, 180, 20, 40}},
		{out: x23, k: &compute.Copy{Dims: space, In: compute.Operand{View: y32, Strides: compute.Strides{0, 0, 1, 2}}, Out: compute.Full(x23, space)}, want: []float32{1, 3, 5, 2, 4, 6}},
		{out: x23, k: &compute.Map{Expr: affine(), Dims: space, In: []compute.Operand{compute.Full(y32, space), compute.ColumnVector(float(100, 200))}, Out: []compute.Operand{compute.Full(x23, space)}}, want: []float32{102, 104, 106, 208, 210, 212}},
		{out: first.Slice(0, 2), k: &compute.Reduce{Expr: compute.Unary(compute.OpNeg), Dims: space, Axes: subset(8), In: []compute.Operand{compute.Full(y32, space)}, Out: compute.ColumnVector(first.Slice(0, 2))}, want: []float32{-6, -15}},
		{out: first.Slice(0, 3), k: &compute.Reduce{Op: compute.ReduceMax, Expr: compute.Identity(compute.Float), Dims: space, Axes: subset(4), In: []compute.Operand{compute.Full(y32, space)}, Out: compute.RowVector(first.Slice(0, 3))}, want: []float32{4, 5, 6}},
		{out: first.Slice(0, 1), k: &compute.Reduce{Op: compute.ReduceArgMax, Expr: compute.Identity(compute.Float), Dims: compute.D(5), Axes: subset(8), In: []compute.Operand{compute.Full(float(1, 7, nan, 7, nan), compute.D(5))}, Out: compute.Scalar(first.Slice(0, 1))}, want: []float32{math.Float32frombits(2)}},
		{out: first.Slice(0, 3), k: &compute.Softmax{Rows: 1, Cols: 3, In: compute.Rows(float(5, 5, 5), 3), Out: compute.Rows(first, 3)}, want: []float32{third, third, third}},
		{out: first.Slice(0, 2), k: &compute.Softmax{Rows: 1, Cols: 2, Log: true, In: compute.Rows(float(1e30, 0), 2), Out: compute.Rows(first, 2)}, want: []float32{0, -1e30}},
		{out: x23, k: &compute.SoftmaxCrossEntropy{Rows: 2, Cols: 3, Logits: compute.Rows(float(0, 0, 0, 1, 1, 1), 3), Labels: integer(2, 3), Loss: second.Slice(0, 2), Grad: compute.Rows(x23, 3)}, want: []float32{third, third, -float32(2.0 / 3), nan, nan, nan}},
		{out: second.Slice(0, 2), k: &compute.SoftmaxCrossEntropy{Rows: 2, Cols: 2, Logits: compute.Rows(float(0, 0, 0, 0), 2), Targets: compute.Rows(float(2, 1, 0, 0), 2), Loss: second.Slice(0, 2)}, want: []float32{float32(3 * math.Ln2), 0}},
		{out: x23, k: &compute.Gather{Rows: 3, Cols: 2, TableRows: 3, Table: compute.Rows(y32, 2), Index: compute.Index{View: integer(2, 3, 0)}, Out: compute.Rows(x23, 2)}, want: []float32{5, 6, nan, nan, 1, 2}},
		{out: y32, k: &compute.ScatterAdd{Rows: 3, Cols: 2, TableRows: 3, Table: compute.Rows(y32, 2), Index: compute.Index{View: integer(2, -1, 2)}, In: compute.Rows(float(1, 2, 50, 60, 10, 20), 2)}, want: []float32{1, 2, 3, 4, 5 + 11, 6 + 22}},
	} {
		b.Run(c.k)
		got, err := compute.ReadAs[float32](b, c.out)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, c.want, func(x, y float32) bool { return x == y || x != x && y != y }) {
			t.Errorf("%v: %v, want %v", c.k, got, c.want)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// TestEveryOpHasAnAccuracy: an operation cannot be added without saying how
// exact it has to be.
func TestEveryOpHasAnAccuracy(t *testing.T) {
	for op := compute.OpAdd; int(op) < compute.NumOps; op++ {
		if _, ok := accuracies[op]; !ok {
			t.Errorf("%v has no entry in accuracies", op)
		}
	}
}
