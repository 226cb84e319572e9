//go:build cgo && (linux || windows)

package opengl

import (
	"github.com/glearn-go/glearn/compute"
)

// gather lowers Gather: one invocation copies one word. A table longer than a
// storage block is gathered from in windows of rows, and the first one also
// marks the rows that no window has.
func (l *lowering) gather(k *compute.Gather) error {
	if k.Rows == 0 || k.Cols == 0 {
		return nil
	}
	for _, out := range l.windows(k.Out, k.Rows, k.Cols) {
		for i, w := range l.windows(k.Table, k.TableRows, k.Cols) {
			for j, x := range l.indexWindows(k.Index) {
				if err := l.gatherWindow(k, out, w, x, i == 0, j == 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (l *lowering) gatherWindow(k *compute.Gather, out, table, index [2]int, firstTable, firstIndex bool) error {
	s := l.shader("Gather", 32, 4)
	s.rowNumber(k.Index, index)
	from := window(k.Table, table[0], table[1], k.Cols)
	if from.Buffer == nil { // a table of no rows
		from = window(k.Out, out[0], 0, k.Cols)
	}
	to := window(k.Out, out[0], out[1], k.Cols)
	cols, word := k.Cols, "uint"
	if k.Cols%4 == 0 && wholeQuads(from, k.Table.Stride) && wholeQuads(to, k.Out.Stride) {
		cols, word = k.Cols/4, "uvec4"
	}
	s.define("WORD", word)
	s.rows("TABLE", word, from, k.Table.Stride, false)
	s.rows("OUT", word, to, k.Out.Stride, true)
	s.define("COLS", s.number(cols))
	s.define("ROWS", s.number(out[1]))
	s.define("ROW0", s.number(out[0]))
	s.define("TABLE_ROWS", "int("+s.number(k.TableRows)+")")
	s.define("FROM", "int("+s.number(table[0])+")")
	s.define("COUNT", "int("+s.number(table[1])+")")
	s.define("FIRST_TABLE", truth(firstTable))
	s.define("FIRST_INDEX", truth(firstIndex))
	s.include("gather")
	y, z := l.grid(ceil(out[1], 4))
	// A few words each: what a row's number costs is shared.
	return s.run(min(ceil(cols, 4*32), l.lim.groups), y, z)
}

// wholeQuads is true of a matrix whose rows start at whole vec4s.
func wholeQuads(v compute.View, stride int) bool { return v.Offset%4 == 0 && stride%4 == 0 }

// rows defines NAME(row, col), an element of a matrix of words or of uvec4s.
func (s *shader) rows(name, word string, v compute.View, stride int, write bool) {
	array, base := s.storage(v, write, word)
	place := base + " + uint(row) * " + s.number(stride)
	if word == "uvec4" {
		place = "(" + place + ") / 4u"
	}
	s.define(name+"(row, col)", array+"["+place+" + (col)]")
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
