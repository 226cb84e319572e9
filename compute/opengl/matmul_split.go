//go:build cgo && (linux || windows)

package opengl

import "fmt"

// splitK is a candidate that cuts k into parts, so that products of few
// results and many terms fill a device. The parts' sums wait in scratch memory,
// and a second run adds them in order: the same bits every time, which atomic
// additions would not give.
type splitK struct {
	candidate
	parts int
}

func (c splitK) String() string { return fmt.Sprintf("%v, k in %d parts", c.candidate, c.parts) }

// can implements candidate.
func (c splitK) can(lim limits, p product) bool {
	batch := p.size[axisBatch] * c.parts
	results := batch * p.size[axisM] * p.size[axisN]
	return !p.split && p.size[axisK] >= 4*c.parts && batch <= lim.groups && lim.fits(results) && c.candidate.can(lim, p)
}

// emit implements candidate.
func (c splitK) emit(l *lowering, p product) error {
	m, n, k := p.size[axisM], p.size[axisN], p.size[axisK]
	part := p
	part.split = true
	part.terms = ceil(ceil(k, c.parts), splitTerms) * splitTerms
	part.parts = ceil(k, part.terms)
	sums := array{l.temp(p.size[axisBatch] * part.parts * m * n), []int{m * n, n, 1}}
	part.fin = finishing{c: sums, m: m, n: n}
	if err := c.candidate.emit(l, part); err != nil {
		return err
	}
	return l.addParts(p, sums, part.parts)
}

// splitTerms divides the length of a part: parts start at whole vec4s, and at
// whole tiles.
const splitTerms = 32

// addParts finishes a product whose k was split: parts matrices of sums lie
// behind one another for each of its own.
func (l *lowering) addParts(p product, sums array, parts int) error {
	batch, m, n := p.size[axisBatch], p.size[axisM], p.size[axisN]
	s := l.shader("MatMul parts", 64)
	s.finish(p.fin, batch, m, n)
	words, base := s.memory(sums.view, false)
	N, size, count := s.number(n), s.number(m*n), s.number(parts)
	s.line("void main() {")
	s.line("\tuint b = gl_WorkGroupID.z, m = gl_WorkGroupID.y, n = gl_GlobalInvocationID.x;")
	s.line("\tif (n >= %s) return;", N)
	s.line("\tuint at = %s + b * %s * %s + m * %s + n;", base, count, size, N)
	s.line("\tfloat sum = 0.0;")
	s.line("\tfor (uint i = 0u; i < %s; i++) sum += uintBitsToFloat(%s[at + i * %s]);", count, words, size)
	s.line("\tfinish(b, m, n, sum);")
	s.line("}")
	return s.run(ceil(n, 64), m, batch)
}

// terms adds the start of a product's main: the matrix b, the first term k,
// and kEnd behind the last. A group's z counts matrices, or parts of them.
func (s *shader) terms(p product) {
	if !p.split {
		s.line("\tuint b = gl_WorkGroupID.z, k = 0u, kEnd = %s;", s.number(p.size[axisK]))
		return
	}
	parts, terms := s.number(p.parts), s.number(p.terms)
	s.line("\tuint b = gl_WorkGroupID.z / %s, k = gl_WorkGroupID.z %% %s * %s;", parts, parts, terms)
	s.line("\tuint kEnd = min(k + %s, %s);", terms, s.number(p.size[axisK]))
}

// finishPart adds the function finish, for all matrices or their parts, and
// gives their number.
func (s *shader) finishPart(p product) int {
	n := p.size[axisBatch]
	if p.split {
		n *= p.parts
	}
	s.finish(p.fin, n, p.size[axisM], p.size[axisN])
	return n
}
