//go:build cgo && (linux || windows)

package opengl

import "fmt"

// tiled is a member of the tiled family: a work group computes a block of m x n
// results. It copies k terms of its rows of A and columns of B at a time into
// shared memory, from which each invocation adds them to rows x columns results
// in registers. Each word of A and B so comes from memory once for a whole
// block of results.
type tiled struct {
	m, n, k       int // multiples of 4; k divides splitTerms
	rows, columns int // results of an invocation, multiples of 4
}

func (c tiled) String() string {
	return fmt.Sprintf("tiled %dx%dx%d by %dx%d", c.m, c.n, c.k, c.rows, c.columns)
}

// invocations of a work group.
func (c tiled) invocations() int { return c.m / c.rows * (c.n / c.columns) }

// can implements candidate.
func (c tiled) can(lim limits, _ product) bool {
	words := c.k * (stageStride(c.m) + stageStride(c.n))
	return c.invocations() <= lim.groupSize && 4*words <= lim.sharedBytes
}

// emit implements candidate.
func (c tiled) emit(l *lowering, p product) error {
	m, n := p.size[axisM], p.size[axisN]
	guard := m%c.m != 0 || n%c.n != 0 || p.size[axisK]%c.k != 0
	s := l.shader("MatMul", c.invocations())
	batch := s.finishPart(p)
	s.define("M", s.number(m))
	s.define("N", s.number(n))
	a, b := p.factors()
	stages := []*stage{
		{factor: a, name: "tileA", first: "m0", limit: "M", places: c.m, tile: c, guard: guard},
		{factor: b, name: "tileB", first: "n0", limit: "N", places: c.n, tile: c, guard: guard},
	}
	for _, x := range stages {
		x.declare(s)
	}
	s.line("void main() {")
	s.terms(p)
	s.line("\tuint t = gl_LocalInvocationID.x;")
	s.line("\tuint m0 = gl_WorkGroupID.y * %du, n0 = gl_WorkGroupID.x * %du;", c.m, c.n)
	s.line("\tuint row0 = t / %du * 4u, column0 = t %% %du * 4u;", c.n/c.columns, c.n/c.columns)
	accumulators(s, c.rows, c.columns)
	if p.size[axisK] > 0 {
		c.loop(s, stages)
	}
	c.store(s, guard)
	s.line("}")
	if s.err != nil {
		return fmt.Errorf("%v: %w", c, s.err)
	}
	return s.run(ceil(n, c.n), ceil(m, c.m), batch)
}

// loop adds the sum over k, a tile of terms a turn.
func (c tiled) loop(s *shader, stages []*stage) {
	for _, x := range stages {
		x.locate(s)
	}
	s.line("\tfor (; k < kEnd; k += %du) {", c.k)
	for _, x := range stages {
		x.fill(s)
	}
	s.line("\t\tbarrier();")
	s.line("\t\tfor (uint q = 0u; q < %du; q++) {", c.k)
	for i := range c.rows {
		s.line("\t\t\tfloat x%d = tileA[q * %du + row0 + %du];", i, stageStride(c.m), spread(i, c.m, c.rows))
	}
	for j := range c.columns {
		s.line("\t\t\tfloat y%d = tileB[q * %du + column0 + %du];", j, stageStride(c.n), spread(j, c.n, c.columns))
	}
	for i := range c.rows {
		for j := range c.columns {
			s.line("\t\t\tc%d_%d += x%d * y%d;", i, j, i, j)
		}
	}
	s.line("\t\t}")
	s.line("\t\tbarrier();")
	s.line("\t}")
}

// spread is the place of an invocation's i-th result along an axis, from its
// first: groups of four neighbours, as far apart as the invocations reach with
// one group each, so that neighbouring invocations read neighbouring words.
func spread(i, size, each int) int { return i/4*(4*size/each) + i%4 }

// store hands the results to finish. A loop and not its body repeated: an
// epilogue may be long.
func (c tiled) store(s *shader, guard bool) {
	gather(s, c.rows, c.columns)
	s.line("\tfor (uint i = 0u; i < %du; i++)", c.rows)
	s.line("\t\tfor (uint j = 0u; j < %du; j++) {", c.columns)
	s.line("\t\t\tuint row = m0 + row0 + i / 4u * %du + i %% 4u;", 4*c.m/c.rows)
	s.line("\t\t\tuint column = n0 + column0 + j / 4u * %du + j %% 4u;", 4*c.n/c.columns)
	if guard {
		s.line("\t\t\tif (row < M && column < N)")
	}
	s.line("\t\t\tfinish(gl_WorkGroupID.z, row, column, results[i * %du + j]);", c.columns)
	s.line("\t\t}")
}
