package data

import "fmt"

// TakeColumns copies the given columns of a matrix, in the given order: numpy's
// x[:, columns].
//
//	[rows, n]  ->  [rows, len(columns)]
func (d *Dense) TakeColumns(columns ...int) (*Dense, error) {
	if len(d.Shape) != 2 || len(columns) == 0 {
		return nil, fmt.Errorf("data: %d columns of an array of shape %v, want at least 1 of [rows, columns]: %w", len(columns), d.Shape, ErrShape)
	}
	for _, c := range columns {
		if c < 0 || c >= d.Shape[1] {
			return nil, fmt.Errorf("data: column %d of an array of shape %v: %w", c, d.Shape, ErrShape)
		}
	}
	out := &Dense{Shape: []int{d.Shape[0], len(columns)}, Values: make([]float32, 0, d.Shape[0]*len(columns))}
	for r := range d.Rows() {
		row := d.Row(r)
		for _, c := range columns {
			out.Values = append(out.Values, row[c])
		}
	}
	return out, nil
}

// DropMissing copies the examples that have no NaN in their inputs and targets:
// pandas' dropna. Where too few are left, preprocessing.Impute fills in numbers
// instead.
func (d *Dataset) DropMissing() *Dataset {
	var rows []int
	for r := range d.Rows() {
		if !d.missing(r) {
			rows = append(rows, r)
		}
	}
	return d.Take(rows)
}

// missing is true where row r has a NaN.
func (d *Dataset) missing(r int) bool {
	for _, list := range [][]Tensor{d.X, d.Y} {
		for _, t := range list {
			var values []float32
			switch t := t.(type) {
			case *Dense:
				values = t.Row(r)
			case *CSR:
				_, values = t.Row(r)
			}
			for _, v := range values {
				if v != v {
					return true
				}
			}
		}
	}
	return false
}
