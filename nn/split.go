package nn

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"github.com/glearn-go/glearn/data"
)

// split holds out a share of the rows, chosen by chance.
func (m *Model) split(set *data.Dataset, c FitConfig, seed uint64) (train, val *data.Dataset, err error) {
	n := set.Rows()
	r := rand.New(rand.NewPCG(seed, splitStream))
	var groups [][]int
	if c.Stratify {
		labels, err := classLabels(set)
		if err != nil {
			return nil, nil, fmt.Errorf("nn: Fit: Stratify: %w", err)
		}
		groups = byClass(labels)
	} else {
		groups = [][]int{counting(n)}
	}
	var head, tail []int
	for _, g := range groups {
		r.Shuffle(len(g), func(i, j int) { g[i], g[j] = g[j], g[i] })
		k := int(float64(len(g))*c.ValidationSplit + 0.5)
		tail, head = append(tail, g[:k]...), append(head, g[k:]...)
	}
	if len(head) == 0 || len(tail) == 0 {
		return nil, nil, fmt.Errorf("nn: Fit: ValidationSplit %v of %d rows leaves one side empty: %w", c.ValidationSplit, n, ErrEmpty)
	}
	sort.Ints(head)
	sort.Ints(tail)
	return set.Take(head), set.Take(tail), nil
}

func counting(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// byClass lists the rows of each class, in the order of the class numbers.
func byClass(labels []int) [][]int {
	rows := map[int][]int{}
	var classes []int
	for i, c := range labels {
		if rows[c] == nil {
			classes = append(classes, c)
		}
		rows[c] = append(rows[c], i)
	}
	sort.Ints(classes)
	var out [][]int
	for _, c := range classes {
		out = append(out, rows[c])
	}
	return out
}

// classLabels is the class of each row by the only target: a class number, or
// the place of the largest value in a one-hot row.
func classLabels(set *data.Dataset) ([]int, error) {
	if len(set.Y) != 1 {
		return nil, fmt.Errorf("%w: classes need one target, the data has %d", ErrShape, len(set.Y))
	}
	out := make([]int, set.Rows())
	switch y := set.Y[0].(type) {
	case *data.Ints:
		if product(y.RowShape()) != 1 {
			break
		}
		for i, v := range y.Values {
			out[i] = int(v)
		}
		return out, nil
	case *data.Dense:
		if len(y.RowShape()) > 1 {
			break
		}
		for i := range out {
			row := y.Row(i)
			if len(row) == 1 {
				out[i] = int(row[0])
				continue
			}
			for k, v := range row {
				if v > row[out[i]] {
					out[i] = k
				}
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%w: targets of shape %v are neither class numbers nor one-hot rows", ErrShape, set.Y[0].RowShape())
}

// classWeights is the weight of each row: its class's, times its own.
func classWeights(set *data.Dataset, weights map[int]float64) ([]float32, error) {
	labels, err := classLabels(set)
	if err != nil {
		return nil, fmt.Errorf("nn: Fit: ClassWeight: %w", err)
	}
	for c, w := range weights {
		if !(w >= 0) {
			return nil, fmt.Errorf("nn: Fit: ClassWeight of class %d is %v, want 0 or more: %w", c, w, ErrValue)
		}
	}
	out := make([]float32, len(labels))
	for i, c := range labels {
		w, ok := weights[c]
		if !ok {
			return nil, fmt.Errorf("nn: Fit: ClassWeight has no weight for class %d, of row %d: %w", c, i, ErrValue)
		}
		out[i] = float32(w)
		if set.Weights != nil {
			out[i] *= set.Weights[i]
		}
	}
	return out, nil
}
