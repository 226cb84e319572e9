package datasets

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// WordIndex is a vocabulary ordered by frequency. A Go map of the same words
// would take ten times the memory.
type WordIndex struct {
	text   string   // all words, by rank
	start  []uint32 // where in text the word of rank i+1 begins; len = words+1
	sorted []uint32 // rank-1 of every word, in the words' order
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
	raw := make([]byte, size)
	if _, err := io.ReadFull(f, raw); err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	w, err := parseWordIndex(raw)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return w, nil
}

// Len is the number of words.
func (w *WordIndex) Len() int { return len(w.sorted) }

// Rank is the place of a word by frequency, from 1; 0 for a word that is not in
// the vocabulary.
func (w *WordIndex) Rank(word string) int {
	i, found := sort.Find(len(w.sorted), func(i int) int { return strings.Compare(word, w.Word(int(w.sorted[i])+1)) })
	if !found {
		return 0
	}
	return int(w.sorted[i]) + 1
}

// Word is the word at a place by frequency, from 1; "" outside of the vocabulary.
func (w *WordIndex) Word(rank int) string {
	if rank < 1 || rank > w.Len() {
		return ""
	}
	return w.text[w.start[rank-1]:w.start[rank]]
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
		index := w.Rank(word) + IndexFrom
		if index == IndexFrom || index >= numWords {
			index = UnknownIndex
		}
		out = append(out, int32(index))
	}
	return out
}
