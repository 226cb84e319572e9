package data_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestClasses(t *testing.T) {
	x := dense(t, 1, 0, 0, 0)
	for _, c := range []struct {
		y    data.Tensor
		want []int
		err  string
	}{
		{ints(2, 0, 1), []int{2, 0, 1}, ""},
		{dense(t, 1, 1, 0, 1), []int{1, 0, 1}, ""},
		{dense(t, 2, 0, 1, 1, 0, 0.5, 0.5), []int{1, 0, 0}, ""},
		{dense(t, 1, 1, 0.5, 1), nil, "row 1: target 0.5 is not a class number"},
		{&data.Ints{Shape: []int{3, 2}, Values: make([]int32, 6)}, nil, "labels of shape [3 2]"},
		{&data.CSR{Columns: 2, RowPtr: make([]int32, 4)}, nil, "have no classes"},
	} {
		got, err := (&data.Dataset{X: []data.Tensor{x}, Y: []data.Tensor{c.y}}).Classes()
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%+v: error %v, want %q", c.y, err, c.err)
			}
		} else if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, %v", c.y, got, err)
		}
	}
	if _, err := (&data.Dataset{X: []data.Tensor{x}}).Classes(); err == nil {
		t.Error("a set without targets has classes")
	}
}
