//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
)

// flat lowers a product without shared memory: an invocation computes a block
// of rows x columns results.
func (l *lowering) flat(p product) error {
	const rows, columns = 4, 8
	batch, m, n, k := p.size[0], p.size[1], p.size[2], p.size[3]
	s := l.shader("MatMul", 8, 4)
	s.finish(p.fin, batch, m, n)
	M, N, K := s.number(m), s.number(n), s.number(k)
	p.a.view.Len = space{dims: []int{batch, m, k}}.span(p.a)
	p.b.view.Len = space{dims: []int{batch, k, n}}.span(p.b)
	if k == 0 {
		p.a.view, p.b.view = p.fin.c.view, p.fin.c.view // never read
		p.a.view.Len, p.b.view.Len = 0, 0
	}
	aw, abase := s.memory(p.a.view, false)
	bw, bbase := s.memory(p.b.view, false)
	as, bs := []string{"0u", "0u", "0u"}, []string{"0u", "0u", "0u"}
	for i := range 3 {
		as[i], bs[i] = s.number(p.a.strides[i]), s.number(p.b.strides[i])
	}
	s.line("void main() {")
	s.line("\tuint b = gl_WorkGroupID.z, m0 = gl_GlobalInvocationID.y * %du, n0 = gl_GlobalInvocationID.x * %du;", rows, columns)
	s.line("\tif (m0 >= %s || n0 >= %s) return;", M, N)
	for i := range rows {
		s.line("\tuint a%dat = %s + b * %s + min(m0 + %du, %s - 1u) * %s;", i, abase, as[0], i, M, as[1])
	}
	for j := range columns {
		s.line("\tuint b%dat = %s + b * %s + min(n0 + %du, %s - 1u) * %s;", j, bbase, bs[0], j, N, bs[2])
	}
	for i := range rows {
		for j := range columns {
			s.line("\tfloat c%d_%d = 0.0;", i, j)
		}
	}
	s.line("\tfor (uint k = 0u; k < %s; k++) {", K)
	for i := range rows {
		s.line("\t\tfloat a%d = uintBitsToFloat(%s[a%dat]); a%dat += %s;", i, aw, i, i, as[2])
	}
	for j := range columns {
		s.line("\t\tfloat b%d = uintBitsToFloat(%s[b%dat]); b%dat += %s;", j, bw, j, j, bs[1])
	}
	for i := range rows {
		for j := range columns {
			s.line("\t\tc%d_%d += a%d * b%d;", i, j, i, j)
		}
	}
	s.line("\t}")
	s.results(rows, columns, M, N)
	s.line("}")
	if s.err != nil {
		return fmt.Errorf("%d x %d x %d: %w", m, n, k, s.err)
	}
	return s.run(ceil(n, 8*columns), ceil(m, 4*rows), batch)
}

// results adds the loop that hands the block of results c0_0.. that starts at
// (m0, n0) to finish. A loop and not its body repeated: an epilogue may be
// long, and is compiled once.
func (s *shader) results(rows, columns int, M, N string) {
	s.line("\tfloat results[%d];", rows*columns)
	for i := range rows {
		for j := range columns {
			s.line("\tresults[%d] = c%d_%d;", i*columns+j, i, j)
		}
	}
	s.line("\tfor (uint i = 0u; i < %du && m0 + i < %s; i++)", rows, M)
	s.line("\t\tfor (uint j = 0u; j < %du && n0 + j < %s; j++)", columns, N)
	s.line("\t\t\tfinish(b, m0 + i, n0 + j, results[i * %du + j]);", columns)
}
