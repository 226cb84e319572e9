//go:build cgo && (linux || windows)

package opengl

import "fmt"

// flat is a member of the flat family: an invocation computes a block of
// shared x own results, without shared memory or barriers, and a work group is
// a row of lanes. One factor, the shared one, is read at the same place by all
// lanes, which a CPU renderer turns into one load; the other, the lanes' own,
// comes through a buffer texture, of which it loads 16 bytes at a time.
type flat struct {
	shared, own int  // results along each factor's axis, multiples of 4
	lanesAlongM bool // the lanes' own factor is A; else B
}

// flatLanes is the size of a work group: a CPU renderer's vector holds 8 floats.
const flatLanes = 8

func (f flat) String() string {
	axis := "n"
	if f.lanesAlongM {
		axis = "m"
	}
	return fmt.Sprintf("flat %dx%d along %s", f.shared, f.own, axis)
}

// can implements candidate: flat kernels take every shape.
func (f flat) can(limits, product) bool { return true }

// emit implements candidate.
func (f flat) emit(l *lowering, p product) error {
	shared, own := p.factors()
	if f.lanesAlongM {
		shared, own = own, shared
	}
	s := l.shader("MatMul", flatLanes)
	batch := s.finishPart(p)
	s.define("SHARED_N", s.number(shared.size))
	s.define("OWN_N", s.number(own.size))
	s.line("void main() {")
	s.terms(p)
	s.line("\tuint s0 = gl_WorkGroupID.x * %du;", f.shared)
	s.line("\tuint o0 = (gl_WorkGroupID.y * %du + gl_LocalInvocationID.x) * %du;", flatLanes, f.own)
	accumulators(s, f.shared, f.own)
	if p.size[axisK] > 0 {
		f.loop(s, s.loads(shared, "s", "s0", "SHARED_N", f.shared, false), s.loads(own, "o", "o0", "OWN_N", f.own, true))
	}
	f.store(s)
	s.line("}")
	if s.err != nil {
		return fmt.Errorf("%v: %w", f, s.err)
	}
	return s.run(ceil(shared.size, f.shared), ceil(own.size, flatLanes*f.own), batch)
}

// loop adds the sum over k, four terms a turn and then the rest singly.
func (f flat) loop(s *shader, shared, own *loads) {
	for _, terms := range []int{4, 1} {
		s.line("\tfor (; k + %du < kEnd; k += %du) {", terms-1, terms)
		shared.add(s, terms)
		own.add(s, terms)
		for q := range terms {
			for i := range f.shared {
				for j := range f.own {
					s.line("\t\tc%d_%d += s%d_%d * o%d_%d;", i, j, i, q, j, q)
				}
			}
		}
		s.line("\t}")
	}
}

// store hands the results to finish. A loop and not its body repeated: an
// epilogue may be long.
func (f flat) store(s *shader) {
	gather(s, f.shared, f.own)
	row, column := "s0 + i", "o0 + j"
	if f.lanesAlongM {
		row, column = column, row
	}
	s.line("\tfor (uint i = 0u; i < %du && s0 + i < SHARED_N; i++)", f.shared)
	s.line("\t\tfor (uint j = 0u; j < %du && o0 + j < OWN_N; j++)", f.own)
	s.line("\t\t\tfinish(gl_WorkGroupID.z, %s, %s, results[i * %du + j]);", row, column, f.own)
}
