package data_test

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestTakeColumns(t *testing.T) {
	x := &data.Dense{Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}}
	got, err := x.TakeColumns(2, 0, 2)
	if want := (&data.Dense{Shape: []int{2, 3}, Values: []float32{3, 1, 3, 6, 4, 6}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err = x.TakeColumns(1); err != nil || !reflect.DeepEqual(got.Shape, []int{2, 1}) || x.Values[2] != 3 {
		t.Errorf("one column is %v, %v", got, err)
	}
	got.Values[0] = 9
	if x.Values[1] != 2 {
		t.Error("the columns are no copy")
	}
	for name, columns := range map[string][]int{"none": nil, "below": {-1}, "above": {0, 3}} {
		if _, err := x.TakeColumns(columns...); !errors.Is(err, data.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	image := &data.Dense{Shape: []int{1, 2, 2}, Values: make([]float32, 4)}
	if _, err := image.TakeColumns(0); !errors.Is(err, data.ErrShape) {
		t.Errorf("of an image: %v", err)
	}
}

func TestDropMissing(t *testing.T) {
	nan := float32(math.NaN())
	d := &data.Dataset{
		X: []data.Tensor{
			&data.Dense{Shape: []int{5, 2}, Values: []float32{1, 2, 3, nan, 5, 6, 7, 8, 9, 10}},
			&data.Ints{Shape: []int{5}, Values: []int32{10, 20, 30, 40, 50}},
			&data.CSR{Columns: 2, RowPtr: []int32{0, 1, 1, 1, 2, 3}, Col: []int32{0, 1, 0}, Val: []float32{1, nan, 2}},
		},
		Y:       []data.Tensor{&data.Dense{Shape: []int{5}, Values: []float32{1, 1, nan, 1, 0}}},
		Weights: []float32{1, 2, 3, 4, 5},
	}
	if got, want := d.DropMissing(), d.Take([]int{0, 4}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := d.Slice(1, 4).DropMissing(); got.Rows() != 0 {
		t.Errorf("%d rows are left of none", got.Rows())
	}
	whole := &data.Dataset{X: d.X[1:2], Y: d.X[1:2]}
	if got := whole.DropMissing(); !reflect.DeepEqual(got, whole.Take([]int{0, 1, 2, 3, 4})) {
		t.Errorf("of whole rows %v is left", got)
	}
}
