package datasets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseWordIndex reads a JSON object that maps every word to its rank: 1 to n,
// each once. Beside raw it takes no more memory than raw does.
func parseWordIndex(raw []byte) (*WordIndex, error) {
	if err := checkObject(raw); err != nil {
		return nil, err
	}
	words, text := 0, 0
	err := eachEntry(raw, func(e entry) error {
		words++
		text += len(e.word)
		return nil
	})
	if err != nil {
		return nil, err
	}
	w := &WordIndex{start: make([]uint32, words+1), sorted: make([]uint32, words)}
	// first, start says where in raw the word of each rank is
	err = eachEntry(raw, func(e entry) error {
		if e.rank < 1 || e.rank > words {
			return fmt.Errorf("byte %d: word %.40s has rank %d, want 1 to %d", e.at, e.word, e.rank, words)
		}
		if other := w.start[e.rank-1]; other != 0 {
			return fmt.Errorf("byte %d: words %.40s and %.40s both have rank %d", e.at, quoted(raw[other:]), e.word, e.rank)
		}
		w.start[e.rank-1] = uint32(e.at)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := w.collect(raw, text); err != nil {
		return nil, err
	}
	return w, w.sort()
}

// collect copies the words out of raw, by rank. text is about how long they are.
func (w *WordIndex) collect(raw []byte, text int) error {
	var all strings.Builder
	all.Grow(text)
	for i := range w.sorted {
		at := w.start[i]
		w.start[i] = uint32(all.Len())
		word := quoted(raw[at:])
		if bytes.IndexByte(word, '\\') < 0 {
			all.Write(word[1 : len(word)-1])
			continue
		}
		var plain string
		if err := json.Unmarshal(word, &plain); err != nil {
			return fmt.Errorf("byte %d: %w", at, err)
		}
		all.WriteString(plain)
	}
	w.start[len(w.sorted)] = uint32(all.Len())
	w.text = all.String()
	return nil
}

// sort puts the words in order, so that they can be found.
func (w *WordIndex) sort() error {
	for i := range w.sorted {
		w.sorted[i] = uint32(i)
	}
	word := func(i uint32) string { return w.Word(int(i) + 1) }
	slices.SortFunc(w.sorted, func(a, b uint32) int { return strings.Compare(word(a), word(b)) })
	for i := range w.sorted {
		if i > 0 && word(w.sorted[i]) == word(w.sorted[i-1]) {
			return fmt.Errorf("word %.40q has two ranks, %d and %d", word(w.sorted[i]), w.sorted[i-1]+1, w.sorted[i]+1)
		}
	}
	return nil
}

// checkObject says where raw is no JSON object. It allocates next to nothing,
// as none of the object's keys has a place in an empty struct.
func checkObject(raw []byte) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(raw, &struct{}{}); {
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("byte %d: found a JSON %s, want an object that maps words to ranks", kind.Offset, kind.Value)
	case err != nil:
		return err
	case bytes.TrimLeft(raw, jsonSpace)[0] != '{': // null
		return errors.New("byte 0: found a JSON null, want an object that maps words to ranks")
	}
	return nil
}

const jsonSpace = " \t\r\n"

// entry is one word of a word index file.
type entry struct {
	word []byte // as the file has it, in quotes
	at   int    // its place in the file
	rank int
}

// eachEntry goes through an object that [checkObject] has passed.
func eachEntry(raw []byte, f func(entry) error) error {
	rest := raw[bytes.IndexByte(raw, '{')+1:]
	for {
		if rest = bytes.TrimLeft(rest, jsonSpace+","); rest[0] == '}' {
			return nil
		}
		e := entry{word: quoted(rest), at: len(raw) - len(rest)}
		rest = bytes.TrimLeft(rest[len(e.word):], jsonSpace+":")
		value := rest[:bytes.IndexAny(rest, jsonSpace+",}")]
		rank, err := strconv.ParseInt(string(value), 10, 32)
		if err != nil {
			return fmt.Errorf("byte %d: word %.40s has %.20s, want its rank", len(raw)-len(rest), e.word, value)
		}
		e.rank = int(rank)
		if err := f(e); err != nil {
			return err
		}
		rest = rest[len(value):]
	}
}

// quoted is the JSON string that b begins with, quotes included.
func quoted(b []byte) []byte {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i+1]
		}
	}
}
