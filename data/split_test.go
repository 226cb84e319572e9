package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

// numbered is a set whose input is the row number and whose label is given.
func numbered(labels ...int32) *data.Dataset {
	x := &data.Dense{Shape: []int{len(labels), 1}}
	for i := range labels {
		x.Values = append(x.Values, float32(i))
	}
	return &data.Dataset{X: []data.Tensor{x}, Y: []data.Tensor{ints(labels...)}}
}

func rowsOf(d *data.Dataset) []float32 { return d.X[0].(*data.Dense).Values }

func TestTrainTestSplitDividesTheRows(t *testing.T) {
	set := numbered(make([]int32, 101)...)
	train, test, err := data.TrainTestSplit(set, data.SplitConfig{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	if train.Rows() != 76 || test.Rows() != 25 {
		t.Errorf("%d and %d rows, want 76 and 25", train.Rows(), test.Rows())
	}
	all := append(slices.Clone(rowsOf(train)), rowsOf(test)...)
	slices.Sort(all)
	if !slices.Equal(all, rowsOf(set)) {
		t.Errorf("the parts together are %v", all)
	}
	again, _, err := data.TrainTestSplit(set, data.SplitConfig{Seed: 7})
	if err != nil || !slices.Equal(rowsOf(again), rowsOf(train)) {
		t.Errorf("the same seed gives other rows (%v)", err)
	}
	other, _, err := data.TrainTestSplit(set, data.SplitConfig{Seed: 8})
	if err != nil || slices.Equal(rowsOf(other), rowsOf(train)) {
		t.Errorf("another seed gives the same rows (%v)", err)
	}
	if slices.IsSorted(rowsOf(train)) {
		t.Error("the rows are not shuffled")
	}
}

func TestTrainTestSplitNeverChanges(t *testing.T) {
	_, test, err := data.TrainTestSplit(numbered(make([]int32, 20)...), data.SplitConfig{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	// recorded when this was written: a later version must give the same rows
	if want := []float32{18, 12, 13, 15, 16}; !slices.Equal(rowsOf(test), want) {
		t.Errorf("test rows %v, want %v", rowsOf(test), want)
	}
}

func TestStratifyKeepsTheShares(t *testing.T) {
	labels := make([]int32, 100) // 70, 25 and 5
	for i := range labels {
		if i >= 70 {
			labels[i] = 1
		}
		if i >= 95 {
			labels[i] = 2
		}
	}
	hot, err := data.ToCategorical(ints(labels...), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range []data.Tensor{ints(labels...), hot} {
		set := numbered(labels...)
		set.Y[0] = y
		train, test, err := data.TrainTestSplit(set, data.SplitConfig{Test: 0.2, Stratify: true})
		if err != nil {
			t.Fatal(err)
		}
		count := make([]int, 3)
		for _, row := range rowsOf(test) {
			count[labels[int(row)]]++
		}
		if !slices.Equal(count, []int{14, 5, 1}) || train.Rows() != 80 {
			t.Errorf("%T: test has %v of the classes, train %d rows", y, count, train.Rows())
		}
	}
	// where shares are no whole numbers, the largest remainders get the rows
	_, test, err := data.TrainTestSplit(numbered(0, 0, 0, 0, 0, 1, 1, 1), data.SplitConfig{Test: 0.5, Stratify: true})
	if err != nil || test.Rows() != 4 {
		t.Fatalf("%v rows, %v", test, err)
	}
}

func TestTrainTestSplitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		set  *data.Dataset
		cfg  data.SplitConfig
		want string
	}{
		"share of 1":       {numbered(0, 1), data.SplitConfig{Test: 1}, "Test is 1"},
		"negative share":   {numbered(0, 1), data.SplitConfig{Test: -0.1}, "Test is -0.1"},
		"one row":          {numbered(0), data.SplitConfig{}, "leave one part empty"},
		"no targets":       {&data.Dataset{X: numbered(0, 1).X}, data.SplitConfig{Test: 0.5, Stratify: true}, "without targets"},
		"sparse targets":   {&data.Dataset{X: numbered(0, 1).X, Y: []data.Tensor{&data.CSR{Columns: 1, RowPtr: []int32{0, 0, 0}}}}, data.SplitConfig{Test: 0.5, Stratify: true}, "*data.CSR"},
		"labels in a grid": {&data.Dataset{X: numbered(0, 1).X, Y: []data.Tensor{&data.Ints{Shape: []int{2, 2}, Values: make([]int32, 4)}}}, data.SplitConfig{Test: 0.5, Stratify: true}, "one a row"},
	} {
		if _, _, err := data.TrainTestSplit(c.set, c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestKFold(t *testing.T) {
	folds, err := data.KFold(7, data.FoldConfig{Folds: 3})
	if err != nil {
		t.Fatal(err)
	}
	want := []data.Fold{
		{Train: []int{3, 4, 5, 6}, Validation: []int{0, 1, 2}},
		{Train: []int{0, 1, 2, 5, 6}, Validation: []int{3, 4}},
		{Train: []int{0, 1, 2, 3, 4}, Validation: []int{5, 6}},
	}
	for i := range want {
		if !slices.Equal(folds[i].Train, want[i].Train) || !slices.Equal(folds[i].Validation, want[i].Validation) {
			t.Errorf("fold %d is %v, want %v", i, folds[i], want[i])
		}
	}
	shuffled, err := data.KFold(50, data.FoldConfig{Shuffle: true, Seed: 3})
	if err != nil || len(shuffled) != 5 {
		t.Fatalf("%d folds, %v", len(shuffled), err)
	}
	var all []int
	for _, f := range shuffled {
		both := slices.Concat(f.Train, f.Validation)
		slices.Sort(both)
		if len(slices.Compact(both)) != 50 {
			t.Errorf("fold %v does not cover the rows", f)
		}
		all = append(all, f.Validation...)
	}
	if slices.IsSorted(all) {
		t.Error("the folds are not shuffled")
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 50 {
		t.Error("a row is validated on twice or never")
	}
	for _, c := range []data.FoldConfig{{Folds: 1}, {Folds: -3}, {Folds: 8}} {
		if _, err := data.KFold(7, c); err == nil {
			t.Errorf("%+v of 7 rows is accepted", c)
		}
	}
}

func ExampleKFold() {
	folds, err := data.KFold(4, data.FoldConfig{Folds: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range folds {
		fmt.Println("train on", f.Train, "validate on", f.Validation)
	}
	// Output:
	// train on [2 3] validate on [0 1]
	// train on [0 1] validate on [2 3]
}
