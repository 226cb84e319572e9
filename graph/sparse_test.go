package graph

import (
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// Nothing but MatMul takes a sparse matrix; the rest is a mistake that the graph
// keeps, not a panic of the compiler.
func TestSparseOperands(t *testing.T) {
	for name, use := range map[string]func(s, x *Tensor) *Tensor{
		"add":       func(s, x *Tensor) *Tensor { return Add(x, s) },
		"broadcast": func(s, _ *Tensor) *Tensor { return BroadcastTo(s, 3, 2, 2) },
		"concat":    func(s, x *Tensor) *Tensor { return Concat(1, s, x) },
		"gather":    func(s, x *Tensor) *Tensor { return Gather(s, ToInt(x)) },
		"matmul":    func(s, x *Tensor) *Tensor { return MatMul(x, s) },
		"pad":       func(s, _ *Tensor) *Tensor { return Pad(s, []int{0, 0}, []int{2, 3}) },
		"permute":   func(s, _ *Tensor) *Tensor { return Transpose(s) },
		"reshape":   func(s, _ *Tensor) *Tensor { return Reshape(s, 4) },
		"scatter":   func(s, x *Tensor) *Tensor { return ScatterAdd(s, ToInt(Sum(x, 1)), 3) },
		"slice":     func(s, _ *Tensor) *Tensor { return SliceAxis(s, 1, 0, 1) },
		"softmax":   func(s, _ *Tensor) *Tensor { return Softmax(s) },
		"stop":      func(s, _ *Tensor) *Tensor { return StopGradient(s) },
		"sum":       func(s, _ *Tensor) *Tensor { return Sum(s) },
	} {
		g := New()
		ints := func(n int) *Variable { return NewVariable("", compute.Int, n) }
		s := g.Sparse(&Sparse{Rows: 2, Cols: 2, RowPtr: ints(3), Col: ints(1)})
		if use(s, g.Read(NewVariable("x", compute.Float, 2, 2))) == nil {
			t.Errorf("%s gives nil", name)
		}
		if err := g.Err(); err == nil || !strings.Contains(err.Error(), "graph: ") {
			t.Errorf("%s of a sparse matrix: %v", name, err)
		}
	}
}
