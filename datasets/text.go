package datasets

import (
	"fmt"

	"github.com/glearn-go/glearn/data"
)

// Text is a corpus as Keras' load_data gives it: every text a sequence of word
// indices, with a label.
type Text struct {
	Sequences [][]int32
	Labels    []int32
}

// Word indices with a meaning of their own; words start behind them. Keras calls
// the last one index_from.
const (
	PadIndex     = 0 // fills short sequences
	StartIndex   = 1 // begins every text
	UnknownIndex = 2 // a word outside of the most frequent ones
	IndexFrom    = 3 // is added to a word's rank, which starts at 1
)

// vocabulary is how word ranks become indices.
type vocabulary struct {
	numWords int // indices at or above it become UnknownIndex
	skipTop  int // so do indices below it
}

func newVocabulary(numWords, skipTop, standard int) (vocabulary, error) {
	if numWords == 0 {
		numWords = standard
	}
	if numWords <= IndexFrom || numWords > 1<<30 {
		return vocabulary{}, fmt.Errorf("datasets: NumWords is %d, want more than %d (0 means %d)", numWords, IndexFrom, standard)
	}
	if skipTop < 0 || skipTop >= numWords {
		return vocabulary{}, fmt.Errorf("datasets: SkipTop is %d, want 0 to NumWords-1 (%d)", skipTop, numWords-1)
	}
	return vocabulary{numWords, skipTop}, nil
}

// index maps a text's ranks to indices, the start index in front. Rank 0 stands
// for a word that the file has left out.
func (v vocabulary) index(ranks []int32) []int32 {
	out := make([]int32, len(ranks)+1)
	out[0] = v.clip(StartIndex)
	for i, r := range ranks {
		if r == 0 {
			out[i+1] = UnknownIndex
		} else {
			out[i+1] = v.clip(int64(r) + IndexFrom)
		}
	}
	return out
}

func (v vocabulary) clip(index int64) int32 {
	if index < int64(v.skipTop) || index >= int64(v.numWords) {
		return UnknownIndex
	}
	return int32(index)
}

// inputs gives the sequences the form that a model takes.
func (v vocabulary) inputs(sequences [][]int32, dense bool, length int) (data.Tensor, error) {
	switch {
	case length < 0:
		return nil, fmt.Errorf("datasets: SequenceLength is %d, want 0 (multi-hot rows) or more", length)
	case length > 0 && dense:
		return nil, fmt.Errorf("datasets: Dense and SequenceLength exclude each other: multi-hot rows or sequences")
	case length > 0:
		return data.PadSequences(sequences, length, data.PadConfig{})
	}
	rows, err := data.MultiHot(sequences, v.numWords)
	if err != nil || !dense {
		return rows, err
	}
	return rows.Dense(), nil
}

// datasets pairs the inputs of both parts with the targets that are made of
// their labels.
func (v vocabulary) datasets(train, test *Text, dense bool, length int, targets func(labels []int32) (data.Tensor, error)) (*data.Dataset, *data.Dataset, error) {
	var sets [2]*data.Dataset
	for i, t := range []*Text{train, test} {
		x, err := v.inputs(t.Sequences, dense, length)
		if err != nil {
			return nil, nil, err
		}
		y, err := targets(t.Labels)
		if err != nil {
			return nil, nil, err
		}
		if sets[i], err = data.New(x, y); err != nil {
			return nil, nil, err
		}
	}
	return sets[0], sets[1], nil
}
