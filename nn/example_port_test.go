package nn_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

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

// irises is a part of the flowers to train on and one to validate on.
func irises() (train, validation *data.Dataset) {
	all, err := datasets.Iris()
	check(err)
	train, validation, err = data.TrainTestSplit(all.Dataset, data.SplitConfig{Stratify: true})
	check(err)
	sets, err := data.Normalize(train, validation)
	check(err)
	return sets[0], sets[1]
}

func classify(rate float64) nn.CompileConfig {
	return nn.CompileConfig{
		Optimizer: optimizers.Adam{Settings: optimizers.Settings{LearningRate: schedules.Constant(rate)}},
		Loss:      losses.SparseCategoricalCrossentropy{},
		Metrics:   []nn.Metric{metrics.Accuracy{}},
	}
}

// Transfer: a model that has learned is the base of another, at first frozen and
// then fine-tuned with a lower rate. Its batch normalization stays as it was.
func ExampleModel_AsLayer() {
	dev := open()
	defer dev.Close()
	train, validation := irises()
	base := nn.NewSequential(
		layers.Input{Shape: []int{4}},
		layers.Dense{Units: 16, Activation: activations.ReLU},
		layers.BatchNormalization{Name: "norm"},
		layers.Dense{Units: 3, Activation: activations.Softmax},
	).Named("base")
	defer base.Close()
	check(base.Compile(dev, classify(0.01)))
	_, err := base.Fit(context.Background(), train, nn.FitConfig{Epochs: 20})
	check(err)

	check(base.Pop()) // its answer; what is left makes 16 features
	check(base.SetTrainable("", false))
	model := nn.NewSequential(base.AsLayer(), layers.Dense{Units: 3, Activation: activations.Softmax})
	defer model.Close()
	check(model.Compile(dev, classify(0.01)))
	_, err = model.Fit(context.Background(), train, nn.FitConfig{Epochs: 20})
	check(err)

	check(model.SetTrainable("base", true))
	check(model.SetTrainable("base/norm", false))
	check(model.Compile(dev, classify(0.0001)))
	_, err = model.Fit(context.Background(), train, nn.FitConfig{Epochs: 5})
	check(err)
	results, err := model.Evaluate(context.Background(), validation)
	check(err)
	fmt.Println("more than 9 of 10 are right:", results.Get("accuracy") > 0.9)
	for _, w := range model.Weights() {
		fmt.Println(w.Name(), w.Trainable())
	}
	// Output:
	// more than 9 of 10 are right: true
	// base/dense/kernel true
	// base/dense/bias true
	// base/norm/gamma false
	// base/norm/beta false
	// base/norm/moving_mean false
	// base/norm/moving_variance false
	// dense/kernel true
	// dense/bias true
}

// A search over settings, chosen by the validation data. A device computes one
// kernel at a time, so each model that trains beside others has its own.
func ExampleModel_Fit_search() {
	train, validation := irises()
	rates := []float64{0.00001, 0.01}
	accuracy := make([]float64, len(rates))
	failed := make([]error, len(rates))
	try := func(rate float64) (accuracy float64, err error) {
		dev, err := glearn.Open("cpu")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, dev.Close()) }()
		model := nn.NewSequential(layers.Dense{Units: 16, Activation: activations.ReLU}, layers.Dense{Units: 3, Activation: activations.Softmax})
		defer func() { err = errors.Join(err, model.Close()) }()
		if err := model.Compile(dev, classify(rate)); err != nil {
			return 0, err
		}
		h, err := model.Fit(context.Background(), train, nn.FitConfig{Epochs: 20, Validation: validation})
		if err != nil {
			return 0, err
		}
		return h.Last("val_accuracy"), nil
	}
	var all sync.WaitGroup
	for i, rate := range rates {
		all.Go(func() { accuracy[i], failed[i] = try(rate) })
	}
	all.Wait()
	check(errors.Join(failed...))
	best := 0
	for i := range rates {
		if accuracy[i] > accuracy[best] {
			best = i
		}
	}
	fmt.Println("best rate:", rates[best])
	// Output: best rate: 0.01
}
