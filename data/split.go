package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// SplitConfig says how [TrainTestSplit] divides a set.
type SplitConfig struct {
	Test     float64 // share of rows to test with, in (0, 1); 0 means 0.25
	Seed     uint64  // of the shuffle; the same seed gives the same rows
	Stratify bool    // keep the share of every class; the first target must be *Ints or one-hot *Dense
}

// TrainTestSplit shuffles the rows and divides them. Both parts are copies, and
// neither is empty.
func TrainTestSplit(d *Dataset, cfg SplitConfig) (train, test *Dataset, err error) {
	if cfg.Test == 0 {
		cfg.Test = 0.25
	}
	if !(cfg.Test > 0 && cfg.Test < 1) {
		return nil, nil, fmt.Errorf("data: Test is %v, want more than 0 and less than 1 (0 means 0.25)", cfg.Test)
	}
	rows := d.Rows()
	n := int(math.Round(float64(rows) * cfg.Test))
	if n == 0 || n == rows {
		return nil, nil, fmt.Errorf("data: %w: %d rows leave one part empty at Test %v", ErrShape, rows, cfg.Test)
	}
	order := shuffled(rows, cfg.Seed)
	if cfg.Stratify {
		if order, err = stratified(d, order, n); err != nil {
			return nil, nil, err
		}
	}
	return d.Take(order[n:]), d.Take(order[:n]), nil
}

// Fold is one round of cross-validation: row numbers for [Dataset.Take].
type Fold struct {
	Train, Validation []int
}

// FoldConfig says how [KFold] divides rows.
type FoldConfig struct {
	Folds   int    // 0 means 5
	Shuffle bool   // else the folds are neighbouring rows, as in Keras' book
	Seed    uint64 // of the shuffle
}

// KFold divides rows into folds of equal size (the first ones have a row more
// where they don't divide) and gives, for each, itself to validate on and the
// other rows to train on.
func KFold(rows int, cfg FoldConfig) ([]Fold, error) {
	if cfg.Folds == 0 {
		cfg.Folds = 5
	}
	if cfg.Folds < 2 || cfg.Folds > rows {
		return nil, fmt.Errorf("data: %w: %d folds of %d rows, want 2 to %d", ErrShape, cfg.Folds, rows, rows)
	}
	order := make([]int, rows)
	for i := range order {
		order[i] = i
	}
	if cfg.Shuffle {
		order = shuffled(rows, cfg.Seed)
	}
	folds := make([]Fold, cfg.Folds)
	from := 0
	for i := range folds {
		to := from + rows/cfg.Folds
		if i < rows%cfg.Folds {
			to++
		}
		folds[i] = Fold{
			Train:      slices.Concat(order[:from], order[to:]),
			Validation: slices.Clone(order[from:to]),
		}
		from = to
	}
	return folds, nil
}

// shuffled is 0..n-1 in random order.
func shuffled(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	Shuffle(order, seed, 0x676c6561726e)
	return order
}

// Shuffle puts s into a random order: Fisher & Yates, written out because
// math/rand does not promise the order of its own Shuffle. Each pair of seed
// and stream has an order of its own.
func Shuffle[T any](s []T, seed, stream uint64) {
	rng := rand.NewPCG(seed, stream) // PCG's numbers are promised
	for i := len(s) - 1; i > 0; i-- {
		// the remainder's bias is below 2^-32 for any set that fits memory
		j := int(rng.Uint64() % uint64(i+1))
		s[i], s[j] = s[j], s[i]
	}
}

// stratified reorders shuffled rows so that the first n hold every class in its
// share: each class gives its share rounded down, and the classes with the
// largest remainders one row more until n are together.
func stratified(d *Dataset, order []int, n int) ([]int, error) {
	class, err := d.Classes()
	if err != nil {
		return nil, err
	}
	byClass := map[int][]int{}
	var names []int
	for _, row := range order {
		c := class[row]
		if byClass[c] == nil {
			names = append(names, c)
		}
		byClass[c] = append(byClass[c], row)
	}
	slices.Sort(names)
	take, left := map[int]int{}, n
	for _, c := range names {
		take[c] = len(byClass[c]) * n / len(order)
		left -= take[c]
	}
	remainder := func(c int) int { return len(byClass[c]) * n % len(order) }
	byRemainder := slices.Clone(names)
	slices.SortStableFunc(byRemainder, func(a, b int) int { return remainder(b) - remainder(a) })
	for _, c := range byRemainder[:left] {
		take[c]++
	}
	first := map[int]bool{}
	for _, c := range names {
		for _, row := range byClass[c][:take[c]] {
			first[row] = true
		}
	}
	head, tail := make([]int, 0, n), make([]int, 0, len(order)-n)
	for _, row := range order { // keeps the shuffle's order, so classes stay mixed
		if first[row] {
			head = append(head, row)
		} else {
			tail = append(tail, row)
		}
	}
	return append(head, tail...), nil
}
