package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// oracle says what a kernel does to memory, by loops that follow its doc comment
// in float64. It does not change the memory.
func oracle(k compute.Kernel, mem memory) *outcome {
	o := newOutcome(mem)
	switch k := k.(type) {
	case *compute.MatMul:
		o.matMul(k)
	case *compute.SparseMatMul:
		o.sparseMatMul(k)
	case *compute.SparseMatMulT:
		o.sparseMatMulT(k)
	case *compute.Map:
		o.mapKernel(k)
	case *compute.Reduce:
		o.reduce(k)
	case *compute.Copy:
		o.copyKernel(k)
	case *compute.Softmax:
		o.softmax(k)
	case *compute.SoftmaxCrossEntropy:
		o.crossEntropy(k)
	case *compute.Gather:
		o.gather(k)
	case *compute.ScatterAdd:
		o.scatterAdd(k)
	default:
		panic(fmt.Sprintf("backendtest: no oracle for %T", k))
	}
	return o
}

func (o *outcome) value(v compute.View, at int) float64 {
	return float64(math.Float32frombits(o.bits(v, at)))
}

func (o *outcome) integer(v compute.View, at int) int { return int(int32(o.bits(v, at))) }

// each visits an iteration space in row-major order.
func each(d compute.Dims, visit func(at compute.Dims, element int)) {
	element := 0
	var c compute.Dims
	for c[0] = 0; c[0] < d[0]; c[0]++ {
		for c[1] = 0; c[1] < d[1]; c[1]++ {
			for c[2] = 0; c[2] < d[2]; c[2]++ {
				for c[3] = 0; c[3] < d[3]; c[3]++ {
					visit(c, element)
					element++
				}
			}
		}
	}
}

// load is the value of an operand for one element, as Expr.Eval takes it.
func (o *outcome) load(x compute.Operand, t compute.Type, at compute.Dims) float64 {
	if t == compute.Int {
		return float64(o.integer(x.View, x.Strides.Index(at)))
	}
	return o.value(x.View, x.Strides.Index(at))
}

// store puts output number i of e.
func (o *outcome) store(e *compute.Expr, i int, out compute.Operand, at compute.Dims, v, scale float64) {
	if e.Code[e.Outputs[i]].Type == compute.Int {
		o.word(out.View, out.Strides.Index(at), uint32(int32(v)))
		return
	}
	o.float(out.View, out.Strides.Index(at), v, scale)
}

// row is the row number that an Index gives row i.
func (o *outcome) row(x compute.Index, i int) int {
	if x.Empty() {
		return i
	}
	if !x.Cursor.Empty() {
		i += o.integer(x.Cursor, 0) * x.Stride
	}
	return o.integer(x.View, i)
}
