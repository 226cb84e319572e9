// Reuters sorts newswires into 46 topics: the example of chapter 3 of
// "Deep Learning with Python", in Go, on the GPU or the CPU.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/datasets"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

type options struct {
	backend   string
	epochs    int
	seed      uint64
	optimizer string
	schedule  string
	dense     bool
	holdOut   int
}

func main() {
	var o options
	flag.StringVar(&o.backend, "backend", "auto", "device: auto, opengl or cpu")
	flag.IntVar(&o.epochs, "epochs", 20, "passes over the training data")
	flag.Uint64Var(&o.seed, "seed", 1, "where all chance comes from")
	flag.StringVar(&o.optimizer, "optimizer", "rmsprop", "sgd, momentum, adagrad, rmsprop or adam")
	flag.StringVar(&o.schedule, "schedule", "constant", "learning rate: constant, exponential or piecewise")
	flag.BoolVar(&o.dense, "dense", false, "write the zeros of the multi-hot rows out, instead of sparse rows")
	flag.IntVar(&o.holdOut, "holdout", 1000, "training rows held for validation")
	flag.Parse()
	// Ctrl-C ends training after the current step.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "reuters:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o options) (err error) {
	optimizer, err := chooseOptimizer(o.optimizer, o.schedule)
	if err != nil {
		return err
	}
	train, test, err := datasets.Reuters(datasets.ReutersConfig{NumWords: 10000, Dense: o.dense})
	if err != nil {
		return err
	}
	dev, err := glearn.Open(o.backend)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, dev.Close()) }()
	info := dev.Info()
	fmt.Fprintf(out, "device: %s, %s (%s)\n", info.Backend, info.Device, info.Driver)

	model := nn.NewSequential(
		layers.Dense{Units: 64, Activation: activations.ReLU},
		layers.Dense{Units: 64, Activation: activations.ReLU},
		layers.Dense{Units: 46, Activation: activations.Softmax},
	)
	defer func() { err = firstError(err, model.Close()) }()
	err = model.Compile(dev, nn.CompileConfig{
		Optimizer: optimizer,
		Loss:      losses.CategoricalCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
		Seed:      o.seed,
	})
	if err != nil {
		return err
	}
	validation, rest := train.Split(o.holdOut)
	config := nn.FitConfig{Epochs: o.epochs, BatchSize: 512, Progress: out}
	if validation.Rows() > 0 {
		config.Validation = validation
	}
	history, err := model.Fit(ctx, rest, config)
	if history != nil && len(history.Epoch) > 0 {
		printHistory(out, history)
	}
	if err != nil {
		return err
	}
	for _, set := range []struct {
		name string
		data *data.Dataset
	}{{"training", rest}, {"test", test}} {
		results, err := model.Evaluate(ctx, set.data)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s set: %s\n", set.name, results)
	}
	if err := model.Summary(out); err != nil {
		return err
	}
	return printPredictions(ctx, out, model, test.Slice(0, 5))
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// chooseOptimizer has the optimizers of the chapter, each with Keras' rate or
// with one that shrinks.
func chooseOptimizer(name, schedule string) (optimizers.Optimizer, error) {
	rates := map[string]float64{"sgd": 0.01, "momentum": 0.01, "adagrad": 0.001, "rmsprop": 0.001, "adam": 0.001}
	rate, ok := rates[name]
	if !ok {
		return nil, fmt.Errorf("unknown optimizer %q: want sgd, momentum, adagrad, rmsprop or adam", name)
	}
	var settings optimizers.Settings
	switch schedule {
	case "constant":
		settings.LearningRate = schedules.Constant(rate)
	case "exponential":
		// 4% less after each epoch of 16 batches.
		settings.LearningRate = schedules.ExponentialDecay{Initial: rate, DecaySteps: 16, DecayRate: 0.96}
	case "piecewise":
		settings.LearningRate = schedules.PiecewiseConstantDecay{Boundaries: []int64{80, 160}, Values: []float64{rate, rate / 2, rate / 10}}
	default:
		return nil, fmt.Errorf("unknown schedule %q: want constant, exponential or piecewise", schedule)
	}
	switch name {
	case "sgd":
		return optimizers.SGD{Settings: settings}, nil
	case "momentum":
		return optimizers.Momentum{Settings: settings}, nil
	case "adagrad":
		return optimizers.Adagrad{Settings: settings}, nil
	case "adam":
		return optimizers.Adam{Settings: settings}, nil
	}
	return optimizers.RMSprop{Settings: settings}, nil
}

func printHistory(out io.Writer, h *nn.History) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "epoch\t%s\t\n", strings.Join(h.Names, "\t"))
	for i, epoch := range h.Epoch {
		fmt.Fprintf(w, "%d\t", epoch+1)
		for _, name := range h.Names {
			fmt.Fprintf(w, "%.4f\t", h.Metrics[name][i])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

// printPredictions shows the most likely topic of some newswires.
func printPredictions(ctx context.Context, out io.Writer, model *nn.Model, set *data.Dataset) error {
	answers, err := model.Predict(ctx, set.X...)
	if err != nil {
		return err
	}
	topics := datasets.ReutersTopics()
	truth := set.Y[0].(*data.Dense)
	for i := range answers.Rows() {
		guess, p := largest(answers.Row(i))
		want, _ := largest(truth.Row(i))
		fmt.Fprintf(out, "newswire %d: %s (%.0f%%), labelled %s\n", i, topics[guess], 100*p, topics[want])
	}
	return nil
}

func largest(row []float32) (at int, value float32) {
	for i, x := range row {
		if i == 0 || x > value {
			at, value = i, x
		}
	}
	return at, value
}
