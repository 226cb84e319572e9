// Housing predicts the price of homes from figures about their district: in
// Boston, the example of chapter 3 of "Deep Learning with Python", and in
// California.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

type options struct {
	example.Options
	set string
}

func main() {
	var o options
	o.Flags(0)
	flag.StringVar(&o.set, "set", "both", "data set: boston, california or both")
	flag.Parse()
	example.Main("housing", func(ctx context.Context, out io.Writer) error {
		_, err := run(ctx, out, o)
		return err
	})
}

// scores are the mean absolute errors; 0 where a set was not asked for.
type scores struct {
	bostonFolds float64 // mean over four folds, in thousands of dollars
	bostonTest  float64 // on the test set
	california  float64 // on the test set, in hundreds of thousands of dollars
}

func run(ctx context.Context, out io.Writer, o options) (s scores, err error) {
	if o.set != "boston" && o.set != "california" && o.set != "both" {
		return s, fmt.Errorf("unknown set %q: want boston, california or both", o.set)
	}
	dev, err := o.Open(out)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	if o.set != "california" {
		if s.bostonFolds, s.bostonTest, err = boston(ctx, out, dev, o); err != nil {
			return s, err
		}
	}
	if o.set != "boston" {
		s.california, err = california(ctx, out, dev, o)
	}
	return s, err
}

// plan is a network and how it learns.
type plan struct {
	hidden    []int // units of each hidden layer
	optimizer func(optimizers.Settings) optimizers.Optimizer
	rate      float64 // learning rate at the start; it shrinks to 0
	loss      losses.Loss
	batchSize int
	epochs    int
}

// with takes the number of epochs from the flag where it has one.
func (p plan) with(o options) plan {
	if o.Epochs != 0 {
		p.epochs = o.Epochs
	}
	return p
}

// train makes a model and trains it, on inputs that are scaled already.
func (p plan) train(ctx context.Context, dev compute.Backend, seed uint64, train, validation *data.Dataset) (*nn.Model, *nn.History, error) {
	model := nn.NewSequential()
	for _, units := range p.hidden {
		if err := model.Add(layers.Dense{Units: units, Activation: activations.ReLU}); err != nil {
			return nil, nil, err
		}
	}
	// A price has no bounds: the last layer has no activation.
	if err := model.Add(layers.Dense{Units: 1}); err != nil {
		return nil, nil, err
	}
	steps := int64((train.Rows()+p.batchSize-1)/p.batchSize) * int64(p.epochs)
	err := model.Compile(dev, nn.CompileConfig{
		Optimizer: p.optimizer(optimizers.Settings{LearningRate: schedules.CosineDecay{Initial: p.rate, DecaySteps: steps}}),
		Loss:      p.loss,
		Metrics:   []nn.Metric{metrics.MeanAbsoluteError{}},
		Seed:      seed,
	})
	if err != nil {
		return nil, nil, errors.Join(err, model.Close())
	}
	history, err := model.Fit(ctx, train, nn.FitConfig{Epochs: p.epochs, BatchSize: p.batchSize, Validation: validation})
	if err != nil {
		return nil, nil, errors.Join(err, model.Close())
	}
	return model, history, nil
}

// score trains a model on one part of the rows and gives its mean absolute error
// on the other, both scaled by what the first part says.
func (p plan) score(ctx context.Context, dev compute.Backend, seed uint64, train, test *data.Dataset) (mae float64, err error) {
	scaled, err := data.Normalize(train, test)
	if err != nil {
		return 0, err
	}
	model, _, err := p.train(ctx, dev, seed, scaled[0], nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	results, err := model.Evaluate(ctx, scaled[1])
	if err != nil {
		return 0, err
	}
	return results.Get("mean_absolute_error"), nil
}
