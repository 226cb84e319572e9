package preprocessing_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/internal/memtest"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// passengers is a pipeline of several kinds and inputs, and its training data.
func passengers() (*Pipeline, Frame) {
	return &Pipeline{Inputs: [][]Feature{
			{
				{"age", &Impute{Indicator: true, Then: &Normalization{}}},
				{"sex", &StringLookup{NumOOVIndices: new(0), Output: OneHot}},
				{"class", &IntegerLookup{Output: Int}},
			},
			{{"note", &TextVectorization{SequenceLength: 3}}},
		}}, Frame{
			"age":   Numbers{20, math.NaN(), 40},
			"sex":   Texts{"male", "female", "male"},
			"class": Integers{3, 3, 1},
			"note":  Texts{"a b", "b", "b c"},
		}
}

func TestPipeline(t *testing.T) {
	p, train := passengers()
	if err := p.Adapt(train); err != nil {
		t.Fatal(err)
	}
	look := func(p *Pipeline) {
		t.Helper()
		rows := []map[string]any{
			{"age": nil, "sex": "female", "class": 1.0, "note": "b x", "ignored": true},
			{"age": 40.0, "sex": "male", "class": json.Number("7")},
		}
		x, err := p.Apply(Records(rows))
		if err != nil {
			t.Fatal(err)
		}
		if len(x) != 2 {
			t.Fatalf("%d inputs", len(x))
		}
		want(t, x[0], nil, []float64{0, 1, 0, 1, 2}, []float64{math.Sqrt(1.5), 0, 1, 0, 0})
		want(t, x[1], nil, []float64{2, 1, 0}, []float64{0, 0, 0})
		if _, ok := x[1].(*data.Ints); !ok {
			t.Errorf("a feature that is alone is %T, want *data.Ints", x[1])
		}
	}
	look(p)
	if got := p.Columns(); !slices.Equal(got, []string{"age", "class", "note", "sex"}) {
		t.Errorf("columns %q", got)
	}
	written, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pipeline
	if err := json.Unmarshal(written, &back); err != nil {
		t.Fatal(err)
	}
	look(&back)
	if again, err := json.Marshal(&back); err != nil || string(again) != string(written) {
		t.Errorf("%s, written again, is %s, %v", written, again, err)
	}
}

// The file is what version 1 wrote: it has to be read for ever.
func TestPipelineFile(t *testing.T) {
	written, err := os.ReadFile("testdata/pipeline_v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var p Pipeline
	if err := json.Unmarshal(written, &p); err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(Frame{"age": Numbers{math.NaN()}, "sex": Texts{"male"}, "class": Integers{3}, "note": Texts{"c"}})
	if err != nil {
		t.Fatal(err)
	}
	want(t, x[0], nil, []float64{0, 1, 1, 0, 1})
	want(t, x[1], nil, []float64{3, 0, 0})
}

// transforms has one of each kind with every setting set.
var transforms = []Transform{
	&CategoryEncoding{NumTokens: 3, Output: Count},
	&Discretization{NumBins: 3, Output: OneHot, BinBoundaries: []float64{1, 2}},
	&Hashing{NumBins: 3, MaskValue: new(""), Salt: []uint64{1, 1<<64 - 1}, Output: Count},
	&Impute{Strategy: Median, Fill: 1, Indicator: true, Then: &Normalization{}},
	&IntegerLookup{MaxTokens: 5, NumOOVIndices: new(2), MaskToken: new(int64(0)), Output: TFIDF, PadToMaxTokens: true, Vocabulary: []int64{-5, 1 << 52}, IDF: []float64{1, 2}},
	&Normalization{Mean: []float32{1}, Std: []float32{2}},
	&StringLookup{MaxTokens: 5, NumOOVIndices: new(0), MaskToken: new(""), Output: TFIDF, PadToMaxTokens: true, Vocabulary: []string{"a", "b"}, IDF: []float64{1, 2}},
	&TextVectorization{MaxTokens: 5, Standardize: Lower, Split: Character, NGrams: []int{1, 2}, Output: TFIDF, PadToMaxTokens: true, Vocabulary: []string{"a", "b"}, IDF: []float64{1, 2}},
}

// Every setting of every transform of the package comes back from JSON.
func TestSpec(t *testing.T) {
	types, _ := graphtest.Exported(t, "", "Adapt", "Apply")
	types = slices.DeleteFunc(types, func(name string) bool { return name == "Pipeline" })
	var listed []string
	for _, want := range transforms {
		v := reflect.ValueOf(want).Elem()
		listed = append(listed, v.Type().Name())
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && v.Field(i).IsZero() && f.Name != "SequenceLength" {
				t.Errorf("%s.%s is not set", v.Type().Name(), f.Name)
			}
		}
		b, err := spec.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := spec.Decode[Transform](b); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %#v, %v", b, got, err)
		}
	}
	if !slices.Equal(listed, types) {
		t.Errorf("the package has %q, this test has %q", types, listed)
	}
}

