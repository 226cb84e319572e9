package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func ints(values ...int32) *data.Ints {
	return &data.Ints{Shape: []int{len(values)}, Values: values}
}

func TestToCategorical(t *testing.T) {
	for _, c := range []struct {
		labels  *data.Ints
		classes int
		shape   []int
		want    []float32
	}{
		{ints(2, 0), 3, []int{2, 3}, []float32{0, 0, 1, 1, 0, 0}},
		{ints(1, 0), 0, []int{2, 2}, []float32{0, 1, 1, 0}},
		{&data.Ints{Shape: []int{2, 1}, Values: []int32{0, 1}}, 2, []int{2, 2}, []float32{1, 0, 0, 1}},
		{ints(), 3, []int{0, 3}, nil},
		{ints(), 0, []int{0, 0}, nil},
	} {
		got, err := data.ToCategorical(c.labels, c.classes)
		if err != nil || !slices.Equal(got.Shape, c.shape) || !slices.Equal(got.Values, c.want) {
			t.Errorf("%v, %d classes: %+v, %v", c.labels.Values, c.classes, got, err)
		}
	}
	for _, c := range []struct {
		labels  *data.Ints
		classes int
		want    string
	}{
		{ints(0, 3), 3, "row 1: label 3, want 0 to 2"},
		{ints(0, -1), 0, "row 1: label -1"},
		{ints(0), -2, "-2 classes"},
		{&data.Ints{Shape: []int{1, 2}, Values: []int32{0, 1}}, 2, "want one a row"},
	} {
		if _, err := data.ToCategorical(c.labels, c.classes); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, %d classes: error %v, want %q", c.labels.Values, c.classes, err, c.want)
		}
	}
}

func ExampleToCategorical() {
	labels := &data.Ints{Shape: []int{3}, Values: []int32{0, 2, 1}}
	y, err := data.ToCategorical(labels, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range y.Rows() {
		fmt.Println(y.Row(i))
	}
	// Output:
	// [1 0 0]
	// [0 0 1]
	// [0 1 0]
}
