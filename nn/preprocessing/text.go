package preprocessing

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glearn-go/glearn/data"
)

// Standardize is what happens to a text before it is split, by Keras' names.
type Standardize string

// The standardizations. Punctuation is what ASCII has of it.
const (
	LowerAndStripPunctuation Standardize = "lower_and_strip_punctuation"
	Lower                    Standardize = "lower"
	StripPunctuation         Standardize = "strip_punctuation"
	AsIs                     Standardize = "none"
)

// Split is how a text becomes tokens, by Keras' names.
type Split string

// The splits.
const (
	Whitespace Split = "whitespace" // words
	Character  Split = "character"  // letters
	NoSplit    Split = "none"       // the whole text
)

// TextVectorization turns texts into numbers of words, or into bags of words:
// it standardizes, splits, joins neighbours to n-grams, and looks every token
// up in a vocabulary.
//
//	Texts [rows]  ->  *data.Ints [rows, SequenceLength], or *data.CSR [rows, vocabulary]
//
// In the form Int, 0 fills up short texts and 1 stands for unknown words; in the
// others, column 0 stands for unknown words. The vocabulary is by frequency,
// ties from z to a.
type TextVectorization struct {
	MaxTokens      int         // of all indices, special ones included; 0: no limit
	Standardize    Standardize // "": LowerAndStripPunctuation
	Split          Split       // "": Whitespace
	NGrams         []int       `json:"ngrams"` // lengths of n-grams, such as 1, 2 for words and pairs; nil: 1
	Output         Output      // "": Int
	SequenceLength int         // in the form Int: longer texts are cut behind it; 0: the longest text's
	PadToMaxTokens bool        // encoded rows have MaxTokens columns in any case

	Vocabulary []string  // without special tokens; Adapt sets it. Not to be changed after the first Apply
	IDF        []float64 `json:"idf"` // of each token, for TFIDF; Adapt sets it

	cache cache[string]
}

func (v *TextVectorization) vocabulary() *vocabulary[string] {
	return &vocabulary[string]{tokens: v.Vocabulary, idf: v.IDF, maxTokens: v.MaxTokens, pad: v.PadToMaxTokens, unknown: 1,
		mask: new(""), output: v.Output.or(Int), hash: fingerprint}
}

// Check looks at the settings.
func (v *TextVectorization) Check() error {
	switch v.Standardize {
	case "", LowerAndStripPunctuation, Lower, StripPunctuation, AsIs:
	default:
		return fmt.Errorf("preprocessing: Standardize is %q, want %q, %q, %q or %q", v.Standardize, LowerAndStripPunctuation, Lower, StripPunctuation, AsIs)
	}
	switch v.Split {
	case "", Whitespace, Character, NoSplit:
	default:
		return fmt.Errorf("preprocessing: Split is %q, want %q, %q or %q", v.Split, Whitespace, Character, NoSplit)
	}
	for _, n := range v.NGrams {
		if n < 1 {
			return fmt.Errorf("preprocessing: NGrams is %v, want lengths of at least 1", v.NGrams)
		}
	}
	if v.SequenceLength < 0 || v.SequenceLength > 0 && v.Output.or(Int) != Int {
		return fmt.Errorf("preprocessing: SequenceLength is %d, want 0 (the longest text's), or more in the form int", v.SequenceLength)
	}
	return v.vocabulary().check()
}

// Adapt learns the vocabulary.
func (v *TextVectorization) Adapt(c Column) error {
	in, err := v.tokens(c)
	if err != nil {
		return err
	}
	v.Vocabulary, v.IDF, err = v.cache.learn(v.vocabulary(), in, func(s string) bool { return s == DefaultOOVToken })
	return err
}

// Apply looks every token up.
func (v *TextVectorization) Apply(c Column) (data.Tensor, error) {
	in, err := v.tokens(c)
	if err != nil {
		return nil, err
	}
	words := v.vocabulary()
	if words.output != Int {
		return v.cache.apply(words, in)
	}
	index, err := v.cache.of(words)
	if err != nil {
		return nil, err
	}
	found, err := words.lookUp(index, in)
	if err != nil {
		return nil, err
	}
	length := v.SequenceLength
	if length == 0 {
		length = 1 // rows cannot be empty
		for _, row := range found.rows {
			length = max(length, len(row))
		}
	}
	return data.PadSequences(found.rows, length, data.PadConfig{PadAfter: true, CutAfter: true})
}

// Tokens are the texts of all indices: Keras' get_vocabulary.
func (v *TextVectorization) Tokens() []string { return named(v.vocabulary(), DefaultOOVToken) }

// tokens standardizes and splits a column of texts.
func (v *TextVectorization) tokens(c Column) (lists[string], error) {
	if err := v.Check(); err != nil {
		return lists[string]{}, err
	}
	in, err := texts(c)
	if err != nil {
		return in, err
	}
	if !in.single {
		return in, fmt.Errorf("preprocessing: rows are lists, want one text a row")
	}
	out := lists[string]{rows: make([][]string, len(in.rows))}
	for i, row := range in.rows {
		out.rows[i] = v.ngrams(v.split(v.standard(row[0])))
	}
	return out, nil
}

// punctuation is every ASCII character that is neither letter nor digit nor
// space.
var punctuation = func() (is [utf8.RuneSelf]bool) {
	for _, r := range "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'" {
		is[r] = true
	}
	return is
}()

func (v *TextVectorization) standard(text string) string {
	how := v.Standardize
	if how == "" {
		how = LowerAndStripPunctuation
	}
	if how == Lower || how == LowerAndStripPunctuation {
		text = strings.ToLower(text)
	}
	if how == StripPunctuation || how == LowerAndStripPunctuation {
		text = strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf && punctuation[r] {
				return -1
			}
			return r
		}, text)
	}
	return text
}

func (v *TextVectorization) split(text string) []string {
	switch v.Split {
	case Character:
		return strings.Split(text, "")
	case NoSplit:
		return []string{text}
	}
	return strings.Fields(text)
}

// ngrams joins neighbouring tokens, all of one length before the next.
func (v *TextVectorization) ngrams(tokens []string) []string {
	if len(v.NGrams) == 0 || slices.Equal(v.NGrams, []int{1}) {
		return tokens
	}
	var out []string
	for _, n := range v.NGrams {
		for i := 0; i+n <= len(tokens); i++ {
			out = append(out, strings.Join(tokens[i:i+n], " "))
		}
	}
	return out
}
