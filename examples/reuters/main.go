// Reuters sorts newswires into 46 topics: the example of chapter 3 of
// "Deep Learning with Python", in Go, on the GPU or the CPU.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
)

type options struct {
	example.Options
	optimizer string
	schedule  string
	dense     bool
	holdOut   int
}

func main() {
	var o options
	o.Flags(20)
	flag.StringVar(&o.optimizer, "optimizer", "rmsprop", "sgd, momentum, adagrad, rmsprop or adam")
	flag.StringVar(&o.schedule, "schedule", "constant", "learning rate: constant, exponential or piecewise")
	flag.BoolVar(&o.dense, "dense", false, "write the zeros of the multi-hot rows out, instead of sparse rows")
	flag.IntVar(&o.holdOut, "holdout", 1000, "training rows held for validation")
	flag.Parse()
	example.Main("reuters", func(ctx context.Context, out io.Writer) error {
		_, _, err := run(ctx, out, o)
		return err
	})
}

// run trains, shows how it went, and gives the history and the results on the
// test set.
func run(ctx context.Context, out io.Writer, o options) (history *nn.History, results *nn.Results, err error) {
	train, test, err := datasets.Reuters(datasets.ReutersConfig{NumWords: 10000, Dense: o.dense})
	if err != nil {
		return nil, nil, err
	}
	if o.holdOut < 0 || o.holdOut >= train.Rows() {
		return nil, nil, fmt.Errorf("-holdout is %d, want 0 to %d", o.holdOut, train.Rows()-1)
	}
	optimizer, err := chooseOptimizer(o.optimizer, o.schedule)
	if err != nil {
		return nil, nil, err
	}
	dev, err := o.Open(out)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()

	model := nn.NewSequential(
		layers.Dense{Units: 64, Activation: activations.ReLU},
		layers.Dense{Units: 64, Activation: activations.ReLU},
		layers.Dense{Units: 46, Activation: activations.Softmax},
	)
	defer func() { err = errors.Join(err, model.Close()) }()
	err = model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizer,
		Loss:      losses.CategoricalCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      o.Seed,
	})
	if err != nil {
		return nil, nil, err
	}
	validation, rest := train.Split(o.holdOut)
	config := nn.FitConfig{Epochs: o.Epochs, BatchSize: 512, Progress: out}
	if o.holdOut > 0 {
		config.Validation = validation
	}
	history, err = model.Fit(ctx, rest, config)
	if history != nil && len(history.Epoch) > 0 { // also when Ctrl-C ended it
		err = errors.Join(err, example.PrintHistory(out, history))
	}
	if err != nil {
		return history, nil, err
	}
	onTrain, err := model.Evaluate(ctx, rest)
	if err != nil {
		return history, nil, err
	}
	results, err = model.Evaluate(ctx, test)
	if err != nil {
		return history, nil, err
	}
	fmt.Fprintf(out, "training set: %s\ntest set: %s\n", onTrain, results)
	if err := model.Summary(out); err != nil {
		return history, results, err
	}
	return history, results, printPredictions(ctx, out, model, test.Slice(0, 5))
}

// printPredictions shows the most likely topic of some newswires.
func printPredictions(ctx context.Context, out io.Writer, model *nn.Model, set *data.Dataset) error {
	answers, err := model.Predict(ctx, set.X...)
	if err != nil {
		return err
	}
	labels, err := set.Classes()
	if err != nil {
		return err
	}
	topics := datasets.ReutersTopics()
	for i, label := range labels {
		row := answers.Row(i)
		p := slices.Max(row)
		fmt.Fprintf(out, "newswire %d: %s (%.0f%%), labelled %s\n", i, topics[slices.Index(row, p)], 100*p, topics[label])
	}
	return nil
}
