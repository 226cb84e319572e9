package datasets

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets/internal/mt19937"
	"github.com/glearn-go/glearn/datasets/internal/pickle"
	"github.com/glearn-go/glearn/internal/npy"
)

// IMDBConfig says how [IMDB] gives its reviews. The zero value means Keras'
// book: the 10,000 most frequent words, multi-hot rows.
type IMDBConfig struct {
	NumWords       int  // word indices below it are kept; 0 means 10000
	SkipTop        int  // word indices below it are dropped, as too frequent
	Dense          bool // X is *data.Dense, zeros written out, not *data.CSR
	SequenceLength int  // above 0, X is *data.Ints [n, SequenceLength], padded in front
	Dir            string
}

// IMDB is the film review set of Keras' imdb.load_data: 25,000 reviews to train
// on and 25,000 to test with, half of them positive, in Keras' order.
//
// X is multi-hot, [n, NumWords], as *data.CSR unless the config says otherwise.
// Y is *data.Dense [n, 1]: 1 for a positive review, 0 for a negative one.
//
// Source: Maas et al. 2011, Large Movie Review Dataset; file imdb.npz, or
// imdb_top20000.npz, which has only the 20,000 most frequent words.
func IMDB(cfg IMDBConfig) (train, test *data.Dataset, err error) {
	v, err := newVocabulary(cfg.NumWords, cfg.SkipTop, 10000)
	if err != nil {
		return nil, nil, err
	}
	trainText, testText, err := IMDBText(cfg)
	if err != nil {
		return nil, nil, err
	}
	return v.datasets(trainText, testText, cfg.Dense, cfg.SequenceLength, func(labels []int32) (data.Tensor, error) {
		y := make([]float32, len(labels))
		for i, label := range labels {
			y[i] = float32(label)
		}
		return data.NewDense(y, len(y), 1)
	})
}

// IMDBText is the same reviews as sequences of word indices, in the form that
// [WordIndex.Decode] takes. It looks at NumWords, SkipTop and Dir only.
func IMDBText(cfg IMDBConfig) (train, test *Text, err error) {
	v, err := newVocabulary(cfg.NumWords, cfg.SkipTop, 10000)
	if err != nil {
		return nil, nil, err
	}
	path, err := newSource(cfg.Dir).locate("imdb.npz", "imdb_top20000.npz")
	if err != nil {
		return nil, nil, err
	}
	// One generator shuffles both parts, one after the other, as in Keras.
	rng := mt19937.New(kerasSeed)
	part := func(a *npy.Archive, name string) (*Text, error) {
		var lists *pickle.Lists
		var labels []int32
		var err error
		if a.Has(name + "_off") {
			// the cut file has lost every word above its own limit
			if most := topWords + IndexFrom + 1; v.numWords > most {
				return nil, fmt.Errorf("the file has the %d most frequent words only: NumWords is %d, want at most %d, or Keras' imdb.npz", topWords, v.numWords, most)
			}
			lists, labels, err = flatLists(a, name)
		} else {
			lists, labels, err = labelledLists(a, "x_"+name, "y_"+name, 1)
		}
		if err != nil {
			return nil, err
		}
		return shuffledText(v, lists, labels, rng), nil
	}
	err = readNPZ(path, func(a *npy.Archive) (err error) {
		if train, err = part(a, "train"); err != nil {
			return err
		}
		test, err = part(a, "test")
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// topWords is the largest rank in imdb_top20000.npz, plus 1.
const topWords = 19999

// flatLists reads one part of imdb_top20000.npz: the ranks of all texts in one
// array, and where each text begins.
func flatLists(a *npy.Archive, name string) (*pickle.Lists, []int32, error) {
	start, err := int32Array(a, name+"_off", 0, math.MaxInt32)
	if err != nil {
		return nil, nil, err
	}
	ids, err := int32Array(a, name+"_ids", 0, topWords)
	if err != nil {
		return nil, nil, err
	}
	labels, err := int32Array(a, name+"_y", 0, 1)
	if err != nil {
		return nil, nil, err
	}
	if len(labels) > maxTexts {
		return nil, nil, fmt.Errorf("%s_y: %d texts, want at most %d", name, len(labels), maxTexts)
	}
	if len(start) != len(labels)+1 || start[0] != 0 || int(start[len(start)-1]) != len(ids) {
		return nil, nil, fmt.Errorf("%s_off: %d places for %d labels and %d words; they should begin with 0 and end with the number of words", name, len(start), len(labels), len(ids))
	}
	for i := range labels {
		if start[i] > start[i+1] {
			return nil, nil, fmt.Errorf("%s_off: text %d begins at %d and ends at %d", name, i, start[i], start[i+1])
		}
	}
	return &pickle.Lists{Values: ids, Start: start}, labels, nil
}

// IMDBWordIndex is the vocabulary of [IMDB], 88,584 words, from
// imdb_word_index.json in dir; an empty dir means the usual places.
func IMDBWordIndex(dir string) (*WordIndex, error) {
	return loadWordIndex(newSource(dir), "imdb_word_index.json")
}
