package preprocessing

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// learn counts tokens over documents. They come back in Keras' order: the most
// frequent first, equally frequent ones from the last to the first in sort
// order; at most limit of them, 0 being no limit. idf is, for each,
//
//	log(1 + documents / (1 + documents with the token))
func learn[T cmp.Ordered](documents [][]T, reserved func(token T) bool, limit int) (tokens []T, idf []float64) {
	type tally struct{ all, documents, last int }
	counts := map[T]*tally{}
	for i, document := range documents {
		for _, token := range document {
			t := counts[token]
			if t == nil {
				if reserved(token) {
					continue
				}
				t = &tally{last: -1}
				counts[token] = t
				tokens = append(tokens, token)
			}
			t.all++
			if t.last != i {
				t.documents++
				t.last = i
			}
		}
	}
	slices.SortFunc(tokens, func(a, b T) int {
		return cmp.Or(cmp.Compare(counts[b].all, counts[a].all), cmp.Compare(b, a))
	})
	if limit > 0 && len(tokens) > limit {
		tokens = slices.Clone(tokens[:limit])
	}
	for _, token := range tokens {
		idf = append(idf, math.Log(1+float64(len(documents))/float64(1+counts[token].documents)))
	}
	return tokens, idf
}

// vocabulary is how tokens become indices:
//
//	0                   the mask token, where there is one and the output is Int
//	next unknown        tokens that are not in the vocabulary
//	then                the tokens, in order
type vocabulary[T cmp.Ordered] struct {
	tokens    []T
	idf       []float64 // of each token, for TFIDF
	maxTokens int       // of all indices; 0 is no limit
	pad       bool      // encoded rows have maxTokens columns in any case
	unknown   int       // indices for tokens that are not in the vocabulary
	mask      *T
	output    Output
	hash      func(token T) uint64 // spreads unknown tokens over their indices
}

// masked is true when the mask token has an index.
func (v *vocabulary[T]) masked() bool { return v.mask != nil && v.output == Int }

// first is the index of the first token.
func (v *vocabulary[T]) first() int {
	if v.masked() {
		return 1 + v.unknown
	}
	return v.unknown
}

// size is how many indices there are.
func (v *vocabulary[T]) size() int { return v.first() + len(v.tokens) }

// room is how many tokens may be learned; 0 is no limit.
func (v *vocabulary[T]) room() int {
	if v.maxTokens == 0 {
		return 0
	}
	return v.maxTokens - v.first()
}

// check says what is wrong with the settings, and with the tokens if there are
// any.
func (v *vocabulary[T]) check() error {
	if err := v.output.check(Int, OneHot, MultiHot, Count, TFIDF); err != nil {
		return err
	}
	if v.unknown < 0 || v.unknown > maxIndices/2 {
		return fmt.Errorf("preprocessing: NumOOVIndices is %d, want 0 to %d", v.unknown, maxIndices/2)
	}
	if v.maxTokens > maxIndices {
		return fmt.Errorf("preprocessing: MaxTokens is %d, want at most %d", v.maxTokens, maxIndices)
	}
	if v.maxTokens != 0 && v.room() < 1 {
		return fmt.Errorf("preprocessing: MaxTokens is %d, want more than the %d special ones (0 is no limit)", v.maxTokens, v.first())
	}
	if v.pad && v.maxTokens == 0 {
		return fmt.Errorf("preprocessing: PadToMaxTokens needs MaxTokens")
	}
	if v.maxTokens != 0 && v.size() > v.maxTokens {
		return fmt.Errorf("preprocessing: a vocabulary of %d with the special tokens, MaxTokens is %d", v.size(), v.maxTokens)
	}
	if v.output == TFIDF && len(v.idf) != len(v.tokens) {
		return fmt.Errorf("preprocessing: %d numbers as IDF for a vocabulary of %d: adapt, or set both", len(v.idf), len(v.tokens))
	}
	for i, x := range v.idf {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("preprocessing: IDF[%d] is %v, want a finite number", i, x)
		}
	}
	return nil
}

// index is where each token stands.
func (v *vocabulary[T]) index() (map[T]int32, error) {
	if len(v.tokens) == 0 {
		return nil, fmt.Errorf("preprocessing: the vocabulary is empty: call Adapt first, or set Vocabulary")
	}
	index := make(map[T]int32, len(v.tokens))
	for i, token := range v.tokens {
		if _, twice := index[token]; twice {
			return nil, fmt.Errorf("preprocessing: %v stands in the vocabulary twice", quote(token))
		}
		index[token] = int32(v.first() + i)
	}
	return index, nil
}

// lookUp is the index of every entry. Mask tokens are left out of encoded
// rows.
func (v *vocabulary[T]) lookUp(index map[T]int32, in lists[T]) (lists[int32], error) {
	out := lists[int32]{rows: make([][]int32, len(in.rows)), single: in.single}
	entries := 0
	for _, row := range in.rows {
		entries += len(row)
	}
	flat := make([]int32, 0, entries) // all rows, one after the other
	for i, row := range in.rows {
		start := len(flat)
		for _, token := range row {
			at, known := index[token]
			switch {
			case known:
			case v.mask != nil && token == *v.mask:
				if !v.masked() {
					continue
				}
				at = 0
			case v.unknown == 0:
				return out, fmt.Errorf("preprocessing: row %d: %v is not in the vocabulary, and NumOOVIndices is 0", i, quote(token))
			default:
				at = int32(v.first() - v.unknown + int(v.hash(token)%uint64(v.unknown)))
			}
			flat = append(flat, at)
		}
		out.rows[i] = flat[start:len(flat):len(flat)]
	}
	return out, nil
}

// width is the number of columns of encoded rows.
func (v *vocabulary[T]) width() int {
	if v.pad {
		return v.maxTokens
	}
	return v.size()
}

// weight is the factor of each column in TFIDF: for unknown tokens the mean of
// the others.
func (v *vocabulary[T]) weight() func(index int32) float64 {
	mean := 0.0
	for _, x := range v.idf {
		mean += x / float64(len(v.idf))
	}
	return func(index int32) float64 {
		if int(index) < v.unknown {
			return mean
		}
		return v.idf[int(index)-v.unknown]
	}
}

// quote shows a token in an error.
func quote(token any) string {
	if s, ok := token.(string); ok {
		if len(s) > 40 {
			s = s[:40] + "..."
		}
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(token)
}
