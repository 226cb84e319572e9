package data

import "fmt"

// Classes is the class of each row by the first target: its class number, or
// the place of the largest value in a one-hot row, of which the first counts.
func (d *Dataset) Classes() ([]int, error) {
	if len(d.Y) == 0 {
		return nil, fmt.Errorf("data: %w: a set without targets has no classes", ErrShape)
	}
	out := make([]int, d.Rows())
	switch y := d.Y[0].(type) {
	case *Ints:
		if rowSize(y.Shape) != 1 {
			return nil, fmt.Errorf("data: %w: labels of shape %v, want one a row", ErrShape, y.Shape)
		}
		for i, v := range y.Values {
			out[i] = int(v)
		}
	case *Dense:
		for i := range out {
			row := y.Row(i)
			if len(row) == 1 {
				out[i] = int(row[0])
				if float32(out[i]) != row[0] {
					return nil, fmt.Errorf("data: row %d: target %v is not a class number", i, row[0])
				}
				continue
			}
			for c, v := range row {
				if v > row[out[i]] {
					out[i] = c
				}
			}
		}
	default:
		return nil, fmt.Errorf("data: targets of type %T have no classes", y)
	}
	return out, nil
}
