// Package data holds the arrays that models train on and predict from.
//
// A [Dataset] pairs inputs with targets, row by row. Its columns are [Tensor]
// values: [Dense] (float32), [Ints] (int32: class labels, token ids) or [CSR]
// (sparse rows, such as multi-hot text). Nothing here computes on a device.
package data

import (
	"errors"
	"fmt"
)

// ErrShape is wrapped by every error about lengths and shapes that do not fit.
var ErrShape = errors.New("shape does not fit")

// Tensor is a column of rows of equal shape: [*Dense], [*Ints] or [*CSR].
type Tensor interface {
	// Rows is the number of rows (examples).
	Rows() int
	// RowShape is the shape of one row; empty for one scalar per row.
	RowShape() []int
	// Slice is the window of rows [from, to), sharing memory with the receiver.
	Slice(from, to int) Tensor
	// Take copies the given rows, in the given order.
	Take(rows []int) Tensor
	// Check says where the array contradicts itself.
	Check() error
}

// Dense is a float32 array in row-major order; Shape[0] is the number of rows.
type Dense struct {
	Shape  []int
	Values []float32 // len = product of Shape
}

// Ints is an int32 array in row-major order; Shape[0] is the number of rows.
type Ints struct {
	Shape  []int
	Values []int32 // len = product of Shape
}

// CSR is a sparse matrix in compressed-sparse-row form: the columns of row r
// are Col[RowPtr[r]:RowPtr[r+1]], ascending and without repeats, and their
// values stand at the same places in Val.
type CSR struct {
	Columns int
	RowPtr  []int32   // len rows+1; RowPtr[0] need not be 0 in a slice
	Col     []int32   // column of each stored value
	Val     []float32 // nil means that every stored value is 1
}

// NewDense wraps values (not copied) as an array of the given shape.
func NewDense(values []float32, shape ...int) (*Dense, error) {
	d := &Dense{Shape: append([]int(nil), shape...), Values: values}
	if err := d.Check(); err != nil {
		return nil, err
	}
	return d, nil
}

// NewInts wraps values (not copied) as an array of the given shape.
func NewInts(values []int32, shape ...int) (*Ints, error) {
	d := &Ints{Shape: append([]int(nil), shape...), Values: values}
	if err := d.Check(); err != nil {
		return nil, err
	}
	return d, nil
}

// FromRows copies a slice of equally long rows into a [rows, columns] array.
func FromRows(rows [][]float32) (*Dense, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("data: %w: no rows", ErrShape)
	}
	columns := len(rows[0])
	values := make([]float32, 0, len(rows)*columns)
	for i, row := range rows {
		if len(row) != columns {
			return nil, fmt.Errorf("data: %w: row %d has %d columns, row 0 has %d", ErrShape, i, len(row), columns)
		}
		values = append(values, row...)
	}
	return &Dense{Shape: []int{len(rows), columns}, Values: values}, nil
}

func rowSize(shape []int) int {
	n := 1
	for _, d := range shape[1:] {
		n *= d
	}
	return n
}

// Rows is Shape[0].
func (d *Dense) Rows() int { return d.Shape[0] }

// RowShape is Shape without its first axis.
func (d *Dense) RowShape() []int { return d.Shape[1:] }

// Row is the window of one row's values.
func (d *Dense) Row(i int) []float32 {
	n := rowSize(d.Shape)
	return d.Values[i*n : (i+1)*n : (i+1)*n]
}

// Reshape gives every row another shape of the same size; it shares the values.
func (d *Dense) Reshape(rowShape ...int) (*Dense, error) {
	return NewDense(d.Values, append([]int{d.Rows()}, rowShape...)...)
}

// Slice is the window of rows [from, to).
func (d *Dense) Slice(from, to int) Tensor {
	n := rowSize(d.Shape)
	return &Dense{Shape: withRows(d.Shape, to-from), Values: d.Values[from*n : to*n : to*n]}
}

// Take copies the given rows.
func (d *Dense) Take(rows []int) Tensor {
	return &Dense{Shape: withRows(d.Shape, len(rows)), Values: takeRows(d.Values, rowSize(d.Shape), rows)}
}

// Rows is Shape[0].
func (d *Ints) Rows() int { return d.Shape[0] }

// RowShape is Shape without its first axis.
func (d *Ints) RowShape() []int { return d.Shape[1:] }

