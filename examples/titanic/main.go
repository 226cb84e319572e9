// Titanic tells who survived, from Kaggle's passenger list with its missing ages
// and its names, classes and ports, and writes Kaggle's submission file.
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
	"github.com/glearn-go/glearn/nn/preprocessing"
	"github.com/glearn-go/glearn/nn/schedules"
)

const batchSize = 32

type options struct {
	example.Options
	submission string
	save       string
}

func main() {
	var o options
	o.Flags(40)
	flag.StringVar(&o.submission, "submission", "submission.csv", "file for Kaggle with the answers for test.csv; empty for none")
	flag.StringVar(&o.save, "save", "", "file to save the model in, for examples/predict; empty for none")
	flag.Parse()
	example.Main("titanic", func(ctx context.Context, out io.Writer) error {
		_, err := run(ctx, out, o)
		return err
	})
}

// run holds out each fifth of train.csv once and gives the mean accuracy of the
// five models on what they have not seen. A sixth model learns from all rows, for
// test.csv.
func run(ctx context.Context, out io.Writer, o options) (accuracy float64, err error) {
	const k = 5
	told, untold, err := datasets.TitanicPassengers(datasets.TitanicConfig{})
	if err != nil {
		return 0, err
	}
	dev, err := o.Open(out)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	folds, err := data.KFold(len(told), data.FoldConfig{Folds: k, Shuffle: true, Seed: o.Seed})
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "\n%d passengers in %d folds, %d epochs each\n", len(told), k, o.Epochs)
	for i, fold := range folds {
		results, err := score(ctx, dev, o, take(told, fold.Train), take(told, fold.Validation))
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(out, "fold %d: %s\n", i+1, results)
		accuracy += results.Get("accuracy") / k
	}
	fmt.Fprintf(out, "mean accuracy of the folds: %.4f\n\n", accuracy)
	return accuracy, answer(ctx, out, dev, o, told, untold)
}

// score trains on some passengers and evaluates on others.
func score(ctx context.Context, dev compute.Backend, o options, train, validation []datasets.Passenger) (results *nn.Results, err error) {
	model, err := fit(ctx, dev, o, train)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	set, err := dataset(model.Attached(example.Pipeline).(*preprocessing.Pipeline), validation)
	if err != nil {
		return nil, err
	}
	return model.Evaluate(ctx, set)
}

// fit makes a model, with the pipeline that turns passengers into its input, and
// trains it. All that the pipeline measures, it measures on these passengers.
func fit(ctx context.Context, dev compute.Backend, o options, train []datasets.Passenger) (*nn.Model, error) {
	pipeline := newPipeline()
	if err := pipeline.Adapt(frame(train)); err != nil {
		return nil, err
	}
	set, err := dataset(pipeline, train)
	if err != nil {
		return nil, err
	}
	// So few rows are soon learned by heart. Dropout hides a part of the hidden
	// units at each step, so that none can rely on the others.
	model := nn.NewSequential(
		layers.Dense{Units: 32, Activation: activations.ReLU},
		layers.Dropout{Rate: 0.3},
		layers.Dense{Units: 1, Activation: activations.Sigmoid},
	)
	steps := int64((set.Rows()+batchSize-1)/batchSize) * int64(max(o.Epochs, 1))
	err = model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.CosineDecay{Initial: 0.005, DecaySteps: steps}}},
		Loss:      losses.BinaryCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      o.Seed,
	})
	if err == nil {
		err = model.Attach(example.Pipeline, pipeline)
	}
	if err == nil {
		_, err = model.Fit(ctx, set, nn.FitConfig{Epochs: o.Epochs, BatchSize: batchSize})
	}
	if err != nil {
		return nil, errors.Join(err, model.Close())
	}
	return model, nil
}
