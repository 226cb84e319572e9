package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
)

func TestMultiHot(t *testing.T) {
	got, err := data.MultiHot([][]int32{{3, 1, 3}, {}, {0}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.RowPtr, []int32{0, 2, 2, 3}) || !slices.Equal(got.Col, []int32{1, 3, 0}) || got.Val != nil || got.Columns != 4 {
		t.Errorf("got %+v", got)
	}
	if want := []float32{0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0}; !slices.Equal(got.Dense().Values, want) {
		t.Errorf("written out: %v, want %v", got.Dense().Values, want)
	}
	for _, c := range []struct {
		sequences [][]int32
		columns   int
		want      string
	}{
		{[][]int32{{0}, {4}}, 4, "row 1: indices 4 to 4, want 0 to 3"},
		{[][]int32{{-1}}, 4, "row 0: indices -1"},
		{nil, 0, "0 columns"},
	} {
		if _, err := data.MultiHot(c.sequences, c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.sequences, err, c.want)
		}
	}
}

func TestPadSequences(t *testing.T) {
	sequences := [][]int32{{1}, {1, 2, 3, 4}, {}}
	for _, c := range []struct {
		cfg  data.PadConfig
		want []int32
	}{
		// the first is Keras 3's pad_sequences(sequences, maxlen=3)
		{data.PadConfig{}, []int32{0, 0, 1, 2, 3, 4, 0, 0, 0}},
		{data.PadConfig{PadAfter: true, Value: 9}, []int32{1, 9, 9, 2, 3, 4, 9, 9, 9}},
		{data.PadConfig{CutAfter: true}, []int32{0, 0, 1, 1, 2, 3, 0, 0, 0}},
	} {
		got, err := data.PadSequences(sequences, 3, c.cfg)
		if err != nil || !slices.Equal(got.Values, c.want) || !slices.Equal(got.Shape, []int{3, 3}) {
			t.Errorf("%+v: %+v, %v, want %v", c.cfg, got, err, c.want)
		}
	}
	if _, err := data.PadSequences(sequences, 0, data.PadConfig{}); err == nil {
		t.Error("length 0 is accepted")
	}
}

func ExamplePadSequences() {
	x, err := data.PadSequences([][]int32{{7}, {1, 2, 3, 4}}, 3, data.PadConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Shape, x.Values)
	// Output: [2 3] [0 0 7 2 3 4]
}

func ExampleMultiHot() {
	x, err := data.MultiHot([][]int32{{4, 1, 4}, {0}}, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Dense().Values)
	// Output: [0 1 0 0 1 1 0 0 0 0]
}
