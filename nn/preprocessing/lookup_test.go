package preprocessing_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/glearn-go/glearn/data"
	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// want holds an array against rows of numbers.
func want(t *testing.T, got data.Tensor, err error, rows ...[]float64) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	flat := slices.Concat(rows...)
	var values []float64
	switch x := got.(type) {
	case *data.CSR:
		for _, v := range x.Dense().Values {
			values = append(values, float64(v))
		}
	case *data.Dense:
		for _, v := range x.Values {
			values = append(values, float64(v))
		}
	case *data.Ints:
		for _, v := range x.Values {
			values = append(values, float64(v))
		}
	}
	if got.Rows() != len(rows) || len(values) != len(flat) {
		t.Fatalf("%T of %d rows, %v; want %v", got, got.Rows(), values, rows)
	}
	for i := range flat {
		if math.Abs(values[i]-flat[i]) > 1e-6 {
			t.Fatalf("%v, want %v", values, flat)
		}
	}
}

func adapted[T Transform](t *testing.T, f T, c Column) T {
	t.Helper()
	if err := f.Adapt(c); err != nil {
		t.Fatal(err)
	}
	return f
}

// The numbers are those of Keras' own tests of IndexLookup.
func TestStringLookup(t *testing.T) {
	train := Texts{"one", "one", "one", "two", "two", "three"}
	l := adapted(t, &StringLookup{MaxTokens: 7, MaskToken: new("")}, train)
	if got := l.Tokens(); !slices.Equal(got, []string{"", "[UNK]", "one", "two", "three"}) {
		t.Errorf("tokens %q", got)
	}
	x, err := l.Apply(Texts{"one", "two", "four", ""})
	want(t, x, err, []float64{2}, []float64{3}, []float64{1}, []float64{0})

	for _, c := range []struct {
		output Output
		in     Column
		rows   [][]float64
	}{
		{Int, TextLists{{"one", "two", "four", "two"}}, [][]float64{{2, 3, 1, 3}}},
		{OneHot, Texts{"one", "two", "four"}, [][]float64{{0, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 0, 0}}},
		{MultiHot, TextLists{{"one", "two", "four", "two"}, {""}, {}}, [][]float64{{1, 1, 1, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}},
		{Count, TextLists{{"one", "two", "four", "two"}}, [][]float64{{1, 1, 2, 0}}},
		{TFIDF, TextLists{{"one", "two", "four", "two"}}, [][]float64{{0.2, 0.1, 0.4, 0}}},
	} {
		l := &StringLookup{MaxTokens: 7, MaskToken: new(""), Output: c.output, Vocabulary: []string{"one", "two", "three"}}
		if c.output == TFIDF {
			l.IDF = []float64{0.1, 0.2, 0.3}
		}
		x, err := l.Apply(c.in)
		want(t, x, err, c.rows...)
	}

	l = adapted(t, &StringLookup{Output: TFIDF}, TextLists{{"one", "one"}, {"one", "two"}, {"two", "three"}})
	x, err = l.Apply(TextLists{{"one", "two"}, {"two", "four"}})
	want(t, x, err, []float64{0, 0.6931472, 0.6931472, 0}, []float64{0.76752836, 0, 0.6931472, 0})
}

// Equally frequent tokens stand from the last to the first, as in the example
// of Keras' documentation.
func TestVocabularyOrder(t *testing.T) {
	l := adapted(t, &StringLookup{}, TextLists{{"a", "c", "d"}, {"d", "z", "b"}, {"[UNK]", "[UNK]", "[UNK]"}})
	if got := l.Tokens(); !slices.Equal(got, []string{"[UNK]", "d", "z", "c", "b", "a"}) {
		t.Errorf("tokens %q", got)
	}
}

func TestLookupLimits(t *testing.T) {
	l := adapted(t, &IntegerLookup{MaxTokens: 4, MaskToken: new(int64(0))}, Integers{1, 1, 1, 2, 2, 3, 0, 0, 0, 0, -1})
	if got := l.Tokens(); !slices.Equal(got, []int64{0, -1, 1, 2}) {
		t.Errorf("tokens %v", got)
	}
	x, err := l.Apply(Numbers{1, 2, 3, 4, 0})
	want(t, x, err, []float64{2}, []float64{3}, []float64{1}, []float64{1}, []float64{0})

	padded := &IntegerLookup{MaxTokens: 5, MaskToken: new(int64(0)), Output: MultiHot, PadToMaxTokens: true, Vocabulary: []int64{1, 2}}
	x, err = padded.Apply(&data.Ints{Shape: []int{1, 2}, Values: []int32{1, 2}})
	want(t, x, err, []float64{0, 1, 1, 0, 0})
	padded = &IntegerLookup{MaxTokens: 5, Output: TFIDF, PadToMaxTokens: true, Vocabulary: []int64{1, 2}, IDF: []float64{2, 4}}
	x, err = padded.Apply(Integers{1, 9})
	want(t, x, err, []float64{0, 2, 0, 0, 0}, []float64{3, 0, 0, 0, 0})

	// Several unknown indices: whole numbers by their remainder, texts by a hash.
	several := &IntegerLookup{NumOOVIndices: new(3), Vocabulary: []int64{42}}
	x, err = several.Apply(Integers{42, 3, 4, -1})
	want(t, x, err, []float64{3}, []float64{0}, []float64{1}, []float64{2})
	spread := &StringLookup{NumOOVIndices: new(2), Vocabulary: []string{"known"}}
	x, err = spread.Apply(Texts{"known", "omar", "stringer", "marlo", "wire", "skywalker"})
	want(t, x, err, []float64{2}, []float64{0}, []float64{0}, []float64{1}, []float64{0}, []float64{0})
}

// Adapting again forgets what was learned, and applying sees the new words.
func TestAdaptAgain(t *testing.T) {
	l := adapted(t, &StringLookup{}, Texts{"a"})
	if _, err := l.Apply(Texts{"a"}); err != nil {
		t.Fatal(err)
	}
	x, err := adapted(t, l, Texts{"b"}).Apply(Texts{"a", "b"})
	want(t, x, err, []float64{0}, []float64{1})
}

func TestLookupConcurrently(t *testing.T) {
	l := &StringLookup{Vocabulary: []string{"a", "b"}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			x, err := l.Apply(Texts{"b", "c"})
			if err != nil || !slices.Equal(x.(*data.Ints).Values, []int32{2, 0}) {
				t.Errorf("%v, %v", x, err)
			}
		})
	}
	wg.Wait()
}

func ExampleStringLookup() {
	port := &StringLookup{Output: OneHot}
	if err := port.Adapt(Texts{"S", "C", "S", "Q"}); err != nil {
		fmt.Println(err)
		return
	}
	x, err := port.Apply(Texts{"S", "Lisbon"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(port.Tokens(), " "))
	fmt.Println(x.(*data.CSR).Dense().Values)
	// Output:
	// [UNK] S Q C
	// [0 1 0 0 1 0 0 0]
}
