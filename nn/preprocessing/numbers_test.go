package preprocessing_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/glearn-go/glearn/data"
	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// The numbers are those of Keras' own tests of Hashing.
func TestHashing(t *testing.T) {
	letters, names := Texts{"A", "B", "C", "D", "E"}, Texts{"omar", "stringer", "marlo", "wire", "skywalker"}
	for _, c := range []struct {
		h    Hashing
		in   Column
		want []float64
	}{
		{Hashing{NumBins: 3}, letters, []float64{1, 0, 1, 1, 2}},
		{Hashing{NumBins: 3, MaskValue: new("")}, Texts{"A", "B", "", "C", "D"}, []float64{1, 1, 0, 2, 2}},
		{Hashing{NumBins: 3, Salt: []uint64{133, 137}}, letters, []float64{1, 2, 1, 0, 2}},
		{Hashing{NumBins: 3, Salt: []uint64{133}}, letters, []float64{0, 0, 2, 1, 0}},
		{Hashing{NumBins: 1}, letters, []float64{0, 0, 0, 0, 0}},
		{Hashing{NumBins: 2}, names, []float64{0, 0, 1, 0, 0}},
		{Hashing{NumBins: 3, MaskValue: new("omar")}, names, []float64{0, 1, 2, 1, 1}},
		{Hashing{NumBins: 2, Salt: []uint64{211, 137}}, names, []float64{1, 0, 1, 0, 1}},
		{Hashing{NumBins: 3}, Integers{0, 1, 2, 3, 4}, []float64{1, 0, 1, 0, 2}},
		{Hashing{NumBins: 3, Salt: []uint64{133, 137}}, Numbers{0, 1, 2, 3, 4}, []float64{1, 1, 2, 0, 1}},
		{Hashing{NumBins: 3}, Values{"A", 1.0, json.Number("2")}, []float64{1, 0, 1}},
	} {
		rows := make([][]float64, len(c.want))
		for i, v := range c.want {
			rows[i] = []float64{v}
		}
		x, err := c.h.Apply(c.in)
		want(t, x, err, rows...)
	}
	x, err := (&Hashing{NumBins: 3, Output: Count}).Apply(&data.Ints{Shape: []int{1, 5}, Values: []int32{0, 1, 2, 3, 4}})
	want(t, x, err, []float64{2, 2, 1})
	x, err = (&Hashing{NumBins: 3, Output: MultiHot}).Apply(TextLists{{"A", "C"}, {"B", "E"}})
	want(t, x, err, []float64{0, 1, 0}, []float64{1, 0, 1})
}

func TestCategoryEncoding(t *testing.T) {
	ints := &data.Ints{Shape: []int{2, 2}, Values: []int32{3, 3, 0, 1}}
	x, err := (&CategoryEncoding{NumTokens: 4}).Apply(ints)
	want(t, x, err, []float64{0, 0, 0, 1}, []float64{1, 1, 0, 0})
	x, err = (&CategoryEncoding{NumTokens: 4, Output: Count}).Apply(ints)
	want(t, x, err, []float64{0, 0, 0, 2}, []float64{1, 1, 0, 0})
	x, err = (&CategoryEncoding{NumTokens: 3, Output: OneHot}).Apply(Integers{2, 0})
	want(t, x, err, []float64{0, 0, 1}, []float64{1, 0, 0})
}

func TestDiscretization(t *testing.T) {
	d := &Discretization{BinBoundaries: []float64{0, 1, 2}}
	x, err := d.Apply(&data.Dense{Shape: []int{2, 4}, Values: []float32{-1.5, 1, 3.4, 0.5, 0, 3, 1.3, 0}})
	want(t, x, err, []float64{0, 2, 3, 1}, []float64{1, 3, 2, 1})
	x, err = (&Discretization{BinBoundaries: []float64{0, 1}, Output: OneHot}).Apply(Numbers{math.Inf(-1), 0.5, math.Inf(1)})
	want(t, x, err, []float64{1, 0, 0}, []float64{0, 1, 0}, []float64{0, 0, 1})

	// numpy.quantile([1, 2, 4, 8, 16], [1/4, 2/4, 3/4]) is 2, 4, 8; of [1, 2, 4, 8]
	// it is 1.75, 3, 5.
	for _, c := range []struct {
		in, want []float64
	}{{[]float64{16, 1, 8, 2, 4}, []float64{2, 4, 8}}, {[]float64{4, 2, 8, 1}, []float64{1.75, 3, 5}}, {[]float64{7}, []float64{7, 7, 7}}} {
		d := adapted(t, &Discretization{NumBins: 4}, Numbers(c.in))
		for i, b := range d.BinBoundaries {
			if math.Abs(b-c.want[i]) > 1e-6 {
				t.Errorf("boundaries of %v are %v, want %v", c.in, d.BinBoundaries, c.want)
			}
		}
	}
}

func TestNormalization(t *testing.T) {
	n := adapted(t, &Normalization{}, &data.Dense{Shape: []int{2, 2}, Values: []float32{1, 5, 3, 5}})
	x, err := n.Apply(&data.Dense{Shape: []int{2, 2}, Values: []float32{5, 6, 2, 5}})
	want(t, x, err, []float64{3, 1}, []float64{0, 0})
	x, err = adapted(t, &Normalization{}, Integers{1, 3}).Apply(Numbers{5})
	want(t, x, err, []float64{3})
	x, err = adapted(t, &Normalization{}, &data.Ints{Shape: []int{2}, Values: []int32{1, 3}}).Apply(Values{5, json.Number("2")})
	want(t, x, err, []float64{3}, []float64{0})
}

func TestImpute(t *testing.T) {
	hole := math.NaN()
	for _, c := range []struct {
		m    Impute
		want float64
	}{
		{Impute{}, 4}, {Impute{Strategy: Mean}, 4}, {Impute{Strategy: Median}, 2.5}, {Impute{Strategy: Constant, Fill: -1}, -1},
	} {
		x, err := adapted(t, &c.m, Numbers{1, hole, 10, 2, 3}).Apply(Numbers{7, hole})
		want(t, x, err, []float64{7}, []float64{c.want})
	}
	m := adapted(t, &Impute{Indicator: true, Then: &Normalization{}}, Values{1.0, 3.0, nil, nil})
	x, err := m.Apply(Values{nil, 3})
	want(t, x, err, []float64{0, 1}, []float64{math.Sqrt2, 0})
}
