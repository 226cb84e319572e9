//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// Where a Map is worth a program of its own that takes four elements at a time:
// from that many elements on, for formulas of simple instructions, which the
// program holds four times over.
const (
	fewestQuads   = 1 << 10
	longestInQuad = 64
)

// walksQuads says whether a space of one axis can be walked four elements at a
// time: whole vec4s of every array, or one word of it everywhere.
func walksQuads(e *compute.Expr, sp space) bool {
	if len(sp.dims) != 1 || sp.dims[0]%4 != 0 || sp.dims[0] < 4*fewestQuads || len(e.Code) > longestInQuad {
		return false
	}
	for _, in := range e.Code {
		if !simple(in.Op) {
			return false
		}
	}
	for i, a := range sp.arrays {
		switch step := a.strides[0]; {
		case step == 1 && a.view.Offset%4 == 0:
		case step == 0 && i < len(e.Inputs):
		default:
			return false
		}
	}
	return true
}

// simple is true of an instruction that is one or a few of the processor's.
func simple(op compute.Op) bool {
	switch op {
	case compute.OpRandom, compute.OpPow, compute.OpExp, compute.OpExpm1, compute.OpLog, compute.OpLog1p,
		compute.OpSin, compute.OpCos, compute.OpTanh, compute.OpSigmoid, compute.OpErf:
		return false
	}
	return true
}

// mapQuads lowers such a Map.
func (l *lowering) mapQuads(e *compute.Expr, sp space) error {
	s := l.shader("Map", mapGroup)
	s.formula("formula", e)
	quads := sp.dims[0] / 4
	s.line("void main() {")
	s.line("\tuint i = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * %du + gl_LocalInvocationID.x;", mapGroup)
	s.line("\tif (i >= %s) return;", s.number(quads))
	args := []string{"0u"}
	for n, t := range e.Inputs {
		args = append(args, fromBits(t, s.loadQuad(n, sp.arrays[n])))
	}
	outs := sp.arrays[len(e.Inputs):]
	for n := range outs {
		s.line("\tuvec4 y%d;", n)
	}
	s.line("\tfor (int q = 0; q < 4; q++) {")
	for n, at := range e.Outputs {
		s.line("\t\t%s o%d;", glType(e.Code[at].Type), n)
		args = append(args, fmt.Sprintf("o%d", n))
	}
	s.line("\t\tformula(%s);", strings.Join(args, ", "))
	for n, at := range e.Outputs {
		s.line("\t\ty%d[q] = %s;", n, toBits(e.Code[at].Type, fmt.Sprintf("o%d", n)))
	}
	s.line("\t}")
	for n, out := range outs {
		array, base := s.quads(out.view, true)
		s.line("\t%s[%s / 4u + i] = y%d;", array, base, n)
	}
	s.line("}")
	x, y := l.grid(ceil(quads, mapGroup))
	return s.run(x, y, 1)
}

// loadQuad adds the load of input n, and gives the GLSL of its word for element
// q of the four.
func (s *shader) loadQuad(n int, a array) string {
	if a.strides[0] == 0 {
		words, base := s.memory(a.view, false)
		s.line("\tuint x%d = %s[%s];", n, words, base)
		return fmt.Sprintf("x%d", n)
	}
	quads, base := s.quads(a.view, false)
	s.line("\tuvec4 x%d = %s[%s / 4u + i];", n, quads, base)
	return fmt.Sprintf("x%d[q]", n)
}
