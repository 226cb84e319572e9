package data

import "fmt"

// ToCategorical turns class labels into one-hot rows: [n] or [n, 1] labels give
// [n, classes] with a 1 in each row's class. classes 0 means the largest label
// plus 1. A label outside of [0, classes) is an error.
func ToCategorical(labels *Ints, classes int) (*Dense, error) {
	if rowSize(labels.Shape) != 1 {
		return nil, fmt.Errorf("data: %w: labels have shape %v, want one a row", ErrShape, labels.Shape)
	}
	if classes == 0 {
		for _, v := range labels.Values {
			classes = max(classes, int(v)+1)
		}
	}
	if classes < 0 {
		return nil, fmt.Errorf("data: %d classes, want 1 or more (0 counts them)", classes)
	}
	if _, err := size([]int{labels.Rows(), classes}); err != nil {
		return nil, err
	}
	out := &Dense{Shape: []int{labels.Rows(), classes}, Values: make([]float32, labels.Rows()*classes)}
	for i, v := range labels.Values {
		if v < 0 || int(v) >= classes {
			return nil, fmt.Errorf("data: row %d: label %d, want 0 to %d: the first of %d classes is 0", i, v, classes-1, classes)
		}
		out.Values[i*classes+int(v)] = 1
	}
	return out, nil
}
