package nn

import (
	"errors"
	"fmt"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// Metric is a number to watch; see package metrics.
type Metric = metrics.Metric

// CompileConfig says how a model learns. Its zero value is enough for Predict.
type CompileConfig struct {
	// Optimizer; nil is RMSprop, Keras' default.
	Optimizer optimizers.Optimizer
	// Loss of the only output, or of every output.
	Loss losses.Loss
	// Losses has one loss for each output, where they differ; then Loss is nil.
	// An output whose loss is nil is not trained: where it has no metrics either,
	// data has no target for it.
	Losses []losses.Loss
	// LossWeights scales each output's loss in the total; nil is 1 for each.
	LossWeights []float64
	// Metrics are watched for every output, each example counting alike.
	Metrics []Metric
	// WeightedMetrics are watched for every output, each example counting as
	// its sample and class weight says.
	WeightedMetrics []Metric
	// OutputMetrics has the metrics of each output, where they differ; then
	// Metrics is nil.
	OutputMetrics [][]Metric
	// Seed is where all chance comes from: start weights, shuffles, dropout.
	// Models with equal seeds start equal, on every backend.
	Seed uint64
}

func (c *CompileConfig) check() error {
	if c.Optimizer == nil {
		c.Optimizer = optimizers.RMSprop{}
	}
	parts := []any{c.Optimizer}
	if c.Loss != nil {
		parts = append(parts, c.Loss)
	}
	for _, l := range c.Losses {
		if l != nil {
			parts = append(parts, l)
		}
	}
	for _, list := range append([][]Metric{c.Metrics, c.WeightedMetrics}, c.OutputMetrics...) {
		for i, m := range list {
			if m == nil {
				return fmt.Errorf("nn: Compile: metric %d is nil", i)
			}
			parts = append(parts, m)
		}
	}
	for _, p := range parts {
		if err := checkParts(p); err != nil {
			return fmt.Errorf("nn: Compile: %w", err)
		}
	}
	return nil
}

// Compile puts the model on a device and says how it learns. Weights that the
// model has are kept; the optimizer starts anew. A Sequential model whose
// input shape is not known yet is put there by its first data.
func (m *Model) Compile(dev compute.Backend, config CompileConfig) error {
	if err := m.acquire(alone); err != nil {
		return err
	}
	defer m.release(alone)
	if m.err != nil {
		return m.err
	}
	if dev == nil {
		return errors.New("nn: Compile: the device is nil")
	}
	if err := config.check(); err != nil {
		return err
	}
	for i, s := range m.stack {
		if err := checkLayer(s); err != nil {
			return fmt.Errorf("nn: Compile: layer %d (%s): %w", i, typeName(s), err)
		}
	}
	if err := m.leaveDevice(); err != nil {
		return err
	}
	if m.stack == nil || m.startKnown() {
		if err := m.build(nil); err != nil {
			return err
		}
	}
	m.config, m.backend = &config, dev
	m.newRate(config.Optimizer.Common().LearningRate)
	if !m.built {
		// Mistakes that need no shapes are reported now.
		_, err := config.objectives(1)
		return err
	}
	if err := m.enterDevice(); err != nil {
		m.config, m.backend = nil, nil
		m.newRate(nil)
		return err
	}
	return nil
}

// startKnown is true of a Sequential model that can be built without data.
func (m *Model) startKnown() bool {
	if m.built || m.started {
		return true
	}
	if len(m.stack) == 0 {
		return false
	}
	_, ok := m.stack[0].layer.(inputLayer)
	return ok
}

// ready builds the model for rows of the given shapes and puts it on the
// device that Compile named.
func (m *Model) ready(shapes [][]int) error {
	if m.config == nil {
		if m.err != nil {
			return m.err
		}
		return fmt.Errorf("nn: %w: call Compile first", ErrNotCompiled)
	}
	m.preparing.Lock()
	defer m.preparing.Unlock()
	if m.current() != nil {
		return nil
	}
	if !m.built {
		if err := m.build(shapes); err != nil {
			return err
		}
	}
	return m.enterDevice()
}
