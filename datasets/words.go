package datasets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// WordIndex is a vocabulary ordered by frequency.
type WordIndex struct {
	rank  map[string]int32 // from 1
	words []string         // words[rank-1]
}

// maxWordIndex bounds a word index file; IMDB's has 1.6 MB.
const maxWordIndex = 8 << 20

func loadWordIndex(s source, name string) (*WordIndex, error) {
	path, err := s.locate(name)
	if err != nil {
		return nil, err
	}
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > maxWordIndex {
		return nil, fmt.Errorf("datasets: %s: %d bytes, want at most %d", path, size, maxWordIndex)
	}
	w, err := readWordIndex(f)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return w, nil
}

// readWordIndex reads a JSON object that maps every word to its rank: 1 to n,
// each once.
func readWordIndex(r io.Reader) (*WordIndex, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxWordIndex))
	if err != nil {
		return nil, err
	}
	w := &WordIndex{}
	if err := json.Unmarshal(raw, &w.rank); err != nil {
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			return nil, fmt.Errorf("byte %d: %w", syntax.Offset, err)
		case errors.As(err, &kind):
			return nil, fmt.Errorf("byte %d: %w", kind.Offset, err)
		}
		return nil, err
	}
	w.words = make([]string, len(w.rank))
	for word, rank := range w.rank {
		if rank < 1 || int(rank) > len(w.words) {
			return nil, fmt.Errorf("word %.40q has rank %d, want 1 to %d", word, rank, len(w.words))
		}
		if other := w.words[rank-1]; other != "" {
			return nil, fmt.Errorf("words %.40q and %.40q both have rank %d", min(word, other), max(word, other), rank)
		}
		w.words[rank-1] = word
	}
	return w, nil
}

// Len is the number of words.
func (w *WordIndex) Len() int { return len(w.words) }

// Rank is the place of a word by frequency, from 1; 0 for a word that is not in
// the vocabulary.
func (w *WordIndex) Rank(word string) int { return int(w.rank[word]) }

// Word is the word at a place by frequency, from 1; "" outside of the vocabulary.
func (w *WordIndex) Word(rank int) string {
	if rank < 1 || rank > len(w.words) {
		return ""
	}
	return w.words[rank-1]
}

// Decode is the text of a sequence as a loader gives it, with "?" for unknown
// words; the start and pad indices are left out.
func (w *WordIndex) Decode(sequence []int32) string {
	var text []string
	for _, index := range sequence {
		if index == PadIndex || index == StartIndex {
			continue
		}
		word := w.Word(int(index) - IndexFrom)
		if word == "" {
			word = "?"
		}
		text = append(text, word)
	}
	return strings.Join(text, " ")
}

// Encode is the sequence of a text: the start index, then every word's index,
// [UnknownIndex] where it is not in the vocabulary or not below numWords. Text
// is lower-cased and cut at spaces and punctuation, as Keras' Tokenizer does.
func (w *WordIndex) Encode(text string, numWords int) []int32 {
	out := []int32{StartIndex}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" !\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r", r)
	}) {
		index := w.rank[word] + IndexFrom
		if index == IndexFrom || int(index) >= numWords {
			index = UnknownIndex
		}
		out = append(out, index)
	}
	return out
}
