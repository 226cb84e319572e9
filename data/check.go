package data

import (
	"fmt"
	"math"
)

// size multiplies a shape, whose first axis counts the rows.
func size(shape []int) (int, error) {
	if len(shape) == 0 {
		return 0, fmt.Errorf("data: %w: a shape needs at least the axis of its rows", ErrShape)
	}
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("data: %w: negative axis in shape %v", ErrShape, shape)
		}
		if d > 0 && n > math.MaxInt/2/d {
			return 0, fmt.Errorf("data: %w: shape %v is too large", ErrShape, shape)
		}
		n *= d
	}
	return n, nil
}

// fills says whether so many values fill the shape.
func fills(values int, shape []int) error {
	n, err := size(shape)
	if err == nil && n != values {
		err = fmt.Errorf("data: %w: shape %v holds %d values, got %d", ErrShape, shape, n, values)
	}
	return err
}

// Check holds the number of values against the shape.
func (d *Dense) Check() error { return fills(len(d.Values), d.Shape) }

// Check holds the number of values against the shape.
func (d *Ints) Check() error { return fills(len(d.Values), d.Shape) }

// Check says which row ends before it begins or beyond the values, or has a
// column that is out of range, out of order or repeated.
func (c *CSR) Check() error {
	if c.Columns < 0 || len(c.RowPtr) == 0 {
		return fmt.Errorf("data: %w: sparse rows with %d columns and %d row pointers, want 0 or more columns and a pointer more than rows", ErrShape, c.Columns, len(c.RowPtr))
	}
	if c.Val != nil && len(c.Val) != len(c.Col) {
		return fmt.Errorf("data: %w: sparse rows with %d columns of values and %d values", ErrShape, len(c.Col), len(c.Val))
	}
	for r := range c.Rows() {
		from, to := c.RowPtr[r], c.RowPtr[r+1]
		if from < 0 || from > to || int(to) > len(c.Col) {
			return fmt.Errorf("data: %w: sparse row %d is [%d, %d) of %d values", ErrShape, r, from, to, len(c.Col))
		}
		last := int32(-1)
		for _, col := range c.Col[from:to] {
			if col <= last || int(col) >= c.Columns {
				return fmt.Errorf("data: %w: sparse row %d has column %d after column %d; want them ascending, from 0 to %d", ErrShape, r, col, last, c.Columns-1)
			}
			last = col
		}
	}
	return nil
}

// Check says which column is missing, contradicts itself or has another number
// of rows than the first.
func (d *Dataset) Check() error {
	if len(d.X) == 0 {
		return fmt.Errorf("data: %w: a dataset needs at least one input", ErrShape)
	}
	for _, group := range []struct {
		name    string
		columns []Tensor
	}{{"input", d.X}, {"target", d.Y}} {
		for i, c := range group.columns {
			if c == nil {
				return fmt.Errorf("data: %w: %s %d is nil", ErrShape, group.name, i)
			}
			if err := c.Check(); err != nil {
				return fmt.Errorf("%s %d: %w", group.name, i, err)
			}
			if c.Rows() != d.Rows() {
				return fmt.Errorf("data: %w: %s %d has %d rows, input 0 has %d", ErrShape, group.name, i, c.Rows(), d.Rows())
			}
		}
	}
	if d.Weights != nil && len(d.Weights) != d.Rows() {
		return fmt.Errorf("data: %w: %d sample weights for %d rows", ErrShape, len(d.Weights), d.Rows())
	}
	return nil
}
