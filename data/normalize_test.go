package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func dense(t testing.TB, columns int, values ...float32) *data.Dense {
	t.Helper()
	d, err := data.NewDense(values, len(values)/columns, columns)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNormalizeUsesTheTrainingRowsOnly(t *testing.T) {
	train := &data.Dataset{X: []data.Tensor{dense(t, 2, 1, 5, 3, 5)}}
	test := &data.Dataset{X: []data.Tensor{dense(t, 2, 4, 7)}, Y: []data.Tensor{ints(1)}}
	scaled, err := data.Normalize(train, test)
	if err != nil {
		t.Fatal(err)
	}
	// column 0: mean 2, deviation 1; column 1 is constant 5
	for i, want := range [][]float32{{-1, 0, 1, 0}, {2, 2}} {
		got := scaled[i].X[0].(*data.Dense).Values
		for k, w := range want {
			if got[k] != w {
				t.Errorf("set %d: %v, want %v", i, got, want)
				break
			}
		}
	}
	if scaled[1].Y[0] != test.Y[0] || train.X[0].(*data.Dense).Values[0] != 1 {
		t.Error("the targets are not kept, or the input has changed")
	}
}

func TestNormalizationIsNumPys(t *testing.T) {
	// numpy.float64([[1,1e6],[2,1e6+1],[4,1e6+5]]): mean(0) and std(0), NumPy 1.24.2
	n, err := data.NewNormalization(dense(t, 2, 1, 1e6, 2, 1e6+1, 4, 1e6+5))
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{2.3333333333333335, 1000002, 1.247219128924647, 2.160246899469287}
	for i, got := range append(n.Mean, n.Std...) {
		// float32 has 24 bits: half a unit in the last place
		if math.Abs(float64(got)-want[i]) > want[i]*math.Pow(2, -24) {
			t.Errorf("number %d is %v, want %v", i, got, want[i])
		}
	}
}

func TestNormalizeRefuses(t *testing.T) {
	good := &data.Dataset{X: []data.Tensor{dense(t, 2, 1, 2)}}
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		sets []*data.Dataset
		want string
	}{
		"NaN":           {[]*data.Dataset{{X: []data.Tensor{dense(t, 2, 1, 2, 3, nan)}}}, "row 1, column 1 is NaN"},
		"no rows":       {[]*data.Dataset{{X: []data.Tensor{dense(t, 2)}}}, "no rows"},
		"ints":          {[]*data.Dataset{{X: []data.Tensor{ints(1)}}}, "*data.Ints, want *data.Dense"},
		"two inputs":    {[]*data.Dataset{{X: []data.Tensor{ints(1), ints(1)}}}, "2 inputs"},
		"other columns": {[]*data.Dataset{good, {X: []data.Tensor{dense(t, 3, 1, 2, 3)}}}, "set 1: data: shape does not fit: rows of 3 values, want 2"},
	} {
		if _, err := data.Normalize(c.sets[0], c.sets[1:]...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func ExampleNormalize() {
	x, err := data.FromRows([][]float32{{10}, {20}, {30}, {40}})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test := (&data.Dataset{X: []data.Tensor{x}}).Split(2)
	scaled, err := data.Normalize(train, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scaled[0].X[0].(*data.Dense).Values, scaled[1].X[0].(*data.Dense).Values)
	// Output: [-1 1] [3 5]
}

func TestUnitRows(t *testing.T) {
	x := &data.Dense{Shape: []int{3, 2}, Values: []float32{3, -4, 0, 0, 1e-30, 0}}
	got := data.UnitRows(x)
	if want := []float32{0.6, -0.8, 0, 0, 1, 0}; !slices.Equal(got.Values, want) || x.Values[0] != 3 {
		t.Errorf("rows %v, want %v; the argument is %v", got.Values, want, x.Values)
	}
}
