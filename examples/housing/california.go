package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// priceUnit keeps the numbers that the model has to reach near 1, as its weights
// are: a price of 250,000 dollars becomes 2.5.
const priceUnit = 100_000

// california has 16,512 rows to learn from, and prices that depend on where on the
// map a district is in ways that no straight line follows: it takes a larger
// network, and gets one. Some districts are far off whatever the model says (all
// prices above 500,000 dollars are written as 500,001), and squares would make them
// count most: Huber's loss grows with the error, not with its square, from 30,000
// dollars on.
func california(ctx context.Context, out io.Writer, dev compute.Backend, o options) (mae float64, err error) {
	p := plan{
		hidden:    []int{128, 128, 128},
		optimizer: func(s optimizers.Settings) optimizers.Optimizer { return optimizers.Adam{Settings: s} },
		rate:      0.003,
		loss:      losses.Huber{Delta: 0.3},
		batchSize: 256,
		epochs:    30,
	}.with(o)
	train, test, err := datasets.CaliforniaHousing(datasets.HousingConfig{})
	if err != nil {
		return 0, err
	}
	for _, set := range []*data.Dataset{train, test} {
		prices := set.Y[0].(*data.Dense)
		for i := range prices.Values {
			prices.Values[i] /= priceUnit
		}
	}
	train, validation, err := data.TrainTestSplit(train, data.SplitConfig{Test: 0.1, Seed: o.Seed})
	if err != nil {
		return 0, err
	}
	scaled, err := data.Normalize(train, validation, test)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "\nCalifornia: %d districts, %d held for validation, %d epochs\n", train.Rows(), validation.Rows(), p.epochs)
	model, history, err := p.train(ctx, dev, o.Seed, scaled[0], scaled[1])
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if err := example.PrintHistory(out, history); err != nil {
		return 0, err
	}
	results, err := model.Evaluate(ctx, scaled[2])
	if err != nil {
		return 0, err
	}
	mae = results.Get("mean_absolute_error")
	fmt.Fprintf(out, "test set: mean absolute error %.4f (%.0f dollars)\n\n", mae, mae*priceUnit)
	return mae, model.Summary(out)
}
