//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// rowNumber adds "int row_number(uint i)", the table row that an Index picks
// for row i: -1 for a negative number, -2 where row i's number lies outside the
// window of the index (from, count) that this run reads, -3 where the index
// has none.
func (s *shader) rowNumber(x compute.Index, w [2]int) {
	s.line("int row_number(uint i) {")
	if x.Empty() {
		s.line("\treturn int(i);")
	} else {
		words, base := s.memory(x.View.Slice(w[0], w[1]), false)
		at := "i"
		if !x.Cursor.Empty() {
			cursor, place := s.memory(x.Cursor, false)
			at = fmt.Sprintf("%s[%s] * %s + i", cursor, place, s.number(x.Stride))
		}
		s.line("\tuint at = %s;", at)
		s.line("\tif (at >= %s) return -3;", s.number(x.Len))
		s.line("\tat -= %s;", s.number(w[0]))
		s.line("\treturn at < %s ? max(int(%s[%s + at]), -1) : -2;", s.number(w[1]), words, base)
	}
	s.line("}")
}

// indexWindows cuts an index into runs that fit a storage block.
func (l *lowering) indexWindows(x compute.Index) [][2]int {
	return l.windows(compute.Rows(x.View, 1), x.Len, 1)
}

// windows cuts a matrix of rows rows into runs of rows that fit a storage
// block each.
func (l *lowering) windows(m compute.Matrix, rows, cols int) [][2]int {
	fit := rows
	for fit > 1 && !l.fits((fit-1)*m.Stride+cols) {
		fit = (fit + 1) / 2
	}
	all := [][2]int{{0, min(rows, fit)}}
	for at := fit; at < rows; at += fit {
		all = append(all, [2]int{at, min(fit, rows-at)})
	}
	return all
}

// window is the view of n rows of m from row from on.
func window(m compute.Matrix, from, n, cols int) compute.View {
	if n == 0 || cols == 0 {
		return compute.View{Buffer: m.Buffer, Offset: m.Offset}
	}
	return m.View.Slice(from*m.Stride, (n-1)*m.Stride+cols)
}
