package data_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/data"
)

// series is steps of two features: 10 s and 10 s + 1 at step s.
func series(steps int) *data.Dense {
	x := &data.Dense{Shape: []int{steps, 2}}
	for s := range steps {
		x.Values = append(x.Values, float32(10*s), float32(10*s+1))
	}
	return x
}

func TestWindows(t *testing.T) {
	for _, c := range []struct {
		cfg     data.WindowConfig
		targets int
		starts  []int32
	}{
		{data.WindowConfig{Length: 3}, 10, []int32{0, 1, 2, 3, 4, 5, 6, 7}},
		{data.WindowConfig{Length: 3, Rate: 2, Stride: 2}, 10, []int32{0, 2, 4}},
		{data.WindowConfig{Length: 10}, 10, []int32{0}},
		{data.WindowConfig{Length: 1, Stride: 9}, 12, []int32{0, 9}},
		{data.WindowConfig{Length: 3}, 2, []int32{0, 1}}, // targets end first
		{data.WindowConfig{Length: 1, Rate: math.MaxInt, Stride: math.MaxInt}, 10, []int32{0}},
	} {
		targets := &data.Ints{Shape: []int{c.targets}}
		for s := range c.targets {
			targets.Values = append(targets.Values, int32(s))
		}
		got, err := data.Windows(series(10), targets, c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		want := &data.Dense{Shape: []int{len(c.starts), c.cfg.Length, 2}}
		for _, s := range c.starts {
			for k := range c.cfg.Length {
				at := int(s) + k*max(c.cfg.Rate, 1)
				want.Values = append(want.Values, float32(10*at), float32(10*at+1))
			}
		}
		if !reflect.DeepEqual(got.X, []data.Tensor{want}) || !reflect.DeepEqual(got.Y[0].(*data.Ints).Values, c.starts) {
			t.Errorf("%+v: got %v -> %v, want %v -> %v", c.cfg, got.X[0], got.Y[0], want, c.starts)
		}
	}
	for _, cfg := range []data.WindowConfig{{}, {Length: -1}, {Length: 2, Rate: -1}, {Length: 2, Stride: -1}} {
		if _, err := data.Windows(series(10), series(10), cfg); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
	for _, cfg := range []data.WindowConfig{{Length: 11}, {Length: 4, Rate: 4}, {Length: 1 << 62, Rate: 4}, {Length: 2, Rate: math.MaxInt}} {
		if _, err := data.Windows(series(10), series(10), cfg); !errors.Is(err, data.ErrShape) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	broken := &data.Dense{Shape: []int{10, 2}, Values: make([]float32, 3)}
	if _, err := data.Windows(broken, series(10), data.WindowConfig{Length: 2}); !errors.Is(err, data.ErrShape) {
		t.Errorf("a broken series: %v", err)
	}
}

// Two steps of a series, and the one after them as what to predict.
func ExampleWindows() {
	x := &data.Dense{Shape: []int{5, 1}, Values: []float32{10, 11, 12, 13, 14}}
	set, err := data.Windows(x, x.Slice(2, 5), data.WindowConfig{Length: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range set.Rows() {
		fmt.Println(set.X[0].(*data.Dense).Row(i), set.Y[0].(*data.Dense).Row(i))
	}
	// Output:
	// [10 11] [12]
	// [11 12] [13]
	// [12 13] [14]
}
