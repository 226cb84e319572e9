package graph

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// alignWords is where variables of one flat buffer start: multiples of 64
// bytes, so that vector loads never straddle two of them.
const alignWords = 16

// Variable is storage that outlives a program's run: a weight, an optimizer's
// slot, a data set, a step counter.
type Variable struct {
	name  string
	typ   compute.Type
	shape []int
	view  compute.View
	root  *Variable // the flat variable this one is a part of, or itself
	at    int       // first word inside root
}

// NewVariable declares storage of the given shape. It has none until it is
// bound or allocated.
func NewVariable(name string, typ compute.Type, shape ...int) *Variable {
	v := &Variable{name: name, typ: typ, shape: append([]int(nil), shape...)}
	v.root = v
	return v
}

// Name is the name given at declaration.
func (v *Variable) Name() string { return v.name }

// Shape is the length of each axis. Do not change it.
func (v *Variable) Shape() []int { return v.shape }

// Size is the number of elements.
func (v *Variable) Size() int { return sizeOf(v.shape) }

// Type is what an element is: Float or Int.
func (v *Variable) Type() compute.Type { return v.typ }

// View is the bound storage; empty before that.
func (v *Variable) View() compute.View { return v.view }

// Bind gives v its storage, of exactly its size.
func (v *Variable) Bind(view compute.View) error {
	if view.Len != v.Size() {
		return fmt.Errorf("graph: variable %q of shape %v needs %d words, got %d", v.name, v.shape, v.Size(), view.Len)
	}
	v.view = view
	return nil
}

// Part is the variable that shares v's words from offset on.
func (v *Variable) Part(name string, offset int, shape ...int) *Variable {
	p := &Variable{name: name, typ: v.typ, shape: append([]int(nil), shape...), root: v.root, at: v.at + offset}
	if !v.view.Empty() {
		p.view = v.view.Slice(offset, p.Size())
	}
	return p
}

// overlaps is true when both variables share a word.
func (v *Variable) overlaps(w *Variable) bool {
	return v.root == w.root && v.at < w.at+w.Size() && w.at < v.at+v.Size()
}

// Layout is how tensors of given sizes stand in one flat buffer: the offset of
// each, and the length of the whole.
type Layout struct {
	Offsets []int
	Len     int
}

// NewLayout places tensors one after the other, each at a multiple of 64 bytes.
func NewLayout(sizes ...int) Layout {
	var l Layout
	for _, n := range sizes {
		l.Offsets = append(l.Offsets, l.Len)
		l.Len += (n + alignWords - 1) / alignWords * alignWords
	}
	return l
}

// Allocate reserves a buffer for v on a device and binds it; the caller
// releases the buffer.
func (v *Variable) Allocate(b compute.Backend) (compute.Buffer, error) {
	buffer, err := b.NewBuffer(v.Size())
	if err != nil {
		return nil, fmt.Errorf("graph: variable %q of shape %v: %w", v.name, v.shape, err)
	}
	return buffer, v.Bind(compute.ViewOf(buffer))
}

// Read is v's value before the program changes it.
func (g *Graph) Read(v *Variable) *Tensor {
	return g.add(Tensor{kind: kindVar, typ: v.typ, shape: v.shape, variable: v})
}

// Assign makes value v's new value when the program runs. Every Read of v in
// the same program still sees the old one; the result is the new one.
func (g *Graph) Assign(v *Variable, value *Tensor) *Tensor {
	if !equal(v.shape, value.shape) || v.typ != value.typ {
		g.Fail("graph: cannot assign %v of shape %v to variable %q, a %v of shape %v", value.typ, value.shape, v.name, v.typ, v.shape)
		return value
	}
	for _, a := range g.assigns {
		if a.variable.overlaps(v) {
			g.Fail("graph: variable %q is assigned twice in one program", v.name)
			return value
		}
	}
	t := g.add(Tensor{kind: kindAssign, typ: v.typ, shape: v.shape, args: []*Tensor{value}, variable: v})
	g.assigns = append(g.assigns, t)
	return t
}

// Pack lays tensors into the flat float variable v, which nothing else writes,
// and is the whole of it. Words between the tensors keep what they hold.
func (g *Graph) Pack(v *Variable, offsets []int, parts ...*Tensor) *Tensor {
	if len(v.shape) != 1 || len(offsets) != len(parts) || len(parts) == 0 {
		g.Fail("graph: pack needs a flat variable and an offset for each of its tensors")
		return g.Read(v)
	}
	for i, p := range parts {
		if p.typ != compute.Float || offsets[i] < 0 || offsets[i]+p.Size() > v.shape[0] {
			g.Fail("graph: pack: %v at %d does not fit %q of %d words", p, offsets[i], v.name, v.shape[0])
			return g.Read(v)
		}
	}
	t := g.add(Tensor{kind: kindPack, typ: compute.Float, shape: v.shape, args: append([]*Tensor(nil), parts...), variable: v, offsets: append([]int(nil), offsets...)})
	for _, a := range g.assigns {
		if a != t && a.variable.overlaps(v) {
			g.Fail("graph: variable %q is assigned twice in one program", v.name)
			return t
		}
	}
	g.assigns = append(g.assigns, t)
	return t
}

// Output asks for t to be kept where the caller can read it after a run.
func (g *Graph) Output(t *Tensor) { g.outputs = append(g.outputs, t) }

// Sparse is a matrix in compressed-sparse-row form on the device, and which of
// its rows a program uses; see [compute.CSR].
type Sparse struct {
	Rows, Cols int       // of the operand: Rows picked rows
	RowPtr     *Variable // Int
	Col        *Variable // Int
	Val        *Variable // Float, or nil when every stored value is 1
	Index      *Variable // Int row numbers, or nil for the first Rows rows
	Cursor     *Variable // Int, one element, or nil
	Stride     int       // row numbers that one step of the cursor passes over
}

// Sparse is the matrix as a tensor that can only be the left factor of MatMul.
func (g *Graph) Sparse(s *Sparse) *Tensor {
	return g.add(Tensor{kind: kindSparse, typ: compute.Float, shape: []int{s.Rows, s.Cols}, sparse: s})
}

// variables lists what the matrix reads.
func (s *Sparse) variables() []*Variable {
	var out []*Variable
	for _, v := range []*Variable{s.RowPtr, s.Col, s.Val, s.Index, s.Cursor} {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

func (s *Sparse) csr() compute.CSR {
	a := compute.CSR{RowPtr: s.RowPtr.view, Col: s.Col.view, Cols: s.Cols}
	if s.Val != nil {
		a.Val = s.Val.view
	}
	if s.Index != nil {
		a.Rows = compute.Index{View: s.Index.view, Stride: s.Stride}
		if s.Cursor != nil {
			a.Rows.Cursor = s.Cursor.view
		}
	}
	return a
}
