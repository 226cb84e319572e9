package data

import (
	"fmt"
	"math"
)

// Normalization scales the columns of a [*Dense] to mean 0 and standard
// deviation 1, with the means and deviations of the rows that it was made from.
type Normalization struct {
	Mean []float32 // one per column
	Std  []float32 // population standard deviation, as numpy.std; 1 for a constant column
}

// NewNormalization measures the columns of the training rows. A value that is
// not finite is an error that names its row and column.
func NewNormalization(x *Dense) (*Normalization, error) {
	rows, columns := x.Rows(), rowSize(x.Shape)
	if rows == 0 {
		return nil, fmt.Errorf("data: %w: no rows to measure", ErrShape)
	}
	mean, square := make([]float64, columns), make([]float64, columns)
	for i := range rows {
		for c, v := range x.Row(i) {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, fmt.Errorf("data: row %d, column %d is %v, want a finite number", i, c, v)
			}
			mean[c] += float64(v)
		}
	}
	for c := range mean {
		mean[c] /= float64(rows)
	}
	for i := range rows {
		for c, v := range x.Row(i) {
			d := float64(v) - mean[c]
			square[c] += d * d
		}
	}
	n := &Normalization{Mean: make([]float32, columns), Std: make([]float32, columns)}
	for c := range mean {
		n.Mean[c] = float32(mean[c])
		n.Std[c] = float32(math.Sqrt(square[c] / float64(rows)))
		if n.Std[c] == 0 { // a constant column becomes 0, not NaN
			n.Std[c] = 1
		}
	}
	return n, nil
}

// Apply is a scaled copy of x.
func (n *Normalization) Apply(x *Dense) (*Dense, error) {
	if got := rowSize(x.Shape); got != len(n.Mean) || len(n.Std) != len(n.Mean) {
		return nil, fmt.Errorf("data: %w: rows of %d values, want %d", ErrShape, got, len(n.Mean))
	}
	out := &Dense{Shape: append([]int(nil), x.Shape...), Values: make([]float32, len(x.Values))}
	for i, v := range x.Values {
		c := i % len(n.Mean)
		out.Values[i] = (v - n.Mean[c]) / n.Std[c]
	}
	return out, nil
}

// Normalize scales the inputs of all sets, which must be one [*Dense] each, with
// what it measures on train: nothing of the other sets leaks into training. The
// results share targets and weights with the sets that came in.
func Normalize(train *Dataset, others ...*Dataset) (scaled []*Dataset, err error) {
	var n *Normalization
	for i, set := range append([]*Dataset{train}, others...) {
		if len(set.X) != 1 {
			return nil, fmt.Errorf("data: set %d has %d inputs, want 1", i, len(set.X))
		}
		x, ok := set.X[0].(*Dense)
		if !ok {
			return nil, fmt.Errorf("data: the input of set %d is %T, want *data.Dense", i, set.X[0])
		}
		if n == nil {
			if n, err = NewNormalization(x); err != nil {
				return nil, err
			}
		}
		if x, err = n.Apply(x); err != nil {
			return nil, fmt.Errorf("set %d: %w", i, err)
		}
		scaled = append(scaled, &Dataset{X: []Tensor{x}, Y: set.Y, Weights: set.Weights})
	}
	return scaled, nil
}

// UnitRows scales every row of a copy of x to length 1, as Keras' utils.normalize
// does; rows of zeros stay. The length is the square root of the sum of the
// squares.
func UnitRows(x *Dense) *Dense {
	out := &Dense{Shape: append([]int(nil), x.Shape...), Values: append([]float32(nil), x.Values...)}
	for i := range out.Rows() {
		row, sum := out.Row(i), 0.0
		for _, v := range row {
			sum += float64(v) * float64(v)
		}
		if sum == 0 {
			continue
		}
		for k, v := range row {
			row[k] = float32(float64(v) / math.Sqrt(sum))
		}
	}
	return out
}
