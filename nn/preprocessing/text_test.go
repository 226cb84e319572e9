package preprocessing_test

import (
	"slices"
	"testing"

	. "github.com/glearn-go/glearn/nn/preprocessing"
)

// The first is the example of Keras' documentation.
func TestTextVectorization(t *testing.T) {
	v := adapted(t, &TextVectorization{MaxTokens: 5000, SequenceLength: 4}, Texts{"foo bar", "bar baz", "baz bada boom"})
	x, err := v.Apply(Texts{"foo qux bar", "qux baz", "foo foo foo foo bar", ""})
	want(t, x, err, []float64{4, 1, 3, 0}, []float64{1, 2, 0, 0}, []float64{4, 4, 4, 4}, []float64{0, 0, 0, 0})
	if got := v.Tokens(); !slices.Equal(got, []string{"", "[UNK]", "baz", "bar", "foo", "boom", "bada"}) {
		t.Errorf("tokens %q", got)
	}

	v = &TextVectorization{Vocabulary: []string{"earth", "wind", "and", "fire"}}
	x, err = v.Apply(Texts{"Fire, and... WIND!", "water\tand\nearth and fire"})
	want(t, x, err, []float64{5, 4, 3, 0, 0}, []float64{1, 4, 2, 4, 5})

	for _, c := range []struct {
		v    *TextVectorization
		rows [][]float64
	}{
		{&TextVectorization{Output: MultiHot}, [][]float64{{1, 1, 0, 1}, {0, 1, 0, 0}}},
		{&TextVectorization{Output: Count}, [][]float64{{1, 2, 0, 1}, {0, 1, 0, 0}}},
		{&TextVectorization{Output: MultiHot, MaxTokens: 6, PadToMaxTokens: true}, [][]float64{{1, 1, 0, 1, 0, 0}, {0, 1, 0, 0, 0, 0}}},
		// a is in 2 of 2 texts: log(1 + 2/3); b and c in 1: log(1 + 2/2); unknown
		// words weigh the mean of all three.
		{&TextVectorization{Output: TFIDF}, [][]float64{{(0.5108256 + 0.6931472*2) / 3, 2 * 0.5108256, 0, 0.6931472}, {0, 0.5108256, 0, 0}}},
	} {
		v := adapted(t, c.v, Texts{"a c", "a b"}) // b and c are equally frequent
		x, err := v.Apply(Texts{"A, b, a: z", "a"})
		want(t, x, err, c.rows...)
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		v    *TextVectorization
		text string
		want []string // in order of frequency, then from z to a
	}{
		{&TextVectorization{}, "It's IT!", []string{"its", "it"}},
		{&TextVectorization{Standardize: Lower}, "It's IT!", []string{"it's", "it!"}},
		{&TextVectorization{Standardize: StripPunctuation}, "It's IT!", []string{"Its", "IT"}},
		{&TextVectorization{Standardize: AsIs}, "It's IT!", []string{"It's", "IT!"}},
		{&TextVectorization{}, "ÄRGER ärger", []string{"ärger"}},
		{&TextVectorization{Split: Character}, "Ä ba", []string{"ä", "b", "a", " "}},
		{&TextVectorization{Split: NoSplit}, "b A", []string{"b a"}},
		{&TextVectorization{NGrams: []int{1, 2}}, "a b a b", []string{"b", "a b", "a", "b a"}},
		{&TextVectorization{NGrams: []int{2}}, "a b a b", []string{"a b", "b a"}},
		{&TextVectorization{NGrams: []int{3}}, "a b c", []string{"a b c"}},
	} {
		if got := adapted(t, c.v, Texts{c.text}).Vocabulary; !slices.Equal(got, c.want) {
			t.Errorf("%q %q %v of %q: %q, want %q", c.v.Standardize, c.v.Split, c.v.NGrams, c.text, got, c.want)
		}
	}
	// Words come before pairs in a sequence.
	v := &TextVectorization{NGrams: []int{1, 2}, Vocabulary: []string{"a", "b", "a b", "b a"}}
	x, err := v.Apply(Texts{"a b a"})
	want(t, x, err, []float64{2, 3, 2, 4, 5})
}
