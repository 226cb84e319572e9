//go:build cgo && (linux || windows)

package opengl

import (
	"github.com/glearn-go/glearn/compute"
)

// scatterRun is how many rows one run of the plain kernel adds.
const scatterRun = maxLoop / 2

// scatterAdd lowers ScatterAdd: an invocation owns a column and adds its rows
// in order, so that no two invocations touch a word and sums repeat.
func (l *lowering) scatterAdd(k *compute.ScatterAdd) error {
	if k.Rows == 0 || k.Cols == 0 || k.TableRows == 0 {
		return nil
	}
	for _, in := range l.windows(k.In, k.Rows/k.Repeats(), k.Cols) {
		for from := 0; from < in[1]*k.Repeats(); from += scatterRun {
			rows := [2]int{from, min(scatterRun, in[1]*k.Repeats()-from)}
			for _, table := range l.windows(k.Table, k.TableRows, k.Cols) {
				for _, index := range l.indexWindows(k.Index) {
					if err := l.scatterWindow(k, in, rows, table, index); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// scatterWindow adds some of the rows of a window of In: rows counts row
// numbers, from the window's first on.
func (l *lowering) scatterWindow(k *compute.ScatterAdd, in, rows, table, index [2]int) error {
	s := l.shader("ScatterAdd", 32)
	s.rowNumber(k.Index, index)
	words, base := s.memory(window(k.In, in[0], in[1], k.Cols), false)
	to, place := s.memory(window(k.Table, table[0], table[1], k.Cols), true)
	s.define("COLS", s.number(k.Cols))
	s.define("ROWS", s.number(rows[1]))
	s.define("ROW0", s.number(in[0]*k.Repeats()+rows[0]))
	s.define("FROM", "int("+s.number(table[0])+")")
	s.define("COUNT", "int("+s.number(table[1])+")")
	s.define("IN(row, col)", words+"["+base+" + ((row) + "+s.number(rows[0])+") / "+s.number(k.Repeats())+" * "+s.number(k.In.Stride)+" + (col)]")
	s.define("TABLE(row, col)", to+"["+place+" + uint(row) * "+s.number(k.Table.Stride)+" + (col)]")
	s.include("scatter")
	x, y := l.grid(ceil(k.Cols, 32))
	return s.run(x, y, 1)
}
