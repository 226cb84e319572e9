package datasets

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets/internal/mt19937"
	"github.com/glearn-go/glearn/datasets/internal/pickle"
	"github.com/glearn-go/glearn/internal/npy"
)

// ReutersConfig says how [Reuters] gives its newswires. The zero value means
// Keras' book: the 10,000 most frequent words, multi-hot rows, one-hot labels.
type ReutersConfig struct {
	NumWords       int  // word indices below it are kept; 0 means 10000
	SkipTop        int  // word indices below it are dropped, as too frequent
	Dense          bool // X is *data.Dense, zeros written out, not *data.CSR
	SequenceLength int  // above 0, X is *data.Ints [n, SequenceLength], padded in front
	SparseLabels   bool // Y is *data.Ints [n], not one-hot *data.Dense [n, 46]
	Dir            string
}

// kerasSeed is the seed of every shuffle in keras.datasets.
const kerasSeed = 113

// Reuters is the newswire set of Keras' reuters.load_data: 8,982 newswires to
// train on and 2,246 to test with, each about one of 46 topics. They come in
// Keras' order: shuffled by NumPy's generator with seed 113, then split 80/20.
//
// X is multi-hot, [n, NumWords] with a 1 for every word index that occurs, as
// *data.CSR (1.1% are ones) unless the config says otherwise. Y is one-hot,
// *data.Dense [n, 46].
//
// Source: Reuters-21578 (Lewis 1987), for research use; file reuters.npz.
func Reuters(cfg ReutersConfig) (train, test *data.Dataset, err error) {
	v, err := newVocabulary(cfg.NumWords, cfg.SkipTop, 10000)
	if err != nil {
		return nil, nil, err
	}
	trainText, testText, err := ReutersText(cfg)
	if err != nil {
		return nil, nil, err
	}
	return v.datasets(trainText, testText, cfg.Dense, cfg.SequenceLength, func(labels []int32) (data.Tensor, error) {
		y, err := data.NewInts(labels, len(labels))
		if err != nil || cfg.SparseLabels {
			return y, err
		}
		return data.ToCategorical(y, len(topics))
	})
}

// ReutersText is the same newswires as sequences of word indices, in the form
// that [WordIndex.Decode] takes. It looks at NumWords, SkipTop and Dir only.
func ReutersText(cfg ReutersConfig) (train, test *Text, err error) {
	v, err := newVocabulary(cfg.NumWords, cfg.SkipTop, 10000)
	if err != nil {
		return nil, nil, err
	}
	path, err := newSource(cfg.Dir).locate("reuters.npz")
	if err != nil {
		return nil, nil, err
	}
	var lists *pickle.Lists
	var labels []int32
	err = readNPZ(path, func(a *npy.Archive) (err error) {
		lists, labels, err = labelledLists(a, "x", "y", int32(len(topics)-1))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	all := shuffledText(v, lists, labels, mt19937.New(kerasSeed))
	// Keras' int(len(xs) * (1 - test_split))
	cut := int(float64(len(all.Labels)) * (1 - 0.2))
	return &Text{all.Sequences[:cut:cut], all.Labels[:cut:cut]}, &Text{all.Sequences[cut:], all.Labels[cut:]}, nil
}

// labelledLists reads texts and their labels, which are in [0, maxLabel].
func labelledLists(a *npy.Archive, x, y string, maxLabel int32) (*pickle.Lists, []int32, error) {
	lists, err := intLists(a, x)
	if err != nil {
		return nil, nil, err
	}
	for i := range lists.Len() {
		for k, rank := range lists.Row(i) {
			if rank < 0 || rank > math.MaxInt32-IndexFrom {
				return nil, nil, fmt.Errorf("%s: text %d has word rank %d at place %d, want 0 or more", x, i, rank, k)
			}
		}
	}
	labels, err := int32Array(a, y, 0, maxLabel)
	if err != nil {
		return nil, nil, err
	}
	if len(labels) != lists.Len() {
		return nil, nil, fmt.Errorf("%d texts in %s, but %d labels in %s", lists.Len(), x, len(labels), y)
	}
	return lists, labels, nil
}

// shuffledText puts texts and labels into the order of Keras' shuffle.
func shuffledText(v vocabulary, lists *pickle.Lists, labels []int32, rng *mt19937.Source) *Text {
	t := &Text{
		Sequences: make([][]int32, 0, len(labels)),
		Labels:    make([]int32, 0, len(labels)),
	}
	for _, i := range rng.Shuffled(len(labels)) {
		t.Sequences = append(t.Sequences, v.index(lists.Row(i)))
		t.Labels = append(t.Labels, labels[i])
	}
	return t
}
