package preprocessing

import (
	"sync"

	"github.com/glearn-go/glearn/data"
)

// DefaultOOVToken is Keras' name for tokens that are not in the vocabulary. It is
// never learned as one.
const DefaultOOVToken = "[UNK]"

// StringLookup numbers texts by a vocabulary: 0 stands for those that are not in
// it, the others follow by frequency.
//
//	Texts [rows]  ->  *data.Ints [rows], or *data.CSR [rows, vocabulary]
//	TextLists     ->  *data.Ints [rows, entries], or *data.CSR [rows, vocabulary]
//
// A text that is missing, "", is a text like any other, with an index of its own
// where the training data has one.
type StringLookup struct {
	MaxTokens      int     // of all indices, special ones included; 0: no limit
	NumOOVIndices  *int    // indices for texts that are not in the vocabulary; 0: they are errors; nil: 1
	MaskToken      *string // has index 0 in the form Int, and is left out of the others; nil: none
	Output         Output  // "": Int
	PadToMaxTokens bool    // encoded rows have MaxTokens columns in any case

	Vocabulary []string  // without special tokens; Adapt sets it. Not to be changed after the first Apply
	IDF        []float64 `json:"idf"` // of each token, for TFIDF; Adapt sets it

	cache cache[string]
}

func (l *StringLookup) vocabulary() *vocabulary[string] {
	return &vocabulary[string]{tokens: l.Vocabulary, idf: l.IDF, maxTokens: l.MaxTokens, pad: l.PadToMaxTokens, unknown: orOne(l.NumOOVIndices),
		mask: l.MaskToken, output: l.Output.or(Int), hash: fingerprint}
}

// Check looks at the settings.
func (l *StringLookup) Check() error { return l.vocabulary().check() }

// Adapt learns the vocabulary.
func (l *StringLookup) Adapt(c Column) error {
	in, err := texts(c)
	if err != nil {
		return err
	}
	l.Vocabulary, l.IDF, err = l.cache.learn(l.vocabulary(), in, func(s string) bool { return s == DefaultOOVToken })
	return err
}

// Apply looks every text up.
func (l *StringLookup) Apply(c Column) (data.Tensor, error) {
	in, err := texts(c)
	if err != nil {
		return nil, err
	}
	return l.cache.apply(l.vocabulary(), in)
}

// Tokens are the texts of all indices: Keras' get_vocabulary.
func (l *StringLookup) Tokens() []string { return named(l.vocabulary(), DefaultOOVToken) }

// IntegerLookup numbers whole numbers by a vocabulary, as [StringLookup] does
// texts.
//
//	Integers [rows]        ->  *data.Ints [rows], or *data.CSR [rows, vocabulary]
//	*data.Ints [rows, n]   ->  *data.Ints [rows, n], or *data.CSR [rows, vocabulary]
type IntegerLookup struct {
	MaxTokens      int    // of all indices, special ones included; 0: no limit
	NumOOVIndices  *int   // indices for numbers that are not in the vocabulary; 0: they are errors; nil: 1
	MaskToken      *int64 // has index 0 in the form Int, and is left out of the others; nil: none
	Output         Output // "": Int
	PadToMaxTokens bool   // encoded rows have MaxTokens columns in any case

	Vocabulary []int64   // without special tokens; Adapt sets it. Not to be changed after the first Apply
	IDF        []float64 `json:"idf"` // of each token, for TFIDF; Adapt sets it

	cache cache[int64]
}

func (l *IntegerLookup) vocabulary() *vocabulary[int64] {
	return &vocabulary[int64]{tokens: l.Vocabulary, idf: l.IDF, maxTokens: l.MaxTokens, pad: l.PadToMaxTokens, unknown: orOne(l.NumOOVIndices),
		mask: l.MaskToken, output: l.Output.or(Int), hash: l.bucket}
}

// bucket is a number whose remainder by the number of indices is the token's
// own, never below 0.
func (l *IntegerLookup) bucket(token int64) uint64 {
	n := int64(orOne(l.NumOOVIndices))
	return uint64((token%n + n) % n)
}

// Check looks at the settings.
func (l *IntegerLookup) Check() error { return l.vocabulary().check() }

// Adapt learns the vocabulary.
func (l *IntegerLookup) Adapt(c Column) error {
	in, err := integers(c)
	if err != nil {
		return err
	}
	l.Vocabulary, l.IDF, err = l.cache.learn(l.vocabulary(), in, func(n int64) bool { return n == -1 }) // Keras' token for unknown ones
	return err
}

// Apply looks every number up.
func (l *IntegerLookup) Apply(c Column) (data.Tensor, error) {
	in, err := integers(c)
	if err != nil {
		return nil, err
	}
	return l.cache.apply(l.vocabulary(), in)
}

// Tokens are the numbers of all indices, -1 for unknown ones: Keras'
// get_vocabulary.
func (l *IntegerLookup) Tokens() []int64 { return named(l.vocabulary(), -1) }

func orOne(n *int) int {
	if n == nil {
		return 1
	}
	return *n
}

// named lists the token of every index.
func named[T interface{ ~string | ~int64 }](v *vocabulary[T], unknown T) []T {
	var out []T
	if v.masked() {
		out = append(out, *v.mask)
	}
	for range v.unknown {
		out = append(out, unknown)
	}
	return append(out, v.tokens...)
}

// cache keeps the index of a vocabulary between calls.
type cache[T interface{ ~string | ~int64 }] struct {
	mu    sync.Mutex
	index map[T]int32
}

// learn is a vocabulary, and its IDF where the output needs one. Nothing stays
// of the one before.
func (k *cache[T]) learn(v *vocabulary[T], in lists[T], reserved func(token T) bool) ([]T, []float64, error) {
	v.tokens, v.idf = nil, nil
	if err := v.check(); err != nil {
		return nil, nil, err
	}
	tokens, idf := learn(in.rows, func(token T) bool { return reserved(token) || v.mask != nil && token == *v.mask }, v.room())
	if v.output != TFIDF {
		idf = nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.index = nil
	return tokens, idf, nil
}

// apply looks up all entries and gives them the vocabulary's form.
func (k *cache[T]) apply(v *vocabulary[T], in lists[T]) (data.Tensor, error) {
	index, err := k.of(v)
	if err != nil {
		return nil, err
	}
	found, err := v.lookUp(index, in)
	if err != nil {
		return nil, err
	}
	return v.output.arrange(found, v.width(), v.weight())
}

// of is the index of v, made at the first call.
func (k *cache[T]) of(v *vocabulary[T]) (map[T]int32, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.index == nil {
		if err := v.check(); err != nil {
			return nil, err
		}
		index, err := v.index()
		if err != nil {
			return nil, err
		}
		k.index = index
	}
	return k.index, nil
}