func TestMistakes(t *testing.T) {
	hole := math.NaN()
	one := func(f Transform) *Pipeline { return NewPipeline(Feature{"x", f}) }
	for _, c := range []struct {
		t    *Pipeline
		in   Column
		want string
	}{
		{&Pipeline{}, nil, "at least one input"},
		{&Pipeline{Inputs: [][]Feature{{}}}, nil, "input 0 has no features"},
		{one(nil), nil, `column "x" has no transform`},
		{NewPipeline(Feature{"y", &Impute{}}), Numbers{1}, `no column "y" among ["x"]`},
		{NewPipeline(Feature{"x", &Impute{}}, Feature{"two rows", &Impute{}}), Numbers{1}, `column "two rows" has 2 rows, others 1`},
		{one(&StringLookup{}), Numbers{1}, "Numbers, want texts"},
		{one(&StringLookup{}), Values{"a", 1.0}, "row 1 is 1 (float64), want a text"},
		{one(&StringLookup{}), Texts{"a"}, "call Adapt first"},
		{one(&StringLookup{Vocabulary: []string{"a", "a"}}), Texts{"a"}, `"a" stands in the vocabulary twice`},
		{one(&StringLookup{Vocabulary: []string{"a"}, NumOOVIndices: new(0)}), Texts{"a", "b"}, `row 1: "b" is not in the vocabulary`},
		{one(&StringLookup{NumOOVIndices: new(-1)}), Texts{"a"}, "NumOOVIndices is -1"},
		{one(&StringLookup{MaxTokens: 1}), Texts{"a"}, "MaxTokens is 1, want more than the 1"},
		{one(&StringLookup{MaxTokens: 2, Vocabulary: []string{"a", "b"}}), Texts{"a"}, "a vocabulary of 3"},
		{one(&StringLookup{MaxTokens: 1 << 40}), Texts{"a"}, "MaxTokens is 1099511627776"},
		{one(&StringLookup{NumOOVIndices: new(1 << 40)}), Texts{"a"}, "NumOOVIndices is 1099511627776"},
		{NewPipeline(Feature{"x", &Hashing{NumBins: 1 << 30, Output: OneHot}}, Feature{"x", &Impute{}}), Integers{1}, "1073741825 columns side by side"},
		{one(&StringLookup{PadToMaxTokens: true}), Texts{"a"}, "needs MaxTokens"},
		{one(&StringLookup{Output: "hot"}), Texts{"a"}, `Output is "hot", want one of ["int"`},
		{one(&StringLookup{Output: OneHot, Vocabulary: []string{"a"}}), TextLists{{"a", "b"}}, "row 0 has 2 entries, one_hot takes one"},
		{one(&StringLookup{Vocabulary: []string{"a"}}), TextLists{{"a"}, {"a", "b"}}, "row 1 has 2 entries, row 0 has 1"},
		{one(&StringLookup{Output: TFIDF, Vocabulary: []string{"a"}}), Texts{"a"}, "0 numbers as IDF for a vocabulary of 1"},
		{one(&StringLookup{Output: TFIDF, Vocabulary: []string{"a"}, IDF: []float64{hole}}), Texts{"a"}, "IDF[0] is NaN"},
		{one(&StringLookup{Vocabulary: []string{"a"}, NumOOVIndices: new(0)}), Texts{strings.Repeat("long", 50)}, `longlong..." is not in the vocabulary`},
		{one(&IntegerLookup{Vocabulary: []int64{1}, NumOOVIndices: new(0)}), Integers{7}, "row 0: 7 is not in the vocabulary"},
		{one(&IntegerLookup{}), Numbers{1, 1.5}, "row 1 is 1.5, want a whole number"},
		{one(&IntegerLookup{}), Numbers{1, hole}, "row 1 is NaN, want a whole number"},
		{one(&IntegerLookup{}), Values{1.0, 2.5}, "row 1 is 2.5, want a whole number"},
		{one(&IntegerLookup{}), Texts{"1"}, "Texts, want numbers"},
		{one(&TextVectorization{Split: "lines"}), Texts{"a"}, `Split is "lines"`},
		{one(&TextVectorization{Standardize: "upper"}), Texts{"a"}, `Standardize is "upper"`},
		{one(&TextVectorization{NGrams: []int{0}}), Texts{"a"}, "NGrams is [0]"},
		{one(&TextVectorization{SequenceLength: 3, Output: Count}), Texts{"a"}, "SequenceLength is 3"},
		{one(&TextVectorization{}), TextLists{{"a"}}, "want one text a row"},
		{one(&CategoryEncoding{}), Integers{1}, "NumTokens is 0"},
		{one(&CategoryEncoding{NumTokens: 3}), Integers{0, 3}, "row 1 is 3, want 0 to 2"},
		{one(&CategoryEncoding{NumTokens: 3, Output: Int}), Integers{0}, `Output is "int"`},
		{one(&Discretization{}), Numbers{1}, "NumBins is 0"},
		{one(&Discretization{NumBins: 2}), Numbers{1}, "call Adapt first"},
		{one(&Discretization{BinBoundaries: []float64{2, 1}}), Numbers{1}, "BinBoundaries[1] is 1"},
		{one(&CategoryEncoding{NumTokens: 3}), Texts{"a"}, "Texts, want numbers"},
		{one(&Discretization{BinBoundaries: []float64{1}}), Texts{"a"}, "Texts, want numbers"},
		{one(&Impute{}), Values{1.0, "two"}, "row 1 is two (string), want a number"},
		{one(&Impute{}), Values{json.Number("1e999")}, "row 0 is 1e999"},
		{one(&Impute{}), Values{[]any{1.0}}, "want a number"},
		{one(&Normalization{Mean: []float32{1}, Std: []float32{1}}), Texts{"a"}, "Texts, want numbers"},
		{one(&Discretization{BinBoundaries: []float64{1}}), Numbers{1, hole}, "row 1 is NaN"},
		{one(&Hashing{}), Texts{"a"}, "NumBins is 0"},
		{one(&Hashing{NumBins: 2, Salt: []uint64{1, 2, 3}}), Texts{"a"}, "Salt has 3"},
		{one(&Hashing{NumBins: 2, Output: TFIDF}), Texts{"a"}, `Output is "tf_idf"`},
		{one(&Hashing{NumBins: 2}), Values{true}, "row 0 is true (bool)"},
		{one(&Normalization{}), Numbers{1}, "call Adapt first"},
		{one(&Normalization{Mean: []float32{1}}), Numbers{1}, "Std 0"},
		{one(&Normalization{Mean: []float32{1}, Std: []float32{0}}), Numbers{1}, "deviation 0"},
		{one(&Normalization{Mean: []float32{1}, Std: []float32{1}}), Numbers{1, hole}, "row 1 is NaN, want a finite number (Impute"},
		{one(&Normalization{Mean: []float32{1, 2}, Std: []float32{1, 2}}), Numbers{1}, "rows of 1 values, want 2"},
		{one(&Impute{Strategy: "mode"}), Numbers{1}, `Strategy is "mode"`},
		{one(&Impute{Fill: hole}), Numbers{1}, "Fill is NaN"},
		{one(&Impute{Then: &Hashing{}}), Numbers{1}, "NumBins is 0"},
		{one(&Impute{}), &data.Dense{Shape: []int{1, 2}, Values: []float32{1, 2}}, "want one number a row"},
	} {
		f := Frame{"two rows": Numbers{1, 2}}
		if c.in != nil {
			f = Frame{"x": c.in}
			if len(c.t.Inputs[0]) > 1 {
				f["two rows"] = Numbers{1, 2}
			}
		}
		if _, err := c.t.Apply(f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: want an error with %q", err, c.want)
		}
	}
	for _, c := range []struct {
		t    Transform
		in   Column
		want string
	}{
		{&StringLookup{MaxTokens: 1}, Texts{"a"}, "MaxTokens is 1"},
		{&StringLookup{}, Numbers{1}, "want texts"},
		{&TextVectorization{}, Numbers{1}, "want texts"},
		{&IntegerLookup{}, Texts{"a"}, "want numbers"},
		{&Discretization{NumBins: 1}, Numbers{1}, "NumBins is 1"},
		{&Discretization{NumBins: 3}, Numbers{}, "no rows"},
		{&Discretization{NumBins: 3}, Numbers{hole}, "row 0 is NaN"},
		{&Normalization{}, Numbers{1, hole}, "row 1 is NaN"},
		{&Normalization{}, Numbers{}, "no rows"},
		{&Impute{}, Numbers{hole}, "there is no mean"},
		{&Impute{}, Texts{"a"}, "want numbers"},
		{&CategoryEncoding{}, Numbers{1}, "NumTokens is 0"},
		{&Hashing{}, Numbers{1}, "NumBins is 0"},
	} {
		if err := c.t.Adapt(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v: want an error with %q", c.t, err, c.want)
		}
	}
}

