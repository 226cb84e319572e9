package main

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
)

// found is true when all the files are on this machine; nothing is downloaded.
// A file that cannot be looked at is an error.
func found(names ...string) (bool, error) {
	for _, name := range names {
		if _, err := datasets.Find(name); errors.Is(err, datasets.ErrNotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}

// generated says why a set is not the real one.
func generated(name, what string) string {
	return fmt.Sprintf("%s was not found (%s can name the folder that has it): measured on %s", name, datasets.Env, what)
}

// reuters is the rows that the book's example trains on: all but the first
// 1,000, which it holds out. X is sparse, [n, 10000], Y one-hot, [n, 46].
func reuters() (*data.Dataset, string, error) {
	const rows, words, topics, perRow = 7982, 10000, 46, 72
	ok, err := found("reuters.npz")
	if err != nil {
		return nil, "", err
	}
	if ok {
		train, _, err := datasets.Reuters(datasets.ReutersConfig{NumWords: words})
		if err != nil {
			return nil, "", err
		}
		_, rest := train.Split(1000)
		return rest, "", nil
	}
	rng := rand.New(rand.NewPCG(1, 2))
	texts := make([][]int32, rows)
	y := make([]float32, rows*topics)
	for i := range texts {
		topic := rng.IntN(topics)
		y[i*topics+topic] = 1
		for w := range perRow {
			word := rng.IntN(words)
			if w%4 == 0 { // every fourth word is one of the topic's own
				word = topic*200 + rng.IntN(200)
			}
			texts[i] = append(texts[i], int32(word))
		}
	}
	x, err := data.MultiHot(texts, words)
	if err != nil {
		return nil, "", err
	}
	set, err := data.New(x, &data.Dense{Shape: []int{rows, topics}, Values: y})
	return set, generated("reuters.npz", "generated rows of the same shape"), err
}

// mnist is 60,000 images as rows of 784 pixels, with class numbers. Where it is
// missing, the embedded digits of 8 by 8 pixels stand in, each at several places
// in the middle of such an image.
func mnist() (*data.Dataset, string, error) {
	const rows, side = 60000, 28
	ok, err := found("mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz", "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz")
	if err != nil {
		return nil, "", err
	}
	if ok {
		train, _, err := datasets.MNIST(datasets.ImageConfig{Flat: true})
		return train, "", err
	}
	digits, err := datasets.Digits()
	if err != nil {
		return nil, "", err
	}
	small, labels := digits.X[0].(*data.Dense), digits.Y[0].(*data.Ints)
	x, y := make([]float32, rows*side*side), make([]int32, rows)
	rng := rand.New(rand.NewPCG(1, 3))
	for i := range rows {
		from := i % small.Rows()
		y[i] = labels.Values[from]
		top, left := 2+rng.IntN(8), 2+rng.IntN(8)
		for p, v := range enlarge(small.Row(from)) {
			x[i*side*side+(top+p/16)*side+left+p%16] = v
		}
	}
	set, err := data.New(&data.Dense{Shape: []int{rows, side * side}, Values: x}, &data.Ints{Shape: []int{rows}, Values: y})
	return set, generated("mnist", "the embedded digits, enlarged and moved about to 60,000 images of 28 by 28"), err
}

// enlarge makes every pixel of an image of 8 by 8 four of one of 16 by 16.
func enlarge(image []float32) []float32 {
	out := make([]float32, 16*16)
	for p := range out {
		out[p] = image[p/32*8+p%16/2]
	}
	return out
}

// titanic is 891 passengers with ten features, and 1 for each survivor.
func titanic() (*data.Dataset, string, error) {
	const rows, features = 891, 10
	ok, err := found("titanic/train.csv", "titanic/test.csv")
	if err != nil {
		return nil, "", err
	}
	if ok {
		train, _, err := datasets.Titanic(datasets.TitanicConfig{})
		return train, "", err
	}
	x, y := uniform(7, 0, 1, rows*features), make([]float32, rows)
	for i := range y {
		if x[i*features]+x[i*features+1] > 1 {
			y[i] = 1
		}
	}
	set, err := data.New(&data.Dense{Shape: []int{rows, features}, Values: x}, &data.Dense{Shape: []int{rows, 1}, Values: y})
	return set, generated("titanic/train.csv", "generated rows of the same shape"), err
}

// wide has no other form than random numbers.
func wide() (*data.Dataset, string, error) { return randomRows(8192, 1024) }

// randomRows is rows of random numbers with random classes out of 100.
func randomRows(rows, columns int) (*data.Dataset, string, error) {
	const classes = 100
	rng := rand.New(rand.NewPCG(1, 4))
	y := make([]int32, rows)
	for i := range y {
		y[i] = int32(rng.IntN(classes))
	}
	set, err := data.New(&data.Dense{Shape: []int{rows, columns}, Values: uniform(8, 0, 1, rows*columns)}, &data.Ints{Shape: []int{rows}, Values: y})
	return set, "", err
}
