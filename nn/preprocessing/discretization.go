package preprocessing

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/glearn-go/glearn/data"
)

// Discretization cuts numbers into bins and gives the number of the bin:
//
//	(-inf, b0), [b0, b1), ... [bn, inf)
//
//	Numbers [rows]  ->  *data.Ints [rows], or *data.CSR [rows, bins]
//
// Adapted, the boundaries are quantiles, so that the bins hold about equally
// many rows: quantile i/NumBins, linear between neighbours as numpy.quantile
// has it. A missing number is an error: see [Impute].
type Discretization struct {
	NumBins       int       // how many bins Adapt makes
	Output        Output    // "": Int; not TFIDF
	BinBoundaries []float64 // ascending; Adapt sets them
}

// Check looks at the settings.
func (d *Discretization) Check() error {
	if d.NumBins < 0 || d.NumBins == 1 || d.NumBins == 0 && len(d.BinBoundaries) == 0 {
		return fmt.Errorf("preprocessing: NumBins is %d, want at least 2, or BinBoundaries set", d.NumBins)
	}
	for i, b := range d.BinBoundaries {
		if math.IsNaN(b) || i > 0 && b < d.BinBoundaries[i-1] {
			return fmt.Errorf("preprocessing: BinBoundaries[%d] is %v, want ascending numbers", i, b)
		}
	}
	return d.Output.or(Int).check(Int, OneHot, MultiHot, Count)
}

// Adapt sets the boundaries, unless NumBins is 0 and they are given.
func (d *Discretization) Adapt(c Column) error {
	if err := d.Check(); err != nil || d.NumBins == 0 {
		return err
	}
	x, err := dense(c)
	if err != nil {
		return err
	}
	if len(x.Values) == 0 {
		return fmt.Errorf("preprocessing: no rows to measure")
	}
	sorted := slices.Clone(x.Values)
	slices.Sort(sorted)
	d.BinBoundaries = make([]float64, d.NumBins-1)
	for i := range d.BinBoundaries {
		d.BinBoundaries[i] = quantile(sorted, float64(i+1)/float64(d.NumBins))
	}
	return nil
}

// quantile is the value below which a share of the sorted values lies, linear
// between neighbours.
func quantile(sorted []float32, share float64) float64 {
	at := share * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	a, b := float64(sorted[low]), float64(sorted[low+1])
	return a + (at-float64(low))*(b-a)
}

// Apply finds the bin of every number.
func (d *Discretization) Apply(c Column) (data.Tensor, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if len(d.BinBoundaries) == 0 {
		return nil, fmt.Errorf("preprocessing: there are no BinBoundaries: call Adapt first")
	}
	values, shape, err := numbers(c)
	if err != nil {
		return nil, err
	}
	bins := make([]int32, len(values))
	for i, v := range values {
		if math.IsNaN(v) {
			return nil, fmt.Errorf("preprocessing: row %d is %v, want a number (Impute fills in missing ones)", i/rowWidth(shape), v)
		}
		bins[i] = int32(sort.Search(len(d.BinBoundaries), func(k int) bool { return d.BinBoundaries[k] > v }))
	}
	return d.Output.or(Int).arrange(byRow(bins, shape), len(d.BinBoundaries)+1, nil)
}
