package main

import (
	"context"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// boston has 404 rows: too few to give some away for good, so each of four folds
// is held out once, and the error is the mean of four models. A fifth model learns
// from all rows and is scored on the test set.
func boston(ctx context.Context, out io.Writer, dev compute.Backend, o options) (folds, test float64, err error) {
	const k = 4
	p := plan{
		hidden:    []int{64, 64},
		optimizer: func(s optimizers.Settings) optimizers.Optimizer { return optimizers.RMSprop{Settings: s} },
		rate:      0.003,
		loss:      losses.MeanSquaredError{},
		batchSize: 16,
		epochs:    80,
	}.with(o)
	train, unseen, err := datasets.BostonHousing(datasets.HousingConfig{})
	if err != nil {
		return 0, 0, err
	}
	fmt.Fprintf(out, "\nBoston: %d districts in %d folds, %d epochs each\n", train.Rows(), k, p.epochs)
	rows, err := data.KFold(train.Rows(), data.FoldConfig{Folds: k})
	if err != nil {
		return 0, 0, err
	}
	for i, fold := range rows {
		mae, err := p.score(ctx, dev, o.Seed, train.Take(fold.Train), train.Take(fold.Validation))
		if err != nil {
			return 0, 0, err
		}
		fmt.Fprintf(out, "fold %d: mean absolute error %.3f thousand dollars\n", i+1, mae)
		folds += mae / k
	}
	if test, err = p.score(ctx, dev, o.Seed, train, unseen); err != nil {
		return 0, 0, err
	}
	fmt.Fprintf(out, "mean of the folds: %.3f; test set: %.3f\n", folds, test)
	return folds, test, nil
}
