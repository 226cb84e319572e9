package main

import (
	"fmt"

	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// chooseOptimizer has the optimizers of the chapter, each with Keras' rate or
// with one that shrinks.
func chooseOptimizer(name, schedule string) (optimizers.Optimizer, error) {
	rates := map[string]float64{"sgd": 0.01, "momentum": 0.01, "adagrad": 0.001, "rmsprop": 0.001, "adam": 0.001}
	rate, ok := rates[name]
	if !ok {
		return nil, fmt.Errorf("-optimizer is %q, want sgd, momentum, adagrad, rmsprop or adam", name)
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
		return nil, fmt.Errorf("-schedule is %q, want constant, exponential or piecewise", schedule)
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