// Slice is the window of rows [from, to).
func (d *Ints) Slice(from, to int) Tensor {
	n := rowSize(d.Shape)
	return &Ints{Shape: withRows(d.Shape, to-from), Values: d.Values[from*n : to*n : to*n]}
}

// Take copies the given rows.
func (d *Ints) Take(rows []int) Tensor {
	return &Ints{Shape: withRows(d.Shape, len(rows)), Values: takeRows(d.Values, rowSize(d.Shape), rows)}
}

// Rows is the number of rows.
func (c *CSR) Rows() int { return len(c.RowPtr) - 1 }

// RowShape is [Columns].
func (c *CSR) RowShape() []int { return []int{c.Columns} }

// Row gives the columns and values of one row; the values are nil where all are 1.
func (c *CSR) Row(i int) (col []int32, val []float32) {
	from, to := c.RowPtr[i], c.RowPtr[i+1]
	if c.Val != nil {
		val = c.Val[from:to]
	}
	return c.Col[from:to], val
}

// Slice is the window of rows [from, to); it shares Col and Val.
func (c *CSR) Slice(from, to int) Tensor {
	return &CSR{Columns: c.Columns, RowPtr: c.RowPtr[from : to+1], Col: c.Col, Val: c.Val}
}

// Take copies the given rows.
func (c *CSR) Take(rows []int) Tensor {
	out := &CSR{Columns: c.Columns, RowPtr: make([]int32, 1, len(rows)+1)}
	for _, r := range rows {
		col, val := c.Row(r)
		out.Col = append(out.Col, col...)
		out.Val = append(out.Val, val...)
		out.RowPtr = append(out.RowPtr, int32(len(out.Col)))
	}
	return out
}

// Dense writes the rows out in full, zeros included: rows x Columns values.
func (c *CSR) Dense() *Dense {
	out := &Dense{Shape: []int{c.Rows(), c.Columns}, Values: make([]float32, c.Rows()*c.Columns)}
	for i := range c.Rows() {
		row := out.Row(i)
		col, val := c.Row(i)
		for k, j := range col {
			row[j] = 1
			if val != nil {
				row[j] = val[k]
			}
		}
	}
	return out
}

func withRows(shape []int, rows int) []int {
	out := append([]int(nil), shape...)
	out[0] = rows
	return out
}

func takeRows[T any](values []T, width int, rows []int) []T {
	out := make([]T, 0, len(rows)*width)
	for _, r := range rows {
		out = append(out, values[r*width:(r+1)*width]...)
	}
	return out
}

// Dataset is a set of examples: for every row, its inputs and what a model
// should answer. All columns have the same number of rows.
type Dataset struct {
	X       []Tensor  // one per model input
	Y       []Tensor  // one per model output; empty for data without targets
	Weights []float32 // one per row, or nil when all rows count alike
}

// New pairs one input with one target.
func New(x, y Tensor) (*Dataset, error) {
	d := &Dataset{X: []Tensor{x}, Y: []Tensor{y}}
	return d, d.Check()
}

// Rows is the number of examples.
func (d *Dataset) Rows() int { return d.X[0].Rows() }

// Slice is the window of examples [from, to), sharing memory with the receiver.
func (d *Dataset) Slice(from, to int) *Dataset {
	return d.each(func(t Tensor) Tensor { return t.Slice(from, to) }, func(w []float32) []float32 { return w[from:to] })
}

// Take copies the given examples, in the given order.
func (d *Dataset) Take(rows []int) *Dataset {
	return d.each(func(t Tensor) Tensor { return t.Take(rows) }, func(w []float32) []float32 { return takeRows(w, 1, rows) })
}

// Split cuts off the first n examples: head has n rows, tail the rest. n is
// clamped to [0, Rows].
func (d *Dataset) Split(n int) (head, tail *Dataset) {
	n = min(max(n, 0), d.Rows())
	return d.Slice(0, n), d.Slice(n, d.Rows())
}

func (d *Dataset) each(f func(Tensor) Tensor, w func([]float32) []float32) *Dataset {
	out := &Dataset{}
	for _, t := range d.X {
		out.X = append(out.X, f(t))
	}
	for _, t := range d.Y {
		out.Y = append(out.Y, f(t))
	}
	if d.Weights != nil {
		out.Weights = w(d.Weights)
	}
	return out
}
