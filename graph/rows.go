package graph

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// Softmax is exp(x) / sum exp(x) along the last axis.
func Softmax(x *Tensor) *Tensor { return softmax(x, false) }

// LogSoftmax is the logarithm of Softmax, computed without it.
func LogSoftmax(x *Tensor) *Tensor { return softmax(x, true) }

func softmax(x *Tensor, log bool) *Tensor {
	if len(x.shape) == 0 || x.typ != compute.Float || x.kind == kindSparse {
		x.g.Fail("graph: softmax needs dense floats with at least one axis, got %v", x)
		return x
	}
	return x.g.add(Tensor{kind: kindSoftmax, typ: compute.Float, shape: x.shape, args: []*Tensor{x}, log: log})
}

// Logits gives back x when t is Softmax(x) or Sigmoid(x), whatever reshaped
// it since: losses use it to compute from logits.
func Logits(t *Tensor) (x *Tensor, softmax, ok bool) {
	switch {
	case t.kind == kindSoftmax && !t.log:
		return t.args[0], true, true
	case t.kind == kindElem && t.op == compute.OpSigmoid:
		return t.args[0], false, true
	case t.kind == kindReshape:
		inner := t.args[0]
		x, softmax, ok = Logits(inner)
		if n, k := len(t.shape), len(inner.shape); ok && (!softmax || n > 0 && t.shape[n-1] == inner.shape[k-1]) {
			return Reshape(x, t.shape...), softmax, true
		}
	}
	return nil, false, false
}

// Bounds is the range of t's values where its last operations decide it, such as
// 0 to 1 of a sigmoid, or no bounds of a product, with a bias or without. ok is
// false where they do not: the ReLU at the end of a longer formula may have any
// bound.
func Bounds(t *Tensor) (lo, hi float64, ok bool) {
	switch t.kind {
	case kindReshape:
		return Bounds(t.args[0])
	case kindMatMul, kindSparseMatMul:
		return math.Inf(-1), math.Inf(1), true
	case kindSoftmax:
		if t.log {
			return math.Inf(-1), 0, true
		}
		return 0, 1, true
	case kindElem:
		switch t.op {
		case compute.OpSigmoid:
			return 0, 1, true
		case compute.OpTanh:
			return -1, 1, true
		case compute.OpRelu:
			_, hi, ok := Bounds(t.args[0])
			return 0, math.Max(hi, 0), ok
		case compute.OpAdd:
			k := t.args[0].kind
			return math.Inf(-1), math.Inf(1), k == kindMatMul || k == kindSparseMatMul
		}
	}
	return 0, 0, false
}

// SoftmaxCrossEntropy is the loss -sum t log softmax(x) of every row of
// logits, a tensor of one axis less. targets is a distribution of the same
// shape, or Int class numbers of the result's shape.
func SoftmaxCrossEntropy(logits, targets *Tensor) *Tensor {
	g := logits.g
	n := len(logits.shape)
	if n == 0 || logits.typ != compute.Float {
		g.Fail("graph: cross-entropy needs float logits with at least one axis, got %v", logits)
		return logits
	}
	want := logits.shape
	if targets.typ == compute.Int {
		want = logits.shape[:n-1]
	}
	if !equal(targets.shape, want) {
		g.Fail("graph: cross-entropy: targets of shape %v for logits of shape %v, want %v", targets.shape, logits.shape, want)
		return Sum(logits, -1)
	}
	return g.add(Tensor{kind: kindCrossEntropy, typ: compute.Float, shape: logits.shape[:n-1], args: []*Tensor{logits, targets}})
}

// Gather is rows of a table: the result has the shape of index, followed by
// the table's other axes. A row number outside the table gives NaN.
func Gather(table, index *Tensor) *Tensor {
	if len(table.shape) == 0 || index.typ != compute.Int {
		table.g.Fail("graph: gather of %v by %v needs a table and Int row numbers", table, index)
		return table
	}
	shape := append(append([]int(nil), index.shape...), table.shape[1:]...)
	return table.g.add(Tensor{kind: kindGather, typ: table.typ, shape: shape, args: []*Tensor{table, index}})
}

// GatherBatch is rows of a table at index[cursor*stride : cursor*stride+rows]:
// the batch of a data set that stays on the device.
func GatherBatch(table, index, cursor *Tensor, rows, stride int) *Tensor {
	if len(table.shape) == 0 || index.typ != compute.Int || cursor.typ != compute.Int || cursor.Size() != 1 || rows > index.Size() {
		table.g.Fail("graph: gather of %d rows of %v by %v at %v", rows, table, index, cursor)
		return table
	}
	shape := append([]int{rows}, table.shape[1:]...)
	return table.g.add(Tensor{kind: kindGather, typ: table.typ, shape: shape, args: []*Tensor{table, index, cursor}, stride: stride})
}

// ScatterAdd is a table of zeros of the given number of rows, to whose row
// index[i] row i of x is added, for i in order. x has the shape of index,
// followed by that of a row.
func ScatterAdd(x, index *Tensor, tableRows int) *Tensor {
	n := len(index.shape)
	if x.typ != compute.Float || index.typ != compute.Int || len(x.shape) < n || !equal(x.shape[:n], index.shape) {
		x.g.Fail("graph: scatter of %v by %v", x, index)
		return x
	}
	shape := append([]int{tableRows}, x.shape[n:]...)
	return x.g.add(Tensor{kind: kindScatter, typ: compute.Float, shape: shape, args: []*Tensor{x, index}})
}
