package datasets

import (
	"encoding/binary"
	"fmt"
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

// place is where a cell stands, for errors: row 0 is the first below the names.
func (t *Table) place(row, column int) string {
	return fmt.Sprintf("datasets: %s: row %d, column %q", t.name, row, t.columns[column])
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

// each calls f with every cell, in file order, spaces around it removed. The
// cell is valid until f returns.
func (t *Table) each(f func(row, column int, cell []byte) error) error {
	rest := t.cells
	for row := range t.rows {
		for column := range t.columns {
			n, used := binary.Uvarint(rest)
			cell := rest[used : used+int(n)]
			rest = rest[used+int(n):]
			if err := f(row, column, trim(cell)); err != nil {
				return err
			}
		}
	}
	return nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// Float32 reads the given columns, or all when none are given, as numbers:
// [rows, columns], NaN where a cell is missing. A cell that is no finite number
// in float32's range is an error that names its row and column.
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
	out := &data.Dense{Shape: []int{t.rows, len(columns)}, Values: make([]float32, t.rows*len(columns))}
	err := t.each(func(row, column int, cell []byte) error {
		if to[column] == nil {
			return nil
		}
		v, err := t.number(string(cell))
		if err != nil {
			return fmt.Errorf("%s: %w", t.place(row, column), err)
		}
		for _, i := range to[column] {
			out.Values[row*len(columns)+i] = float32(v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Float64 reads one column as numbers, in full precision; otherwise like
// [Table.Float32].
func (t *Table) Float64(column string) ([]float64, error) {
	c, err := t.index(column)
	if err != nil {
		return nil, err
	}
	out := make([]float64, t.rows)
	err = t.each(func(row, column int, cell []byte) (err error) {
		if column != c {
			return nil
		}
		if out[row], err = t.number(string(cell)); err != nil {
			return fmt.Errorf("%s: %w", t.place(row, column), err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// number is the value of a cell; NaN when it is missing.
func (t *Table) number(cell string) (float64, error) {
	if t.isMissing(cell) {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
		return 0, fmt.Errorf("%.40q is no finite number", cell)
	}
	return v, nil
}

// Int32 reads a column of whole numbers, [rows]. A missing cell is an error.
func (t *Table) Int32(column string) (*data.Ints, error) {
	c, err := t.index(column)
	if err != nil {
		return nil, err
	}
	out := &data.Ints{Shape: []int{t.rows}, Values: make([]int32, t.rows)}
	err = t.each(func(row, column int, cell []byte) error {
		if column != c {
			return nil
		}
		v, err := strconv.ParseInt(string(cell), 10, 32)
		if err != nil {
			return fmt.Errorf("%s: %.40q is no whole number", t.place(row, column), cell)
		}
		out.Values[row] = int32(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Text reads a column as it stands, "" where a cell is missing.
func (t *Table) Text(column string) ([]string, error) {
	c, err := t.index(column)
	if err != nil {
		return nil, err
	}
	out := make([]string, t.rows)
	err = t.each(func(row, column int, cell []byte) error {
		if s := string(cell); column == c && !t.isMissing(s) {
			out[row] = s
		}
		return nil
	})
	return out, err
}

// Categories reads a column of names: for every row the index of its name among
// the sorted names of the column, -1 where it is missing.
func (t *Table) Categories(column string) (index *data.Ints, names []string, err error) {
	text, err := t.Text(column)
	if err != nil {
		return nil, nil, err
	}
	names = slices.Compact(slices.Sorted(slices.Values(text)))
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	index = &data.Ints{Shape: []int{t.rows}, Values: make([]int32, t.rows)}
	for row, s := range text {
		i, found := slices.BinarySearch(names, s)
		if !found {
			i = -1
		}
		index.Values[row] = int32(i)
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
	for _, s := range text {
		if s == "" {
			n++
		}
	}
	return n, nil
}
