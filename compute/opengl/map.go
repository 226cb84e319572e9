//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// mapKernel lowers Map: one invocation computes one element.
func (l *lowering) mapKernel(k *compute.Map) error {
	if k.Dims.Size() == 0 {
		return nil
	}
	sp := newSpace(k.Dims, append(append([]compute.Operand(nil), k.In...), k.Out...)...)
	if k.Expr.Uses(compute.OpRandom) > 0 {
		sp = sp.position(k.Dims, 0)
	}
	for _, piece := range l.pieces(sp) {
		if err := l.mapPiece(k.Expr, piece); err != nil {
			return err
		}
	}
	return nil
}

// copyKernel lowers Copy: the formula is the identity of a word.
func (l *lowering) copyKernel(k *compute.Copy) error {
	return l.mapKernel(&compute.Map{Expr: identityWord, Dims: k.Dims, In: []compute.Operand{k.In}, Out: []compute.Operand{k.Out}})
}

var identityWord = compute.Identity(compute.Int)

// mapGroup is the invocations of a group. 128 fills the hardware's waves of 32
// and 64 and gives a CPU renderer rows of work.
const mapGroup = 128

func (l *lowering) mapPiece(e *compute.Expr, sp space) error {
	sp = sp.merged()
	if walksQuads(e, sp) {
		return l.mapQuads(e, sp)
	}
	var s *shader
	var x, y, z int
	axes := len(sp.dims)
	last := sp.dims[axes-1]
	coords := coordinates(axes)
	if axes == 1 {
		s = l.shader("Map", mapGroup)
		s.formula("formula", e)
		s.line("void main() {")
		s.line("\tuint i0 = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * %du + gl_LocalInvocationID.x;", mapGroup)
		s.line("\tif (i0 >= %s) return;", s.number(last))
		x, y = l.grid(ceil(last, mapGroup))
		z = 1
	} else {
		// The last axis runs along x, all others along y and z: no division for
		// a matrix.
		width := 8
		for width < mapGroup && width < last {
			width *= 2
		}
		height := mapGroup / width
		s = l.shader("Map", width, height)
		s.formula("formula", e)
		rows := 1
		for _, d := range sp.dims[:axes-1] {
			rows *= d
		}
		x = ceil(last, width)
		if x > l.lim.groups {
			return l.halves(e, sp)
		}
		y, z = l.grid(ceil(rows, height))
		s.line("void main() {")
		s.line("\tuint row = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * %du + gl_LocalInvocationID.y;", height)
		s.line("\tuint %s = gl_GlobalInvocationID.x;", coords[axes-1])
		s.line("\tif (%s >= %s || row >= %s) return;", coords[axes-1], s.number(last), s.number(rows))
		s.split("row", sp.dims[:axes-1], coords[:axes-1])
	}
	s.element(e, sp, coords)
	s.line("}")
	return s.run(x, y, z)
}

// halves maps a space whose last axis is longer than a grid's.
func (l *lowering) halves(e *compute.Expr, sp space) error {
	axis := len(sp.dims) - 1
	half := sp.dims[axis] / 2
	for _, part := range [][2]int{{0, half}, {half, sp.dims[axis] - half}} {
		if err := l.mapPiece(e, sp.part(axis, part[0], part[1]).cut()); err != nil {
			return err
		}
	}
	return nil
}

// element loads the inputs at the coordinates, applies formula and stores the
// outputs. The space's arrays are inputs, outputs and perhaps the position.
func (s *shader) element(e *compute.Expr, sp space, coords []string) {
	args := []string{s.elementNumber(sp, len(e.Inputs)+len(e.Outputs), coords)}
	for i, t := range e.Inputs {
		words, base := s.memory(sp.arrays[i].view, false)
		args = append(args, fromBits(t, fmt.Sprintf("%s[%s]", words, s.at(base, sp.arrays[i], coords))))
	}
	for i, at := range e.Outputs {
		s.line("\t%s o%d;", glType(e.Code[at].Type), i)
		args = append(args, fmt.Sprintf("o%d", i))
	}
	s.line("\tformula(%s);", strings.Join(args, ", "))
	for i, at := range e.Outputs {
		out := sp.arrays[len(e.Inputs)+i]
		words, base := s.memory(out.view, true)
		s.line("\t%s[%s] = %s;", words, s.at(base, out, coords), toBits(e.Code[at].Type, fmt.Sprintf("o%d", i)))
	}
}

// elementNumber is the GLSL for an element's position, where the space has one
// as array n.
func (s *shader) elementNumber(sp space, n int, coords []string) string {
	if n >= len(sp.arrays) {
		return "0u"
	}
	p := sp.arrays[n]
	return s.at(s.number(p.view.Offset), p, coords)
}
