package preprocessing

import (
	"fmt"
	"math"
	"slices"

	"github.com/glearn-go/glearn/data"
)

// Strategy is what [Impute] puts where a number is missing.
type Strategy string

// The strategies.
const (
	Mean     Strategy = "mean"     // of the numbers that are there
	Median   Strategy = "median"   // of the numbers that are there
	Constant Strategy = "constant" // Fill, as it is set
)

// Impute fills in missing numbers (NaN, or nil in [Values]) and hands the column
// on.
//
//	Numbers [rows]  ->  *data.Dense [rows, 1], or what Then makes of it
//
// With Indicator a column follows that is 1 where the number was missing: that
// it is missing can tell something, too. Keras has no such layer; the names are
// scikit-learn's.
type Impute struct {
	Strategy  Strategy  // "": Mean
	Fill      float64   // what is filled in; Adapt sets it unless the strategy is Constant
	Indicator bool      // add a column that says where
	Then      Transform // nil: the numbers as they are
}

// Check looks at the settings.
func (m *Impute) Check() error {
	switch m.Strategy {
	case "", Mean, Median, Constant:
	default:
		return fmt.Errorf("preprocessing: Strategy is %q, want %q, %q or %q", m.Strategy, Mean, Median, Constant)
	}
	if math.IsNaN(m.Fill) || math.IsInf(m.Fill, 0) {
		return fmt.Errorf("preprocessing: Fill is %v, want a finite number", m.Fill)
	}
	if k, ok := m.Then.(checker); ok {
		return k.Check()
	}
	return nil
}

// Adapt measures what to fill in, and adapts Then to the filled column.
func (m *Impute) Adapt(c Column) error {
	if err := m.Check(); err != nil {
		return err
	}
	values, err := column(c)
	if err != nil {
		return err
	}
	if m.Strategy != Constant {
		there := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
		if len(there) == 0 {
			return fmt.Errorf("preprocessing: all numbers are missing: there is no %s", m.strategy())
		}
		m.Fill = m.typical(there)
	}
	if m.Then == nil {
		return nil
	}
	return m.Then.Adapt(m.filled(values))
}

func (m *Impute) strategy() Strategy {
	if m.Strategy == "" {
		return Mean
	}
	return m.Strategy
}

// typical is the mean or median of numbers, which it sorts.
func (m *Impute) typical(values []float64) float64 {
	n := len(values)
	if m.Strategy == Median {
		slices.Sort(values)
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	mean := 0.0
	for _, v := range values {
		mean += v / float64(n)
	}
	return mean
}

// column reads one number a row.
func column(c Column) ([]float64, error) {
	values, shape, err := numbers(c)
	if err == nil && rowWidth(shape) != 1 {
		err = fmt.Errorf("preprocessing: %w: rows of shape %v, want one number a row", data.ErrShape, shape[1:])
	}
	return values, err
}

// filled is a copy without holes.
func (m *Impute) filled(values []float64) Numbers {
	out := slices.Clone(values)
	for i, v := range out {
		if math.IsNaN(v) {
			out[i] = m.Fill
		}
	}
	return out
}

// Apply fills in what is missing.
func (m *Impute) Apply(c Column) (data.Tensor, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	values, err := column(c)
	if err != nil {
		return nil, err
	}
	var out data.Tensor
	if m.Then == nil {
		out, err = dense(m.filled(values))
	} else {
		out, err = m.Then.Apply(m.filled(values))
	}
	if err != nil || !m.Indicator {
		return out, err
	}
	missing := &data.Dense{Shape: []int{len(values), 1}, Values: make([]float32, len(values))}
	for i, v := range values {
		if math.IsNaN(v) {
			missing.Values[i] = 1
		}
	}
	return sideBySide(out, missing)
}
