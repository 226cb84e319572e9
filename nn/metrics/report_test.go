package metrics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	arrays "github.com/glearn-go/glearn/data"
	. "github.com/glearn-go/glearn/nn/metrics"
)

func ints(values ...int32) *arrays.Ints {
	return &arrays.Ints{Shape: []int{len(values)}, Values: values}
}

// The numbers are those of scikit-learn's documentation of
// classification_report, which prints two decimals.
func TestClassificationReport(t *testing.T) {
	truth := ints(0, 1, 2, 2, 2)
	hot := &arrays.Dense{Shape: []int{5, 3}, Values: []float32{0.5, 0.3, 0.2, 0.9, 0, 0.1, 0, 0.1, 0.9, 0.1, 0.2, 0.7, 0.2, 0.5, 0.3}}
	for _, predicted := range []arrays.Tensor{ints(0, 0, 2, 2, 1), hot} {
		r, err := ClassificationReport(truth, predicted, "class 0", "class 1", "class 2")
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(r.Accuracy-0.6) > 1e-12 {
			t.Errorf("accuracy %v", r.Accuracy)
		}
		for i, want := range []ClassScore{
			{"class 0", 0.50, 1.00, 0.67, 1}, {"class 1", 0, 0, 0, 1}, {"class 2", 1.00, 0.67, 0.80, 3}, {"macro average", 0.50, 0.56, 0.49, 5}, {"weighted average", 0.70, 0.60, 0.61, 5},
		} {
			got := append(append([]ClassScore(nil), r.Classes...), r.Macro, r.Weighted)[i]
			near := func(a, b float64) bool { return math.Abs(a-b) <= 0.005 }
			if got.Name != want.Name || got.Support != want.Support || !near(got.Precision, want.Precision) || !near(got.Recall, want.Recall) || !near(got.F1, want.F1) {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
	}
	// One probability a row; a class that only the names know of.
	r, err := ClassificationReport(&arrays.Dense{Shape: []int{3, 1}, Values: []float32{0, 1, 1}}, &arrays.Dense{Shape: []int{3}, Values: []float32{0.5, 0.51, 0.2}})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Classes[1]; len(r.Classes) != 2 || c.Name != "1" || c.Precision != 1 || c.Recall != 0.5 || c.Support != 2 {
		t.Errorf("%+v", r.Classes)
	}
}

func TestClassificationReportMistakes(t *testing.T) {
	wide := &arrays.Ints{Shape: []int{1, 2}, Values: []int32{1, 2}}
	for _, c := range []struct {
		truth, predicted arrays.Tensor
		names            []string
		want             string
	}{
		{ints(0, 1), ints(0), nil, "2 targets and 1 predictions"},
		{ints(), ints(), nil, "at least 1"},
		{ints(0, -1), ints(0, 1), nil, "targets: row 1 is class -1"},
		{ints(0, 1), ints(0, 1<<20), nil, "predictions: row 1 is class 1048576"},
		{ints(2), ints(0), []string{"a", "b"}, "2 names for 3 classes"},
		{wide, ints(0), nil, "one a row"},
		{ints(0), &arrays.CSR{Columns: 2, RowPtr: []int32{0, 0}}, nil, "predictions: data: targets of type *data.CSR"},
	} {
		if _, err := ClassificationReport(c.truth, c.predicted, c.names...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: want an error with %q", err, c.want)
		}
	}
}

func ExampleClassificationReport() {
	r, err := ClassificationReport(ints(0, 1, 2, 2, 2), ints(0, 0, 2, 2, 1), "cat", "dog", "bird")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r)
	// Output:
	// ┌──────────────────┬───────────┬────────┬───────┬─────────┐
	// │                  │ precision │ recall │    F1 │ support │
	// ├──────────────────┼───────────┼────────┼───────┼─────────┤
	// │ cat              │     0.500 │  1.000 │ 0.667 │       1 │
	// │ dog              │     0.000 │  0.000 │ 0.000 │       1 │
	// │ bird             │     1.000 │  0.667 │ 0.800 │       3 │
	// ├──────────────────┼───────────┼────────┼───────┼─────────┤
	// │ accuracy         │           │        │ 0.600 │       5 │
	// │ macro average    │     0.500 │  0.556 │ 0.489 │       5 │
	// │ weighted average │     0.700 │  0.600 │ 0.613 │       5 │
	// └──────────────────┴───────────┴────────┴───────┴─────────┘
}
