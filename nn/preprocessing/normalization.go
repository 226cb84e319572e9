package preprocessing

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/data"
)

// Normalization brings numbers to mean 0 and deviation 1.
//
//	y = (x - Mean) / Std
//
//	Numbers [rows], *data.Dense [rows, columns]  ->  *data.Dense [rows, columns]
//
// A column that never varies becomes 0. A missing number is an error: [Impute]
// with Then fills it in first. (layers.Normalization does the same inside a
// model.)
type Normalization struct {
	Mean []float32 // one a column; Adapt sets it
	Std  []float32 // population standard deviation
}

// Check looks at the numbers.
func (n *Normalization) Check() error {
	if len(n.Mean) != len(n.Std) {
		return fmt.Errorf("preprocessing: Mean has %d numbers and Std %d, want as many", len(n.Mean), len(n.Std))
	}
	for i, s := range n.Std {
		if m := n.Mean[i]; m-m != 0 || !(s > 0) || math.IsInf(float64(s), 0) {
			return fmt.Errorf("preprocessing: column %d has mean %v and deviation %v, want finite numbers, the second above 0", i, m, s)
		}
	}
	return nil
}

// Adapt measures every column.
func (n *Normalization) Adapt(c Column) error {
	x, err := dense(c)
	if err != nil {
		return err
	}
	measured, err := data.NewNormalization(x)
	if err != nil {
		return err
	}
	n.Mean, n.Std = measured.Mean, measured.Std
	return nil
}

// Apply scales every column.
func (n *Normalization) Apply(c Column) (data.Tensor, error) {
	if err := n.Check(); err != nil {
		return nil, err
	}
	if len(n.Mean) == 0 {
		return nil, fmt.Errorf("preprocessing: Normalization has no Mean and Std: call Adapt first")
	}
	x, err := dense(c)
	if err != nil {
		return nil, err
	}
	return (&data.Normalization{Mean: n.Mean, Std: n.Std}).Apply(x)
}
