package main

import (
	"math"
	"math/rand/v2"

	"github.com/glearn-go/glearn/data"
)

// The rows of the suite more are generated, with something in them to learn.

// weighted is, for each row of x, the sums of its values times columns of
// random weights: [rows, columns].
func weighted(seed uint64, x []float32, features, columns int) []float32 {
	w := uniform(seed, -1, 1, features*columns)
	out := make([]float32, len(x)/features*columns)
	for i := range len(x) / features {
		for f, v := range x[i*features : (i+1)*features] {
			for c := range columns {
				out[i*columns+c] += v * w[f*columns+c]
			}
		}
	}
	return out
}

// classified is rows of random numbers around 0, the class of each the largest
// of ten weighted sums.
func classified(rows, features int) func() (*data.Dataset, string, error) {
	return func() (*data.Dataset, string, error) {
		const classes = 10
		x := uniform(11, -1, 1, rows*features)
		scores := weighted(12, x, features, classes)
		y := make([]int32, rows)
		for i := range y {
			for c := range classes {
				if scores[i*classes+c] > scores[i*classes+int(y[i])] {
					y[i] = int32(c)
				}
			}
		}
		set, err := data.New(&data.Dense{Shape: []int{rows, features}, Values: x}, &data.Ints{Shape: []int{rows}, Values: y})
		return set, "", err
	}
}

// housing is 404 rows of 13 features, and a weighted sum of each.
func housing() (*data.Dataset, string, error) {
	const rows, features = 404, 13
	x := uniform(13, -1, 1, rows*features)
	set, err := data.New(&data.Dense{Shape: []int{rows, features}, Values: x},
		&data.Dense{Shape: []int{rows, 1}, Values: weighted(14, x, features, 1)})
	return set, "", err
}

const vocabulary = 20000

// reviews is 8,192 texts of 100 words. Every word is good or bad, and a text is
// what most of its words are.
func reviews() (*data.Dataset, string, error) {
	const rows, words = 8192, 100
	rng := rand.New(rand.NewPCG(15, 1))
	x, y := make([]int32, rows*words), make([]float32, rows)
	for i := range y {
		good := 0
		for w := range words {
			word := rng.IntN(vocabulary)
			x[i*words+w] = int32(word)
			good += word % 2
		}
		if 2*good > words {
			y[i] = 1
		}
	}
	set, err := data.New(&data.Ints{Shape: []int{rows, words}, Values: x}, &data.Dense{Shape: []int{rows, 1}, Values: y})
	return set, "", err
}

// images is 8,192 rows of 784 pixels in (0, 1), each made of 16 numbers, that
// are their own targets.
func images() (*data.Dataset, string, error) {
	const rows, hidden, pixels = 8192, 16, 784
	x := weighted(17, uniform(16, -1, 1, rows*hidden), hidden, pixels)
	for i, v := range x {
		x[i] = float32(1 / (1 + math.Exp(-float64(v))))
	}
	d := &data.Dense{Shape: []int{rows, pixels}, Values: x}
	set, err := data.New(d, d)
	return set, "", err
}
