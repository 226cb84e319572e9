package preprocessing_test

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// Length is the number of bytes of each text.
type Length struct{}

func (Length) Adapt(preprocessing.Column) error { return nil }

func (Length) Apply(c preprocessing.Column) (data.Tensor, error) {
	texts, ok := c.(preprocessing.Texts)
	if !ok {
		return nil, fmt.Errorf("the column is %T, want texts", c)
	}
	out := &data.Dense{Shape: []int{len(texts), 1}}
	for _, s := range texts {
		out.Values = append(out.Values, float32(len(s)))
	}
	return out, nil
}

func ExampleTransform() {
	nn.Register[preprocessing.Transform](Length{})
	p := preprocessing.NewPipeline(preprocessing.Feature{Column: "note", Transform: Length{}})
	x, err := p.Apply(preprocessing.Frame{"note": preprocessing.Texts{"", "four"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	written, err := json.Marshal(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x[0].(*data.Dense).Values)
	fmt.Println(string(written))
	// Output:
	// [0 4]
	// {"inputs":[[{"column":"note","transform":{"class":"Length"}}]]}
}

// show adapts a transform to a column and prints what it makes of it.
func show(t preprocessing.Transform, c preprocessing.Column) {
	if err := t.Adapt(c); err != nil {
		fmt.Println(err)
		return
	}
	x, err := t.Apply(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	switch x := x.(type) {
	case *data.CSR:
		full := x.Dense()
		fmt.Println(full.Shape, full.Values)
	case *data.Dense:
		fmt.Println(x.Shape, x.Values)
	case *data.Ints:
		fmt.Println(x.Shape, x.Values)
	}
}

// Texts as rows of word numbers for an Embedding: 0 fills up, 1 is unknown.
func ExampleTextVectorization() {
	words := &preprocessing.TextVectorization{MaxTokens: 5}
	show(words, preprocessing.Texts{"A dog, a cat.", "The cat!"})
	fmt.Printf("%q\n", words.Tokens())
	// Output:
	// [2 4] [3 1 3 2 4 2 0 0]
	// ["" "[UNK]" "cat" "a" "the"]
}

// Texts as bags of words, rare words counting more.
func ExampleTextVectorization_tfIDF() {
	show(&preprocessing.TextVectorization{Output: preprocessing.TFIDF}, preprocessing.Texts{"cat cat", "cat dog"})
	// Output: [2 3] [0 1.0216513 0 0 0.51082563 0.6931472]
}

func ExampleCategoryEncoding() {
	show(&preprocessing.CategoryEncoding{NumTokens: 3, Output: preprocessing.OneHot}, preprocessing.Integers{2, 0})
	// Output: [2 3] [0 0 1 1 0 0]
}

func ExampleDiscretization() {
	ages := &preprocessing.Discretization{NumBins: 2}
	show(ages, preprocessing.Numbers{3, 70, 21, 35, 40})
	fmt.Println(ages.BinBoundaries)
	// Output:
	// [5] [0 1 0 1 1]
	// [35]
}

func ExampleHashing() {
	show(&preprocessing.Hashing{NumBins: 3}, preprocessing.Texts{"A", "B", "C", "D", "E"})
	// Output: [5] [1 0 1 1 2]
}

func ExampleImpute() {
	show(&preprocessing.Impute{Strategy: preprocessing.Median, Indicator: true}, preprocessing.Numbers{1, math.NaN(), 7, 3})
	// Output: [4 2] [1 0 3 1 7 0 3 0]
}

func ExampleNormalization() {
	show(&preprocessing.Normalization{}, preprocessing.Numbers{10, 30})
	// Output: [2 1] [-1 1]
}

func ExampleIntegerLookup() {
	show(&preprocessing.IntegerLookup{}, preprocessing.Integers{1912, 1912, 2024})
	// Output: [3] [1 1 2]
}
