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
	// ahead reads the next tile while the present one is added, into the other
	// half of a shared memory that is twice as long: the adding hides how long
	// memory takes, for registers and for shared memory.
	ahead bool
}

func (c tiled) String() string {
	s := fmt.Sprintf("tiled %dx%dx%d by %dx%d", c.m, c.n, c.k, c.rows, c.columns)
	if c.ahead {
		s += " ahead"
	}
	return s
}

// invocations of a work group.
func (c tiled) invocations() int { return c.m / c.rows * (c.n / c.columns) }

// stages is how many tiles of a factor lie in shared memory.
func (c tiled) stages() int {
	if c.ahead {
		return 2
	}
	return 1
}

// can implements candidate.
func (c tiled) can(lim limits, _ product) bool {
	fours := c.stages() * c.k * (stageStride(c.m) + stageStride(c.n))
	return c.invocations() <= lim.groupSize && 16*fours <= lim.sharedBytes
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
	s.block(c)
	s.line("\tuint rowFour = t / %du, columnFour = t %% %du;", c.n/c.columns, c.n/c.columns)
	accumulators(s, c.rows, c.columns)
	if p.size[axisK] > 0 {
		for _, x := range stages {
			x.locate(s)
		}
		if c.ahead {
			c.loopAhead(s, stages)
		} else {
			c.loop(s, stages)
		}
	}
	c.store(s, guard, p.fin.epilogue == nil)
	s.line("}")
	if s.err != nil {
		return fmt.Errorf("%v: %w", c, s.err)
	}
	return s.run(ceil(n, c.n), ceil(m, c.m), batch)
}

// bandRows is how many rows of blocks a GPU works through side by side.
const bandRows = 8

// block adds m0 and n0, the first row and column of the group's block. Groups
// start in the order of their numbers, so these go down the columns of bands of
// a few rows of blocks: those at work at a time then read few rows of A and few
// columns of B, which the device's cache holds.
func (s *shader) block(c tiled) {
	s.line("\tuint across = gl_NumWorkGroups.x, number = gl_WorkGroupID.y * across + gl_WorkGroupID.x;")
	s.line("\tuint band = number / (across * %du), inBand = number %% (across * %du);", bandRows, bandRows)
	s.line("\tuint bandRows = min(%du, gl_NumWorkGroups.y - band * %du);", bandRows, bandRows)
	s.line("\tuint m0 = (band * %du + inBand %% bandRows) * %du, n0 = inBand / bandRows * %du;", bandRows, c.m, c.n)
}

// loop adds the sum over k, a tile of terms a turn.
func (c tiled) loop(s *shader, stages []*stage) {
	s.line("\tfor (; k < kEnd; k += %du) {", c.k)
	for _, x := range stages {
		x.values(s)
		x.load(s, "k")
		x.put(s, "")
	}
	s.line("\t\tbarrier();")
	c.add(s, stages, "")
	s.line("\t\tbarrier();")
	s.line("\t}")
}

// loopAhead is loop with the next tile on its way while one is added. One
// barrier a turn is enough: a half is written again only in the turn after the
// one that read it.
func (c tiled) loopAhead(s *shader, stages []*stage) {
	s.line("\t{")
	for _, x := range stages {
		x.values(s)
		x.load(s, "k")
		x.put(s, "")
	}
	s.line("\t}")
	s.line("\tuint present = 0u;")
	s.line("\tbarrier();")
	s.line("\tfor (; k < kEnd; k += %du) {", c.k)
	s.line("\t\tuint next = k + %du;", c.k)
	for _, x := range stages {
		x.values(s)
	}
	s.line("\t\tif (next < kEnd) {")
	for _, x := range stages {
		x.load(s, "next")
	}
	s.line("\t\t}")
	c.add(s, stages, "present")
	s.line("\t\tpresent = 1u - present;")
	s.line("\t\tif (next < kEnd) {")
	for _, x := range stages {
		x.put(s, "present")
	}
	s.line("\t\t}")
	s.line("\t\tbarrier();")
	s.line("\t}")
}

// addedAtOnce is how many terms stand in a row in the text, so that a compiler
// can read the next while it adds one.
const addedAtOnce = 4

// add adds the terms of the tile in a half of shared memory.
func (c tiled) add(s *shader, stages []*stage, half string) {
	s.line("\t\tfor (uint q = 0u; q < %du; q += %du) {", c.k, addedAtOnce)
	for q := range addedAtOnce {
		c.read(s, stages[0], "x", q, half, "rowFour", c.rows)
		c.read(s, stages[1], "y", q, half, "columnFour", c.columns)
		for i := range c.rows {
			for j := range c.columns {
				s.line("\t\t\tc%d_%d += x%d_%d[%d] * y%d_%d[%d];", i, j, q, i/4, i%4, q, j/4, j%4)
			}
		}
	}
	s.line("\t\t}")
}

// read adds the loads of an invocation's places of term q from shared memory:
// fours as far apart as the invocations reach with one each, so that
// neighbouring invocations read neighbours.
func (c tiled) read(s *shader, x *stage, name string, q int, half, first string, count int) {
	for g := range count / 4 {
		s.line("\t\t\tvec4 %s%d_%d = %s[%s(q + %du) * %du + %s + %du];",
			name, q, g, x.name, x.half(half), q, stageStride(x.places), first, g*x.places/count)
	}
}

// store hands the results to finish: one by one where that does no more than
// store them, else in a loop, as an epilogue may be long.
func (c tiled) store(s *shader, guard, short bool) {
	row := func(i string) string {
		return fmt.Sprintf("m0 + rowFour * 4u + %s / 4u * %du + %s %% 4u", i, 4*c.m/c.rows, i)
	}
	column := func(j string) string {
		return fmt.Sprintf("n0 + columnFour * 4u + %s / 4u * %du + %s %% 4u", j, 4*c.n/c.columns, j)
	}
	inside := ""
	if guard {
		inside = "if (row < M && column < N) "
	}
	if short {
		for i := range c.rows {
			s.line("\t{ uint row = %s;", row(fmt.Sprintf("%du", i)))
			for j := range c.columns {
				s.line("\t\t{ uint column = %s; %sfinish(gl_WorkGroupID.z, row, column, c%d_%d); }", column(fmt.Sprintf("%du", j)), inside, i, j)
			}
			s.line("\t}")
		}
		return
	}
	gather(s, c.rows, c.columns)
	s.line("\tfor (uint i = 0u; i < %du; i++)", c.rows)
	s.line("\t\tfor (uint j = 0u; j < %du; j++) {", c.columns)
	s.line("\t\t\tuint row = %s;", row("i"))
	s.line("\t\t\tuint column = %s;", column("j"))
	s.line("\t\t\t%sfinish(gl_WorkGroupID.z, row, column, results[i * %du + j]);", inside, c.columns)
	s.line("\t\t}")
}
