package data_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestShapesAreChecked(t *testing.T) {
	for _, shape := range [][]int{{}, {2}, {-1, -3}, {1 << 62, 4}} {
		if _, err := data.NewDense(make([]float32, 3), shape...); !errors.Is(err, data.ErrShape) {
			t.Errorf("NewDense takes 3 values as %v (%v)", shape, err)
		}
		if _, err := data.NewInts(make([]int32, 3), shape...); !errors.Is(err, data.ErrShape) {
			t.Errorf("NewInts takes 3 values as %v (%v)", shape, err)
		}
	}
	if _, err := data.FromRows(nil); !errors.Is(err, data.ErrShape) {
		t.Errorf("no rows: %v", err)
	}
	if _, err := data.FromRows([][]float32{{1}, {1, 2}}); !errors.Is(err, data.ErrShape) {
		t.Errorf("ragged rows: %v", err)
	}
}

func TestSliceTakeAndReshape(t *testing.T) {
	d := dense(t, 2, 0, 1, 2, 3, 4, 5)
	if got := d.Slice(1, 3).(*data.Dense); !slices.Equal(got.Values, []float32{2, 3, 4, 5}) || got.Rows() != 2 {
		t.Errorf("slice: %+v", got)
	}
	if got := d.Take([]int{2, 0}).(*data.Dense); !slices.Equal(got.Values, []float32{4, 5, 0, 1}) {
		t.Errorf("take: %+v", got)
	}
	if got, err := d.Reshape(2, 1); err != nil || !slices.Equal(got.Shape, []int{3, 2, 1}) {
		t.Errorf("reshape: %+v, %v", got, err)
	}
	if _, err := d.Reshape(3); !errors.Is(err, data.ErrShape) {
		t.Errorf("reshape to 3 a row: %v", err)
	}
	c := &data.CSR{Columns: 3, RowPtr: []int32{0, 2, 2, 3}, Col: []int32{0, 2, 1}, Val: []float32{5, 6, 7}}
	if got := c.Slice(1, 3).(*data.CSR).Dense().Values; !slices.Equal(got, []float32{0, 0, 0, 0, 7, 0}) {
		t.Errorf("sparse slice: %v", got)
	}
	if got := c.Take([]int{2, 0}).(*data.CSR).Dense().Values; !slices.Equal(got, []float32{0, 7, 0, 5, 0, 6}) {
		t.Errorf("sparse take: %v", got)
	}
	if got := ints(4, 5, 6).Take([]int{2}).(*data.Ints); !slices.Equal(got.Values, []int32{6}) || len(got.RowShape()) != 0 {
		t.Errorf("ints take: %+v", got)
	}
}

// What a program may write down, and what would read beyond an array.
func TestCheckFindsContradictions(t *testing.T) {
	sparse := func(columns int, rowPtr, col []int32, val ...float32) *data.CSR {
		return &data.CSR{Columns: columns, RowPtr: rowPtr, Col: col, Val: val}
	}
	for name, c := range map[string]struct {
		x    data.Tensor
		want string
	}{
		"no shape":             {&data.Dense{}, "a shape needs at least the axis of its rows"},
		"values missing":       {&data.Dense{Shape: []int{2, 2}, Values: make([]float32, 3)}, "shape [2 2] holds 4 values, got 3"},
		"values too many":      {&data.Ints{Shape: []int{2}, Values: make([]int32, 3)}, "shape [2] holds 2 values, got 3"},
		"no pointers":          {&data.CSR{}, "0 row pointers"},
		"negative columns":     {sparse(-1, []int32{0}, nil), "-1 columns"},
		"values for some":      {sparse(3, []int32{0, 2}, []int32{0, 1}, 1), "2 columns of values and 1 values"},
		"a row backward":       {sparse(3, []int32{0, 2, 1}, []int32{0, 1}), "sparse row 1 is [2, 1) of 2 values"},
		"a row beyond":         {sparse(3, []int32{0, 5}, []int32{0, 1}), "sparse row 0 is [0, 5) of 2 values"},
		"a row before":         {sparse(3, []int32{-1, 1}, []int32{0, 1}), "sparse row 0 is [-1, 1)"},
		"a column beyond":      {sparse(3, []int32{0, 1, 2}, []int32{2, 3}), "sparse row 1 has column 3 after column -1; want them ascending, from 0 to 2"},
		"a negative column":    {sparse(3, []int32{0, 1}, []int32{-1}), "has column -1"},
		"a repeated column":    {sparse(3, []int32{0, 2}, []int32{1, 1}), "has column 1 after column 1"},
		"columns out of order": {sparse(3, []int32{0, 2}, []int32{1, 0}), "has column 0 after column 1"},
	} {
		if err := c.x.Check(); !errors.Is(err, data.ErrShape) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		if err := (&data.Dataset{X: []data.Tensor{c.x}}).Check(); err == nil || !strings.Contains(err.Error(), "input 0: data: ") {
			t.Errorf("%s: a dataset's error is %v", name, err)
		}
	}
	// a window of sparse rows answers for itself alone
	c := sparse(3, []int32{0, 1, 2}, []int32{9, 2})
	if err := c.Slice(1, 2).Check(); err != nil {
		t.Error(err)
	}
}

func TestDatasetCheckNamesTheColumn(t *testing.T) {
	x := dense(t, 1, 1, 2)
	for _, d := range []*data.Dataset{
		{},
		{X: []data.Tensor{x, nil}},
		{X: []data.Tensor{x}, Y: []data.Tensor{ints(1)}},
		{X: []data.Tensor{x}, Weights: []float32{1}},
	} {
		if err := d.Check(); !errors.Is(err, data.ErrShape) {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if _, err := data.New(x, ints(1, 2)); err != nil {
		t.Error(err)
	}
}

func TestDatasetSplitClampsAndKeepsWeights(t *testing.T) {
	d := &data.Dataset{X: []data.Tensor{dense(t, 1, 1, 2, 3)}, Y: []data.Tensor{ints(1, 2, 3)}, Weights: []float32{1, 2, 3}}
	head, tail := d.Split(2)
	if head.Rows() != 2 || tail.Rows() != 1 || tail.Weights[0] != 3 {
		t.Errorf("%+v and %+v", head, tail)
	}
	if head, tail = d.Split(9); head.Rows() != 3 || tail.Rows() != 0 {
		t.Errorf("%d and %d rows", head.Rows(), tail.Rows())
	}
	if got := d.Take([]int{2}); got.Weights[0] != 3 || got.Y[0].(*data.Ints).Values[0] != 3 {
		t.Errorf("take: %+v", got)
	}
}
