// Package graph turns symbolic tensor arithmetic into a program for a device.
//
// Formulas are built from [Tensor] values ([Add], [MatMul], [Softmax], ...);
// [Gradients] differentiates them; [Compile] fuses elementwise chains, plans
// memory and emits a [Program]: a plain list of kernels that a
// [compute.Backend] records once and replays.
//
// Shapes are static. Two operands broadcast as in numpy: aligned at their last
// axes, with axes of length 1 repeated. A tensor has at most four axes.
//
// The first mistake (shapes that do not fit) is kept in the [Graph]; later
// operations go on with harmless placeholders, and Compile returns the error.
package graph

import (
	"errors"
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// kind is what a node does; elementwise operations share kindElem.
type kind uint8

const (
	kindVar kind = iota // storage of a Variable, read before the program changes it
	kindConst
	kindElem // op applied element by element, operands broadcast
	kindReshape
	kindPermute
	kindSlice
	kindBroadcast
	kindStop // identity without a gradient
	kindMatMul
	kindSparse // a CSR matrix: only the left factor of a product
	kindSparseMatMul
	kindSparseMatMulT
	kindReduce
	kindSoftmax
	kindCrossEntropy     // loss of each row
	kindCrossEntropyGrad // value (softmax(x) sum(t) - t), from the same kernel
	kindGather
	kindScatter
	kindConcat
	kindPad
	kindPack   // tensors laid into one flat variable
	kindAssign // a variable's new value
	kindCopy   // made by the compiler: an operand laid out without gaps
	kindCount
)

var kindNames = [kindCount]string{"var", "const", "elem", "reshape", "permute", "slice", "broadcast", "stop", "matmul", "sparse",
	"sparsematmul", "sparsematmult", "reduce", "softmax", "crossentropy", "crossentropygrad", "gather", "scatter", "concat", "pad", "pack", "assign", "copy"}

func (k kind) String() string { return kindNames[k] }

// Graph collects the operations of one program.
type Graph struct {
	nodes   []*Tensor
	seen    map[string]*Tensor
	scopes  []string
	err     error
	streams int32
	assigns []*Tensor
	outputs []*Tensor
	left    *int64 // bytes of memory; nil has no end
}

// Bound makes a graph fail that takes more memory than the given bytes, which
// are counted down; nil has no end.
func (g *Graph) Bound(left *int64) { g.left = left }

// ErrMemory is what a bounded graph fails with.
var ErrMemory = errors.New("its operations would take more memory than there is for them")

// nodeBytes is what adding a node takes, generously: the node, its key, and the
// places that point to it.
const nodeBytes = 512

// New starts an empty graph.
func New() *Graph { return &Graph{seen: map[string]*Tensor{}} }

// Err is the first mistake made while building.
func (g *Graph) Err() error { return g.err }

// Fail records a mistake, unless there is one already. Inside a scope the
// scope's name leads the message.
func (g *Graph) Fail(format string, args ...any) {
	if g.err != nil {
		return
	}
	err := fmt.Errorf(format, args...)
	if len(g.scopes) > 0 {
		err = fmt.Errorf("%s: %w", where(g.scopes), err)
	}
	g.err = err
}

// where is what errors call a scope.
func where(scopes []string) string {
	if strings.Contains(scopes[0], " ") {
		return strings.Join(scopes, "/")
	}
	return fmt.Sprintf("layer %q", strings.Join(scopes, "/"))
}

// Scope runs f under a name that its errors and printed kernels carry: a layer's,
// or two words for what is none, such as "loss poisson".
func (g *Graph) Scope(name string, f func()) {
	g.scopes = append(g.scopes, name)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()
	f()
}

// Tensor is a symbolic array: a shape, a type and how it is computed.
type Tensor struct {
	g     *Graph
	id    int
	kind  kind
	typ   compute.Type
	shape []int
	args  []*Tensor
	scope string

	op       compute.Op       // kindElem
	number   int32            // constant of type Int; stream of a random number
	value    float32          // constant of type Float; factor of a cross-entropy's slope
	red      compute.ReduceOp // kindReduce
	axes     []int            // reduced axes; permutation; starts of a slice or pad; axis of a concat
	ta, tb   bool             // kindMatMul
	log      bool             // kindSoftmax
	stride   int              // rows that one step of a gather's cursor passes over
	sum      int              // rows that a gather adds up for each of its own; 0 is 1
	variable *Variable        // kindVar, kindPack, kindAssign
	sparse   *Sparse          // kindSparse and the products of one
	offsets  []int            // kindPack: where each argument stands
}

// Shape is the length of each axis; empty for a scalar. Do not change it.
func (t *Tensor) Shape() []int { return t.shape }

// Rank is the number of axes.
func (t *Tensor) Rank() int { return len(t.shape) }

// Size is the number of elements.
func (t *Tensor) Size() int { return sizeOf(t.shape) }

// Type is what an element is.
func (t *Tensor) Type() compute.Type { return t.typ }

// Args are the tensors that t is computed from; none for variables, constants
// and sparse rows. Do not change them.
func (t *Tensor) Args() []*Tensor { return t.args }

// Scope is where t was made: names of layers, each in the one before it, with
// slashes between them.
func (t *Tensor) Scope() string { return t.scope }

// Graph is the graph that t belongs to.
func (t *Tensor) Graph() *Graph { return t.g }

// Const is a constant scalar in t's graph.
func (t *Tensor) Const(x float32) *Tensor { return t.g.Const(x) }

// String names the operation and its shape.
func (t *Tensor) String() string {
	name := t.kind.String()
	if t.kind == kindElem {
		name = t.op.String()
	}
	if t.variable != nil {
		name += " " + t.variable.name
	}
	if t.scope != "" {
		name = t.scope + "/" + name
	}
	return fmt.Sprintf("%%%d %s %v", t.id, name, t.shape)
}

// IsSparse is true of a tensor made by [Graph.Sparse].
func (t *Tensor) IsSparse() bool { return t.kind == kindSparse }

// key identifies what a node computes, so that equal nodes are kept once.
func (t *Tensor) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d.%d.%d|%v|%d|%x|%v|%v%v%v|%d|%v|%d|%d", t.kind, t.op, t.typ, t.shape, t.number, compute.Words([]float32{t.value})[0], t.axes, t.ta, t.tb, t.log, t.red, t.offsets, t.stride, t.sum)
	for _, a := range t.args {
		fmt.Fprintf(&b, ",%d", a.id)
	}
	if t.variable != nil {
		fmt.Fprintf(&b, "v%p", t.variable)
	}
	if t.sparse != nil {
		fmt.Fprintf(&b, "s%p", t.sparse)
	}
	return b.String()
}