func TestPipelineRefusesFiles(t *testing.T) {
	for file, want := range map[string]string{
		`{}`:                            "at least one input",
		`{"inputs":[[{"column":"x"}]]}`: "no transform",
		`{"inputs":[[{"column":"x","transform":{"class":"Exec"}}]]}`:                                   `unknown class "Exec"`,
		`{"inputs":[[{"column":"x","transform":{"class":"Hashing","config":{"num_bins":-1}}}]]}`:       "NumBins is -1",
		`{"inputs":[[{"column":"x","transform":{"class":"Hashing","config":{"bins":3}}}]]}`:            `no field "bins"`,
		`{"inputs":[[{"column":"x","transform":{"class":"Normalization","config":{"std":["NaN"]}}}]]}`: "Mean has 0 numbers",
	} {
		var p Pipeline
		if err := json.Unmarshal([]byte(file), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", file, err, want)
		}
	}
}

// A file from a stranger gets an error, never a panic.
func FuzzPipeline(f *testing.F) {
	p, train := passengers()
	if err := p.Adapt(train); err != nil {
		f.Fatal(err)
	}
	whole, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	every, err := json.Marshal(&Pipeline{Inputs: [][]Feature{func() (out []Feature) {
		for _, t := range transforms {
			out = append(out, Feature{"age", t})
		}
		return out
	}()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(every)
	f.Add([]byte(`{"inputs":[[{"column":"age","transform":null}]]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Pipeline
		var err error
		memtest.AtMost(t, int64(len(b)), spec.Allowance+1<<16, func() { err = json.Unmarshal(b, &p) })
		if err != nil {
			return
		}
		if x, err := p.Apply(train); err == nil && x[0].Rows() != 3 {
			t.Errorf("%s makes %d rows of 3", b, x[0].Rows())
		}
	})
}

func ExamplePipeline() {
	p := NewPipeline(
		Feature{"age", &Impute{Then: &Normalization{}}},
		Feature{"sex", &StringLookup{NumOOVIndices: new(0), Output: OneHot}},
	)
	if err := p.Adapt(Frame{"age": Numbers{20, 40, math.NaN()}, "sex": Texts{"male", "female", "male"}}); err != nil {
		fmt.Println(err)
		return
	}
	x, err := p.Apply(Records([]map[string]any{{"age": 30.0, "sex": "female"}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x[0].(*data.Dense).Values)
	// Output: [0 0 1]
}
