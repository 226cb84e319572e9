//go:build cgo && (linux || windows)

package opengl

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// entries is a sparse matrix on the host whose rows may hold their columns in
// any order and more than once.
type entries struct {
	ptr, col []int32
	val      []float32
	cols     int
}

// dense is the matrix written out; without values every entry counts 1.
func (e entries) dense(values bool) []float64 {
	rows := len(e.ptr) - 1
	out := make([]float64, rows*e.cols)
	for r := range rows {
		for at := e.ptr[r]; at < e.ptr[r+1]; at++ {
			x := 1.0
			if values {
				x = float64(e.val[at])
			}
			out[r*e.cols+int(e.col[at])] += x
		}
	}
	return out
}

// checkTransposed holds SparseMatMulT of e against the dense product, whose
// whole numbers are exact.
func (e entries) checkTransposed(t *testing.T, d *device, n int, values bool) {
	t.Helper()
	rows := len(e.ptr) - 1
	bv := make([]float32, rows*n)
	for i := range bv {
		bv[i] = float32(i%7 - 3)
	}
	a := compute.CSR{RowPtr: newBuffer(t, d, e.ptr), Col: newBuffer(t, d, e.col), Cols: e.cols}
	if values {
		a.Val = newBuffer(t, d, e.val)
	}
	c := newBuffer(t, d, make([]float32, e.cols*n))
	d.Run(&compute.SparseMatMulT{M: rows, N: n, A: a, B: compute.Rows(newBuffer(t, d, bv), n), C: compute.Rows(c, n)})
	want, m := make([]float64, e.cols*n), e.dense(values)
	for r := range rows {
		for k := range e.cols {
			for j := range n {
				want[k*n+j] += m[r*e.cols+k] * float64(bv[r*n+j])
			}
		}
	}
	wrong := 0
	for i, got := range readFloats(t, d, c) {
		if float64(got) != want[i] {
			if wrong++; wrong < 5 {
				t.Errorf("n %d, values %v: C[%d, %d] is %v, want %v", n, values, i/n, i%n, got, want[i])
			}
		}
	}
}

// TestSparseEntriesInAnyOrder: rows whose entries stand in order, in disorder,
// and come more than once.
func TestSparseEntriesInAnyOrder(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	for _, c := range []struct {
		name            string
		ordered, repeat bool
	}{{"in order", true, false}, {"in disorder", false, false}, {"repeated in order", true, true}, {"repeated in disorder", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			e := entries{ptr: []int32{0}, cols: 40}
			for range 70 { // three words of marks
				row := make([]int32, 0, 12)
				for _, k := range rng.Perm(e.cols)[:rng.IntN(12)] {
					row = append(row, int32(k))
					if c.repeat && k%5 == 0 {
						row = append(row, int32(k), int32(k))
					}
				}
				if c.ordered {
					slices.Sort(row)
				}
				e.col = append(e.col, row...)
				e.ptr = append(e.ptr, int32(len(e.col)))
			}
			for range e.col {
				e.val = append(e.val, float32(rng.IntN(9)-4))
			}
			for _, n := range []int{1, 3, 16, 46, 64, 130} {
				e.checkTransposed(t, d, n, false)
				e.checkTransposed(t, d, n, true)
			}
		})
	}
}

// TestSparseLongRows: a column that many long rows have. To look its values up
// one entry after another would take more turns of a loop, 180,000, than
// llvmpipe grants.
func TestSparseLongRows(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	const rows, cols = 900, 200
	e := entries{ptr: []int32{0}, cols: cols}
	for r := range rows {
		for k := range cols {
			e.col, e.val = append(e.col, int32(k)), append(e.val, float32((r+k)%5-2))
		}
		e.ptr = append(e.ptr, int32(len(e.col)))
	}
	e.checkTransposed(t, d, 8, false)
	e.checkTransposed(t, d, 8, true)
}