// add puts a node into the graph, or finds the one that computes the same.
func (g *Graph) add(t Tensor) *Tensor {
	for _, a := range t.args {
		if a.g != g {
			g.Fail("graph: operand %v belongs to another graph", a)
			return g.placeholder(t.typ, t.shape)
		}
		if a.kind == kindSparse {
			g.Fail("graph: %v of a sparse matrix: only MatMul takes one, as its left factor", t.kind)
			return g.placeholder(t.typ, t.shape)
		}
	}
	if len(t.shape) > compute.MaxAxes {
		g.Fail("graph: shape %v has %d axes, at most %d are supported", t.shape, len(t.shape), compute.MaxAxes)
		return g.placeholder(t.typ, t.shape[:compute.MaxAxes])
	}
	if g.left != nil {
		if *g.left -= nodeBytes; *g.left < 0 {
			g.Fail("graph: %w", ErrMemory)
		}
	}
	key := t.key()
	if old, ok := g.seen[key]; ok {
		return old
	}
	t.g, t.id, t.scope = g, len(g.nodes), strings.Join(g.scopes, "/")
	if g.left != nil {
		*g.left -= int64(len(t.scope))
	}
	n := &t
	g.nodes = append(g.nodes, n)
	g.seen[key] = n
	return n
}

// placeholder stands in for a result that could not be made.
func (g *Graph) placeholder(typ compute.Type, shape []int) *Tensor {
	c := g.add(Tensor{kind: kindConst, typ: typ})
	return g.add(Tensor{kind: kindBroadcast, typ: typ, shape: append([]int(nil), shape...), args: []*Tensor{c}})
}

// Const is a constant float scalar.
func (g *Graph) Const(x float32) *Tensor {
	return g.add(Tensor{kind: kindConst, typ: compute.Float, value: x})
}

// ConstInt is a constant int32 scalar.
func (g *Graph) ConstInt(n int32) *Tensor {
	return g.add(Tensor{kind: kindConst, typ: compute.Int, number: n})
}

// Zeros is a float tensor of zeros.
func (g *Graph) Zeros(shape ...int) *Tensor { return BroadcastTo(g.Const(0), shape...) }

// NextStream numbers the random streams of a model, so that no two layers
// draw the same numbers.
func (g *Graph) NextStream() int32 {
	g.streams++
	return g.streams
}

func sizeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
