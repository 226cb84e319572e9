// Imdb tells good film reviews from bad ones: the example of chapter 3 of
// "Deep Learning with Python", in Go, on the GPU or the CPU.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

const (
	batchSize = 512
	rate      = 0.001 // learning rate at the start
)

type options struct {
	example.Options
	holdOut int
	rows    int
}

func main() {
	var o options
	o.Flags(10)
	flag.IntVar(&o.holdOut, "holdout", 10000, "training rows held for validation while looking for the number of epochs")
	flag.IntVar(&o.rows, "rows", 25000, "training rows to use")
	flag.Parse()
	example.Main("imdb", func(ctx context.Context, out io.Writer) error {
		_, err := run(ctx, out, o)
		return err
	})
}

// run trains twice: on a part of the rows, to see after how many epochs the model
// starts to learn them by heart, and on all rows for that many epochs. It gives
// the results on the test set.
func run(ctx context.Context, out io.Writer, o options) (test *nn.Results, err error) {
	if o.holdOut < 1 || o.holdOut >= o.rows {
		return nil, fmt.Errorf("-holdout is %d, want 1 to %d of the %d rows", o.holdOut, o.rows-1, o.rows)
	}
	train, unseen, err := datasets.IMDB(datasets.IMDBConfig{NumWords: 10000})
	if err != nil {
		return nil, err
	}
	train, _ = train.Split(o.rows)
	dev, err := o.Open(out)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()

	fmt.Fprintf(out, "\nHow many epochs? %d reviews to train on, %d to validate with:\n", train.Rows()-o.holdOut, o.holdOut)
	validation, rest := train.Split(o.holdOut)
	epochs, err := search(ctx, out, dev, o, rest, validation)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "\nA new model, %d epochs on all %d reviews:\n", epochs, train.Rows())
	// With a constant rate the accuracy goes up and down by a percent from epoch
	// to epoch; one that shrinks by 30% an epoch lets it settle.
	batches := int64(train.Rows()+batchSize-1) / batchSize
	model, err := newModel(dev, schedules.ExponentialDecay{Initial: rate, DecaySteps: batches, DecayRate: 0.7}, o.Seed)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if _, err := model.Fit(ctx, train, nn.FitConfig{Epochs: epochs, BatchSize: batchSize, Progress: out}); err != nil {
		return nil, err
	}
	if test, err = model.Evaluate(ctx, unseen); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "test set: %s\n\n", test)
	if err := model.Summary(out); err != nil {
		return nil, err
	}
	return test, printReviews(ctx, out, model, unseen)
}

// newModel is 10000-16-16-1: two layers that look for combinations of words, and
// one number, the probability that the review is good.
func newModel(dev compute.Backend, rate schedules.Schedule, seed uint64) (*nn.Model, error) {
	model := nn.NewSequential(
		layers.Dense{Units: 16, Activation: activations.ReLU},
		layers.Dense{Units: 16, Activation: activations.ReLU},
		layers.Dense{Units: 1, Activation: activations.Sigmoid},
	)
	return model, model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.RMSprop{Settings: optimizers.Settings{LearningRate: rate}},
		Loss:      losses.BinaryCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      seed,
	})
}

// search is the number of epochs after which the loss on the validation rows is
// smallest.
func search(ctx context.Context, out io.Writer, dev compute.Backend, o options, train, validation *data.Dataset) (epochs int, err error) {
	model, err := newModel(dev, schedules.Constant(rate), o.Seed)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	history, err := model.Fit(ctx, train, nn.FitConfig{Epochs: o.Epochs, BatchSize: batchSize, Validation: validation})
	if err != nil {
		return 0, err
	}
	return example.Best(history, "val_loss") + 1, example.PrintHistory(out, history)
}

// printReviews shows the beginnings of some reviews and what the model thinks.
func printReviews(ctx context.Context, out io.Writer, model *nn.Model, set *data.Dataset) error {
	const reviews, words = 3, 16
	_, text, err := datasets.IMDBText(datasets.IMDBConfig{NumWords: 10000})
	if err != nil {
		return err
	}
	index, err := datasets.IMDBWordIndex("")
	if err != nil {
		return err
	}
	answers, err := model.Predict(ctx, set.Slice(0, reviews).X...)
	if err != nil {
		return err
	}
	for i := range reviews {
		start := text.Sequences[i][:min(words, len(text.Sequences[i]))]
		fmt.Fprintf(out, "%3.0f%% good, labelled %d: %s ...\n", 100*answers.Values[i], text.Labels[i], index.Decode(start))
	}
	return nil
}
