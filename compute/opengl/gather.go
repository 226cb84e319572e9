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
	if k.Sums() > 1 {
		return l.gatherSums(k)
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
	from, to := gatherViews(k, out, table)
	cols, word := k.Cols, "uint"
	if k.Cols%4 == 0 && wholeQuads(from, k.Table.Stride) && wholeQuads(to, k.Out.Stride) {
		cols, word = k.Cols/4, "uvec4"
	}
	s.define("WORD", word)
	s.rows("TABLE", word, from, k.Table.Stride, false)
	s.rows("OUT", word, to, k.Out.Stride, true)
	s.define("COLS", s.number(cols))
	s.gatherWindow(k, out, table, firstTable, firstIndex)
	s.include("gather")
	y, z := l.grid(ceil(out[1], 4))
	// A few words each: what a row's number costs is shared.
	return s.run(min(ceil(cols, 4*32), l.lim.groups), y, z)
}

// gatherViews is a window of the table and one of the result.
func gatherViews(k *compute.Gather, out, table [2]int) (from, to compute.View) {
	from = window(k.Table, table[0], table[1], k.Cols)
	if from.Buffer == nil { // a table of no rows
		from = window(k.Out, out[0], 0, k.Cols)
	}
	return from, window(k.Out, out[0], out[1], k.Cols)
}

// gatherWindow defines what both gathers know about their windows.
func (s *shader) gatherWindow(k *compute.Gather, out, table [2]int, firstTable, firstIndex bool) {
	s.define("ROWS", s.number(out[1]))
	s.define("ROW0", s.number(out[0]))
	s.define("TABLE_ROWS", "int("+s.number(k.TableRows)+")")
	s.define("FROM", "int("+s.number(table[0])+")")
	s.define("COUNT", "int("+s.number(table[1])+")")
	s.define("FIRST_TABLE", truth(firstTable))
	s.define("FIRST_INDEX", truth(firstIndex))
}

// gatherSums lowers a Gather that adds rows up: one invocation makes a sum, in
// runs of as many rows as its loop may have.
func (l *lowering) gatherSums(k *compute.Gather) error {
	width := min(ceil(k.Cols, 32), l.lim.groups)
	run := max(maxLoop/2/ceil(k.Cols, 32*width), 1)
	for _, out := range l.windows(k.Out, k.Rows, k.Cols) {
		first := true
		for i, table := range l.windows(k.Table, k.TableRows, k.Cols) {
			for j, index := range l.indexWindows(k.Index) {
				for from := 0; from < k.Sums(); from += run {
					s := l.shader("Gather", 32, 4)
					s.rowNumber(k.Index, index)
					in, to := gatherViews(k, out, table)
					s.rows("TABLE", "uint", in, k.Table.Stride, false)
					s.rows("OUT", "uint", to, k.Out.Stride, true)
					s.define("COLS", s.number(k.Cols))
					s.gatherWindow(k, out, table, i == 0, j == 0)
					s.define("SUM", s.number(k.Sums()))
					s.define("BEGIN", s.number(from))
					s.define("END", s.number(min(from+run, k.Sums())))
					s.define("FIRST", truth(first))
					s.include("gather_sum")
					y, z := l.grid(ceil(out[1], 4))
					if err := s.run(width, y, z); err != nil {
						return err
					}
					first = false
				}
			}
		}
	}
	return nil
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
