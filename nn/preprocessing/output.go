package preprocessing

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/data"
)

// Output is the form in which indices are given, by Keras' names.
type Output string

// The forms. Encoded rows are [*data.CSR], which its method Dense writes out in
// full.
const (
	Int      Output = "int"       // the indices: [rows], or [rows, entries] of lists
	OneHot   Output = "one_hot"   // a 1 at the index of the row's only entry
	MultiHot Output = "multi_hot" // a 1 at the index of each entry
	Count    Output = "count"     // how often each index occurs
	TFIDF    Output = "tf_idf"    // count times log(1 + documents / (1 + those with the token))
)

// maxIndices bounds the number of indices: they are int32.
const maxIndices = 1<<31 - 1

// check wants one of the allowed forms.
func (o Output) check(allowed ...Output) error {
	if !slices.Contains(allowed, o) {
		return fmt.Errorf("preprocessing: Output is %q, want one of %q", string(o), allowed)
	}
	return nil
}

// or is o, or the default.
func (o Output) or(standard Output) Output {
	if o == "" {
		return standard
	}
	return o
}

// arrange gives indices the form o, of width columns where they are encoded.
// weight is the factor of each column in TFIDF.
func (o Output) arrange(in lists[int32], width int, weight func(index int32) float64) (data.Tensor, error) {
	if o == Int {
		return asInts(in)
	}
	if o == OneHot {
		for i, row := range in.rows {
			if len(row) > 1 {
				return nil, fmt.Errorf("preprocessing: row %d has %d entries, one_hot takes one a row; multi_hot takes lists", i, len(row))
			}
		}
	}
	if o == OneHot || o == MultiHot {
		return data.MultiHot(in.rows, width)
	}
	out := &data.CSR{Columns: width, RowPtr: make([]int32, 1, len(in.rows)+1), Val: []float32{}}
	var row []int32
	for _, indices := range in.rows {
		row = append(row[:0], indices...)
		slices.Sort(row)
		for k := 0; k < len(row); {
			n := k
			for k < len(row) && row[k] == row[n] {
				k++
			}
			value := float64(k - n)
			if o == TFIDF {
				value *= weight(row[n])
			}
			out.Col = append(out.Col, row[n])
			out.Val = append(out.Val, float32(value))
		}
		out.RowPtr = append(out.RowPtr, int32(len(out.Col)))
	}
	return out, nil
}

// asInts is [rows], or [rows, entries] of lists of equal length.
func asInts(in lists[int32]) (*data.Ints, error) {
	flat := slices.Concat(in.rows...)
	if in.single {
		return &data.Ints{Shape: []int{len(in.rows)}, Values: flat}, nil
	}
	width := 0
	for i, row := range in.rows {
		if i == 0 {
			width = len(row)
		}
		if len(row) != width {
			return nil, fmt.Errorf("preprocessing: row %d has %d entries, row 0 has %d: lists of unequal length have no int form", i, len(row), width)
		}
	}
	return &data.Ints{Shape: []int{len(in.rows), width}, Values: flat}, nil
}
