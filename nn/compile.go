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

// objective is what an output is held against.
type objective struct {
	loss     losses.Loss
	weight   float64
	metrics  []Metric
	weighted []Metric
}

// objectives spreads the configuration over n outputs.
func (c *CompileConfig) objectives(n int) ([]objective, error) {
	if c.Loss != nil && c.Losses != nil || c.Metrics != nil && c.OutputMetrics != nil {
		return nil, errors.New("nn: Compile: give Loss or Losses, and Metrics or OutputMetrics, not both")
	}
	for _, list := range []struct {
		name string
		n    int
	}{{"Losses", len(c.Losses)}, {"LossWeights", len(c.LossWeights)}, {"OutputMetrics", len(c.OutputMetrics)}} {
		if list.n != 0 && list.n != n {
			return nil, fmt.Errorf("nn: Compile: %s has %d entries for a model of %d outputs", list.name, list.n, n)
		}
	}
	out := make([]objective, n)
	for i := range out {
		o := objective{loss: c.Loss, weight: 1, metrics: c.Metrics, weighted: c.WeightedMetrics}
		if c.Losses != nil {
			o.loss = c.Losses[i]
		}
		if c.LossWeights != nil {
			o.weight = c.LossWeights[i]
		}
		if c.OutputMetrics != nil {
			o.metrics = c.OutputMetrics[i]
		}
		if !(o.weight >= 0) {
			return nil, fmt.Errorf("nn: Compile: LossWeights[%d] is %v, want 0 or more", i, o.weight)
		}
		for _, m := range append(append([]Metric(nil), o.metrics...), o.weighted...) {
			if m == nil {
				return nil, fmt.Errorf("nn: Compile: a metric of output %d is nil", i)
			}
		}
		out[i] = o
	}
	return out, nil
}

// checker is a configuration that knows its ranges.
type checker interface{ Check() error }

func (c *CompileConfig) check() error {
	if c.Optimizer == nil {
		c.Optimizer = optimizers.RMSprop{}
	}
	if err := c.Optimizer.Check(); err != nil {
		return fmt.Errorf("nn: Compile: %w", err)
	}
	var parts []any
	parts = append(parts, c.Loss)
	for _, l := range c.Losses {
		parts = append(parts, l)
	}
	for _, m := range append(append([]Metric(nil), c.Metrics...), c.WeightedMetrics...) {
		parts = append(parts, m)
	}
	for _, p := range parts {
		if k, ok := p.(checker); ok {
			if err := k.Check(); err != nil {
				return fmt.Errorf("nn: Compile: %w", err)
			}
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
		if k, ok := s.layer.(checker); ok {
			if err := k.Check(); err != nil {
				return fmt.Errorf("nn: layer %d (%s): %w", i, typeName(s.layer), err)
			}
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
	if !m.built {
		// Mistakes that need no shapes are reported now.
		_, err := config.objectives(1)
		return err
	}
	if err := m.enterDevice(); err != nil {
		m.config, m.backend = nil, nil
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
