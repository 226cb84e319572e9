//go:build cgo && (linux || windows)

package opengl

import (
	"github.com/glearn-go/glearn/compute"
)

// The rows of A that one round of SparseMatMulT takes: a bit for each of them
// and for each column, at most these words in all.
const (
	mostMarkWords = 1 << 22
	mostMarkRows  = 1024 // a summary of 32 words is one word
)

// sparseMatMulT lowers SparseMatMulT without float atomics: a first kernel
// marks, in a table of bits, which rows of A have an entry in which column; a
// second gives an invocation a few elements of a row of C, and walks that
// column's rows in order.
func (l *lowering) sparseMatMulT(k *compute.SparseMatMulT) error {
	if k.N == 0 || k.A.Cols == 0 {
		return nil
	}
	accumulate := k.Accumulate
	for _, c := range l.windows(k.C, k.A.Cols, k.N) {
		words := min(max(mostMarkWords/c[1], 1), mostMarkRows/32, max(ceil(k.M, 32), 1))
		begun := accumulate
		for _, e := range l.entryWindows(k.A) {
			for _, b := range l.windows(k.B, k.M, k.N) {
				for from := 0; from == 0 || from < b[1]; from += 32 * words {
					r := sparseRound{k: k, columns: c, entries: e, from: b[0] + from, rows: min(b[1]-from, 32*words), words: words, accumulate: begun}
					if err := l.sparseRound(r); err != nil {
						return err
					}
					begun = true
				}
			}
		}
	}
	return nil
}

// sparseRound is one round: rows [from, from+rows) of A and B, and a window of
// A's columns and of its entries.
type sparseRound struct {
	k                *compute.SparseMatMulT
	columns, entries [2]int
	from, rows       int
	words            int // of marks for a column
	accumulate       bool
}

func (l *lowering) sparseRound(r sparseRound) error {
	k := r.k
	// Marks of every column, a summary of each column's marks, and two words for
	// what is noted of the entries; in whole vec4s, which are cleared sooner.
	marks := l.temp((r.columns[1]*(r.words+1) + 5) &^ 3)
	clear := compute.Map{
		Expr: zeroWord, Dims: compute.D(marks.Len),
		Out: []compute.Operand{compute.Full(marks, compute.D(marks.Len))},
	}
	if err := l.mapKernel(&clear); err != nil {
		return err
	}
	if r.rows > 0 && k.A.Col.Len > 0 {
		s := l.shader("SparseMatMulT marks", 16, 4)
		r.begin(s, marks, true)
		s.include("sparse_mark")
		if err := s.run(1, ceil(r.rows, 4), 1); err != nil {
			return err
		}
	}
	return l.sparseProductT(r, marks)
}

// sparseProductT adds up the marked rows.
func (l *lowering) sparseProductT(r sparseRound, marks compute.View) error {
	k := r.k
	across := lanes(k.N)
	s := l.shader("SparseMatMulT", across, 64/across)
	r.begin(s, marks, false)
	b := window(k.B, r.from, r.rows, k.N)
	if b.Empty() {
		b = k.C.View.Slice(0, 0) // no rows: never read
	}
	s.fours("B", b, k.B.Stride, k.N)
	c := window(k.C, r.columns[0], r.columns[1], k.N)
	if k.N%4 == 0 && wholeQuads(c, k.C.Stride) {
		s.define("QUADS", "")
		s.rows("C", "uvec4", c, k.C.Stride, true)
	} else {
		s.rows("C", "uint", c, k.C.Stride, true)
	}
	if r.accumulate {
		s.define("ACCUMULATE", "")
	}
	s.include("sparse_transposed")
	y, z := l.grid(ceil(r.columns[1], s.local[1]))
	return s.run(ceil(k.N, 8*across), y, z)
}

// begin adds what both kernels of a round read.
func (r sparseRound) begin(s *shader, marks compute.View, write bool) {
	a := r.k.A
	if r.rows == 0 || a.Col.Len == 0 {
		s.line("uvec2 row_entries(uint i) { return uvec2(0u); }")
		s.define("column(at)", "0u")
		s.define("value(at)", "0.0")
	} else {
		s.csr(a, r.entries)
	}
	words, base := s.memory(marks, write)
	s.define("FROM", s.number(r.from))
	s.define("ROWS", s.number(r.rows))
	s.define("FIRST_COL", s.number(r.columns[0]))
	s.define("COL_COUNT", s.number(r.columns[1]))
	s.define("MARK_WORDS", s.number(r.words))
	s.define("MARK(col, word)", words+"["+base+" + (col) * MARK_WORDS + (word)]")
	s.define("SUMMARY(col)", words+"["+base+" + COL_COUNT * MARK_WORDS + (col)]")
	s.define("TWICE", words+"["+base+" + COL_COUNT * (MARK_WORDS + 1u)]")
	s.define("UNORDERED", words+"["+base+" + COL_COUNT * (MARK_WORDS + 1u) + 1u]")
}

var zeroWord = func() *compute.Expr {
	b := compute.NewBuilder()
	return b.MustBuild(b.Int(0))
}()
