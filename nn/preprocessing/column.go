package preprocessing

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/glearn-go/glearn/data"
)

// Column is raw data, one entry a row: [Texts], [TextLists], [Numbers],
// [Integers], [Values], or an array ([*data.Dense], [*data.Ints]).
type Column interface{ Rows() int }

// Texts has one text a row; "" where it is missing.
type Texts []string

// TextLists has any number of texts a row, such as tags.
type TextLists [][]string

// Numbers has one number a row; NaN where it is missing.
type Numbers []float64

// Integers has one whole number a row.
type Integers []int64

// Values has one value a row as encoding/json gives it: text, number, list of
// texts or of numbers, or nil where it is missing.
type Values []any

// Rows is the number of texts.
func (c Texts) Rows() int { return len(c) }

// Rows is the number of lists.
func (c TextLists) Rows() int { return len(c) }

// Rows is the number of numbers.
func (c Numbers) Rows() int { return len(c) }

// Rows is the number of numbers.
func (c Integers) Rows() int { return len(c) }

// Rows is the number of values.
func (c Values) Rows() int { return len(c) }

// lists is a column's entries by row.
type lists[T any] struct {
	rows   [][]T
	single bool // one a row, and not a list of one
}

// singles is one entry a row.
func singles[T any](values []T) lists[T] {
	out := lists[T]{rows: make([][]T, len(values)), single: true}
	for i := range values {
		out.rows[i] = values[i : i+1 : i+1]
	}
	return out
}

// listed is the entries of values, each by convert. A row that is a list makes
// all of them lists.
func listed[T any](values Values, convert func(v any) (T, error)) (lists[T], error) {
	out := lists[T]{single: true}
	for i, v := range values {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		out.single = out.single && !ok
		row := make([]T, len(list))
		for k, v := range list {
			var err error
			if row[k], err = convert(v); err != nil {
				return out, fmt.Errorf("preprocessing: row %d is %w", i, err)
			}
		}
		out.rows = append(out.rows, row)
	}
	return out, nil
}

// texts reads a column of texts.
func texts(c Column) (lists[string], error) {
	switch c := c.(type) {
	case Texts:
		return singles(c), nil
	case TextLists:
		return lists[string]{rows: c}, nil
	case Values:
		return listed(c, text)
	}
	return lists[string]{}, fmt.Errorf("preprocessing: the column is %T, want texts", c)
}

func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("%v (%T), want a text", v, v)
}

// integers reads a column of whole numbers.
func integers(c Column) (lists[int64], error) {
	switch c := c.(type) {
	case Integers:
		return singles(c), nil
	case *data.Ints:
		values := make([]int64, len(c.Values))
		for i, v := range c.Values {
			values[i] = int64(v)
		}
		return byRow(values, c.Shape), nil
	case Values:
		return listed(c, func(v any) (int64, error) {
			x, err := number(v)
			if err != nil {
				return 0, err
			}
			return whole(x)
		})
	}
	x, shape, err := numbers(c)
	if err != nil {
		return lists[int64]{}, err
	}
	values, width := make([]int64, len(x)), rowWidth(shape)
	for i, v := range x {
		if values[i], err = whole(v); err != nil {
			return lists[int64]{}, fmt.Errorf("preprocessing: row %d is %w", i/width, err)
		}
	}
	return byRow(values, shape), nil
}

// whole is x as a whole number. Beyond 2^53 a float64 does not tell neighbours
// apart.
func whole(x float64) (int64, error) {
	if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, fmt.Errorf("%v, want a whole number", x)
	}
	return int64(x), nil
}

// byRow cuts values of the given shape into rows.
func byRow[T any](values []T, shape []int) lists[T] {
	if len(shape) == 1 {
		return singles(values)
	}
	width := rowWidth(shape)
	out := lists[T]{rows: make([][]T, shape[0])}
	for i := range out.rows {
		out.rows[i] = values[i*width : (i+1)*width : (i+1)*width]
	}
	return out
}

// rowWidth is how many numbers a row has.
func rowWidth(shape []int) int {
	n := 1
	for _, d := range shape[1:] {
		n *= d
	}
	return n
}

// numbers reads a column of numbers, NaN where one is missing, and its shape:
// [rows], or more axes in an array.
func numbers(c Column) (values []float64, shape []int, err error) {
	switch c := c.(type) {
	case Numbers:
		values = c
	case Integers:
		for _, v := range c {
			values = append(values, float64(v))
		}
	case *data.Dense:
		for _, v := range c.Values {
			values = append(values, float64(v))
		}
		return values, c.Shape, nil
	case *data.Ints:
		for _, v := range c.Values {
			values = append(values, float64(v))
		}
		return values, c.Shape, nil
	case Values:
		for i, v := range c {
			x, err := number(v)
			if err != nil {
				return nil, nil, fmt.Errorf("preprocessing: row %d is %w", i, err)
			}
			values = append(values, x)
		}
	default:
		return nil, nil, fmt.Errorf("preprocessing: the column is %T, want numbers", c)
	}
	return values, []int{len(values)}, nil
}

func number(v any) (float64, error) {
	switch v := v.(type) {
	case nil:
		return math.NaN(), nil
	case float64:
		return v, nil
	case int:
		return float64(v), nil
	case json.Number:
		if x, err := v.Float64(); err == nil {
			return x, nil
		}
	}
	return 0, fmt.Errorf("%v (%T), want a number", v, v)
}

// dense reads numbers of which none is missing, as [rows, columns].
func dense(c Column) (*data.Dense, error) {
	values, shape, err := numbers(c)
	if err != nil {
		return nil, err
	}
	width := rowWidth(shape)
	out := &data.Dense{Shape: []int{shape[0], width}, Values: make([]float32, len(values))}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("preprocessing: row %d is %v, want a finite number (Impute fills in missing ones)", i/max(width, 1), v)
		}
		out.Values[i] = float32(v)
	}
	return out, nil
}

// keys reads a column of texts or of whole numbers as texts.
func keys(c Column) (lists[string], error) {
	switch c := c.(type) {
	case Texts, TextLists:
		return texts(c)
	case Values:
		return listed(c, func(v any) (string, error) {
			if x, err := number(v); err == nil && v != nil {
				n, err := whole(x)
				return strconv.FormatInt(n, 10), err
			}
			return text(v)
		})
	}
	ints, err := integers(c)
	out := lists[string]{single: ints.single}
	for _, row := range ints.rows {
		words := make([]string, len(row))
		for i, n := range row {
			words[i] = strconv.FormatInt(n, 10)
		}
		out.rows = append(out.rows, words)
	}
	return out, err
}
