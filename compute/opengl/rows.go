//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// rowNumber adds "int row_number(uint i)", the table row that an Index picks
// for row i: -1 where it points outside its own view.
func (s *shader) rowNumber(x compute.Index) {
	s.line("int row_number(uint i) {")
	if x.Empty() {
		s.line("\treturn int(i);")
	} else {
		words, base := s.memory(x.View, false)
		at := "i"
		if !x.Cursor.Empty() {
			cursor, place := s.memory(x.Cursor, false)
			at = fmt.Sprintf("%s[%s] * %s + i", cursor, place, s.number(x.Stride))
		}
		s.line("\tuint at = %s;", at)
		s.line("\treturn at < %s ? int(%s[%s + at]) : -1;", s.number(x.Len), words, base)
	}
	s.line("}")
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
