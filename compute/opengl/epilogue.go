//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// finishing is what a product does with each of its elements: add what stood
// there, apply the epilogue, store. Its arrays lie over (batch, m, n).
type finishing struct {
	epilogue   *compute.Epilogue // nil stores the product
	c          array
	accumulate bool  // add what stands in c
	partials   array // results of earlier parts of the same product, to be added; no view for none
	in, out    []array
	m, n       int    // size of the whole iteration space, for positions
	start      [3]int // where this part starts in it: batch, m, n
}

func newFinishing(e *compute.Epilogue, c compute.Matrix, accumulate bool, m, n int) finishing {
	f := finishing{epilogue: e, accumulate: accumulate, m: m, n: n}
	f.c = array{c.View, []int{c.Batch, c.Stride, 1}}
	if e != nil {
		for _, o := range e.In {
			f.in = append(f.in, array{o.View, o.Strides[1:]})
		}
		for _, o := range e.Out {
			f.out = append(f.out, array{o.View, o.Strides[1:]})
		}
	}
	return f
}

// arrays lists the arrays that a cut has to move.
func (f *finishing) arrays() []*array {
	all := []*array{&f.c}
	if !f.partials.view.Empty() {
		all = append(all, &f.partials)
	}
	for i := range f.in {
		all = append(all, &f.in[i])
	}
	for i := range f.out {
		all = append(all, &f.out[i])
	}
	return all
}

// part is f from place from on along axis (0 batch, 1 m, 2 n).
func (f finishing) part(axis, from int) finishing {
	f.in = append([]array(nil), f.in...)
	f.out = append([]array(nil), f.out...)
	for _, a := range f.arrays() {
		a.view.Offset += from * a.strides[axis]
	}
	f.start[axis] += from
	return f
}

// finish adds a function "void finish(uint b, uint m, uint n, float x)".
// batches, rows and columns are the part's size.
func (s *shader) finish(f finishing, batches, rows, columns int) {
	sp := space{dims: []int{batches, rows, columns}}
	coords := []string{"b", "m", "n"}
	place := func(a array, write bool) string {
		a.view.Len = sp.span(a)
		words, base := s.memory(a.view, write)
		return fmt.Sprintf("%s[%s]", words, s.at(base, a, coords))
	}
	if f.epilogue != nil {
		s.formula("formula", f.epilogue.Expr)
	}
	s.line("void finish(uint b, uint m, uint n, float x) {")
	if !f.partials.view.Empty() {
		s.line("\tx += uintBitsToFloat(%s);", place(f.partials, false))
	}
	c := place(f.c, true)
	if f.accumulate {
		s.line("\tx += uintBitsToFloat(%s);", c)
	}
	if f.epilogue == nil {
		s.line("\t%s = floatBitsToUint(x);", c)
		s.line("}")
		return
	}
	e := f.epilogue.Expr
	element := "0u"
	if e.Uses(compute.OpRandom) > 0 {
		element = fmt.Sprintf("((%s + b) * %s + %s + m) * %s + %s + n", s.number(f.start[0]), s.number(f.m), s.number(f.start[1]), s.number(f.n), s.number(f.start[2]))
	}
	args := []string{element, "x"}
	for i, a := range f.in {
		args = append(args, fromBits(e.Inputs[i+1], place(a, false)))
	}
	for i, at := range e.Outputs {
		s.line("\t%s o%d;", glType(e.Code[at].Type), i)
		args = append(args, fmt.Sprintf("o%d", i))
	}
	s.line("\tformula(%s);", strings.Join(args, ", "))
	s.line("\t%s = floatBitsToUint(o0);", c)
	for i, a := range f.out {
		s.line("\t%s = %s;", place(a, true), toBits(e.Code[e.Outputs[i+1]].Type, fmt.Sprintf("o%d", i+1)))
	}
	s.line("}")
}
