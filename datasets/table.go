package datasets

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/glearn-go/glearn/data"
)

// Columns are the names of the columns.
func (t *Table) Columns() []string { return slices.Clone(t.columns) }

// Rows is the number of rows, the line of names not counted.
func (t *Table) Rows() int { return t.rows }

// place is where a cell stands, for errors: the line of the file, and the name
// of the column.
func (t *Table) place(row, column int) string {
	line, at := t.first, 0
	for empty, cell := range t.cells.all() {
		line += empty
		if at == row*len(t.columns)+column {
			break
		}
		line += strings.Count(cell, "\n")
		if at++; at%len(t.columns) == 0 {
			line++
		}
	}
	return fmt.Sprintf("datasets: %s: line %d, column %q", t.name, line, t.columns[column])
}

func (t *Table) index(column string) (int, error) {
	i := slices.Index(t.columns, column)
	if i < 0 {
		return 0, fmt.Errorf("datasets: %s: no column %q; there is %q", t.name, column, t.columns)
	}
	return i, nil
}

// isMissing says whether a cell, without spaces around it, stands for nothing.
func (t *Table) isMissing(cell string) bool {
	return cell == "" || slices.ContainsFunc(t.missing, func(m string) bool { return strings.EqualFold(m, cell) })
}

// each calls f with every cell, in file order, spaces around it removed.
func (t *Table) each(f func(row, column int, cell string) error) error {
	at := 0
	for _, cell := range t.cells.all() {
		if err := f(at/len(t.columns), at%len(t.columns), strings.Trim(cell, " \t")); err != nil {
			return err
		}
		at++
	}
	return nil
}

// readCells reads the cells of some columns and hands them to set. All are
// parsed before allocate is called, and then again: what a file does not have
// takes no memory.
func readCells[V any](t *Table, wanted func(column int) bool, parse func(cell string) (V, error), allocate func(), set func(row, column int, v V)) error {
	read := func(set func(row, column int, v V)) error {
		return t.each(func(row, column int, cell string) error {
			if !wanted(column) {
				return nil
			}
			v, err := parse(cell)
			if err != nil {
				return fmt.Errorf("%s: %w", t.place(row, column), err)
			}
			set(row, column, v)
			return nil
		})
	}
	if err := read(func(int, int, V) {}); err != nil {
		return err
	}
	allocate()
	return read(set)
}

// readColumn is [readCells] of one column, as a list.
func readColumn[V any](t *Table, column string, parse func(cell string) (V, error)) ([]V, error) {
	c, err := t.index(column)
	if err != nil {
		return nil, err
	}
	var out []V
	err = readCells(t, func(column int) bool { return column == c }, parse,
		func() { out = make([]V, t.rows) },
		func(row, _ int, v V) { out[row] = v })
	return out, err
}

// Float32 reads the given columns, or all when none are given, as numbers:
// [rows, columns], NaN where a cell is missing. A cell that is no finite number
// in float32's range is an error that names its line and column.
func (t *Table) Float32(columns ...string) (*data.Dense, error) {
	if len(columns) == 0 {
		columns = t.columns
	}
	to := make([][]int, len(t.columns)) // where in the result a column goes
	for i, name := range columns {
		c, err := t.index(name)
		if err != nil {
			return nil, err
		}
		to[c] = append(to[c], i)
	}
	out := &data.Dense{Shape: []int{t.rows, len(columns)}}
	err := readCells(t, func(column int) bool { return to[column] != nil }, t.number,
		func() { out.Values = make([]float32, t.rows*len(columns)) },
		func(row, column int, v float64) {
			for _, i := range to[column] {
				out.Values[row*len(columns)+i] = float32(v)
			}
		})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Float64 reads one column as numbers, in full precision; otherwise like
// [Table.Float32].
func (t *Table) Float64(column string) ([]float64, error) { return readColumn(t, column, t.number) }

// number is the value of a cell; NaN when it is missing.
func (t *Table) number(cell string) (float64, error) {
	if t.isMissing(cell) {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	if errors.Is(err, strconv.ErrSyntax) {
		if len(t.columns) == 1 && strings.ContainsAny(cell, ";\t|,") {
			return 0, fmt.Errorf("%.40q is no finite number; if it is several cells, set Comma", cell)
		}
		return 0, fmt.Errorf("%.40q is no finite number; Text and Categories read names", cell)
	}
	if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
		return 0, fmt.Errorf("%.40q is no finite number", cell)
	}
	return v, nil
}

// Int32 reads a column of whole numbers, [rows]. A missing cell is an error.
func (t *Table) Int32(column string) (*data.Ints, error) {
	values, err := readColumn(t, column, func(cell string) (int32, error) {
		v, err := strconv.ParseInt(cell, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%.40q is no whole number", cell)
		}
		return int32(v), nil
	})
	if err != nil {
		return nil, err
	}
	return &data.Ints{Shape: []int{t.rows}, Values: values}, nil
}

// Text goes through a column as it stands, "" where a cell is missing. The texts
// lie in the table: they take no memory of their own, and keep the table's.
// slices.Collect makes a list of them, of 16 bytes a row.
func (t *Table) Text(column string) (iter.Seq[string], error) {
	c, err := t.index(column)
	if err != nil {
		return nil, err
	}
	return func(yield func(string) bool) {
		at := 0
		for _, cell := range t.cells.all() {
			if at++; (at-1)%len(t.columns) != c {
				continue
			}
			if cell = strings.Trim(cell, " \t"); t.isMissing(cell) {
				cell = ""
			}
			if !yield(cell) {
				return
			}
		}
	}, nil
}

// maxCategories bounds the names of a column of categories: with more of them
// it is a column of texts.
const maxCategories = 1 << 16

// Categories reads a column of names: for every row the index of its name among
// the sorted names of the column, -1 where it is missing. More than 65,536
// names are an error.
func (t *Table) Categories(column string) (index *data.Ints, names []string, err error) {
	text, err := t.Text(column)
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]int32{"": -1}
	row := 0
	for s := range text {
		seen[s] = -1
		if len(seen) > maxCategories+1 {
			return nil, nil, fmt.Errorf("%s: %.40q is one name more than %d", t.place(row, slices.Index(t.columns, column)), s, maxCategories)
		}
		row++
	}
	names = slices.Sorted(maps.Keys(seen))[1:] // without ""
	for i, name := range names {
		seen[name] = int32(i)
	}
	index = &data.Ints{Shape: []int{t.rows}, Values: make([]int32, 0, t.rows)}
	for s := range text {
		index.Values = append(index.Values, seen[s])
	}
	return index, names, nil
}

// Missing counts the missing cells of a column.
func (t *Table) Missing(column string) (int, error) {
	text, err := t.Text(column)
	if err != nil {
		return 0, err
	}
	n := 0
	for s := range text {
		if s == "" {
			n++
		}
	}
	return n, nil
}
