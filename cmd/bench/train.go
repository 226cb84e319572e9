package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// training is one measurement of the suite train: a network and how it learns.
type training struct {
	name      string
	layers    []nn.Layer
	optimizer optimizers.Optimizer
	loss      losses.Loss
	metrics   []nn.Metric
	batch     int
	// load gives the rows, and a remark where they are not the real ones.
	load func() (set *data.Dataset, remark string, err error)
}

// trainings lists the suite.
func trainings() []training {
	sparse := losses.SparseCategoricalCrossentropy{}
	return []training{
		{name: "train/reuters", layers: dense(activations.Softmax, 64, 64, 46), optimizer: optimizers.RMSprop{},
			loss: losses.CategoricalCrossentropy{}, batch: 512, load: reuters},
		{name: "train/mnist", layers: dense(activations.Softmax, 128, 10), optimizer: optimizers.Adam{}, loss: sparse, batch: 128, load: mnist},
		{name: "train/titanic", layers: dense(activations.Sigmoid, 16, 16, 1), optimizer: optimizers.Adam{},
			loss: losses.BinaryCrossentropy{}, batch: 32, load: titanic},
		{name: "train/wide", layers: dense(activations.Softmax, 1024, 1024, 100), optimizer: optimizers.SGD{Momentum: 0.9},
			loss: sparse, batch: 256, load: wide},
	}
}

// dense is layers with ReLU between them.
func dense(output activations.Activation, units ...int) []nn.Layer {
	var stack []nn.Layer
	for i, n := range units {
		var f activations.Activation = activations.ReLU
		if i == len(units)-1 {
			f = output
		}
		stack = append(stack, layers.Dense{Units: n, Activation: f})
	}
	return stack
}

const (
	warmUpEpochs = 2
	timedEpochs  = 5 // at least; more while -benchtime lasts
	mostEpochs   = 1 << 20
	checkSteps   = 4 // batches of the rows that the check trains on, for two epochs
)

// lossTolerance is how far the losses of two backends may be apart after the
// check's eight steps, relative to the loss: rounding, which training amplifies.
const lossTolerance = 1e-3

// runTrain measures the suite; see runOps.
func runTrain(devices []device, s settings) (results []result, failed int) {
	return runTrainings(trainings(), "train", devices, s)
}

func runTrainings(jobs []training, suite string, devices []device, s settings) (results []result, failed int) {
	for _, t := range jobs {
		if !s.only.MatchString(t.name) {
			continue
		}
		rs, err := t.measure(suite, devices, s)
		if err != nil {
			failed++
			fmt.Fprintf(s.log, "bench: %s: %v\n", t.name, err)
			continue
		}
		results = append(results, rs...)
	}
	return results, failed
}

func (t training) measure(suite string, devices []device, s settings) ([]result, error) {
	set, remark, err := t.load()
	if err != nil {
		return nil, err
	}
	if remark != "" {
		fmt.Fprintf(s.log, "%s: %s\n", t.name, remark)
	}
	if err := t.verify(devices, set); err != nil {
		return nil, err
	}
	var out []result
	for _, d := range devices {
		counts := &counting{Backend: d}
		samples, err := t.epochs(counts, set, s)
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", d.name, err)
		}
		r := d.result(suite, t.name)
		if r.Launches, r.Waits = counts.step(); r.Launches > 0 {
			fmt.Fprintf(s.log, "%s on %s: a step starts %d programs of the device, with %d barriers between them\n", t.name, d.name, r.Launches, r.Waits)
		}
		r.Rows, r.Batch, r.Checked = set.Rows(), t.batch, true
		r.timed(samples, 1, t.flops(set), 0)
		out = append(out, r)
	}
	return out, nil
}

// model is the network with start weights that are the same on every device.
// It belongs to the caller.
func (t training) model(dev compute.Backend) (*nn.Model, error) {
	m := nn.NewSequential(t.layers...)
	return m, m.Compile(dev, nn.CompileConfig{Optimizer: t.optimizer, Loss: t.loss, Metrics: t.metrics, Seed: 1})
}

// verify trains on the first rows on every device, and compares the losses: of
// two devices with each other, of one with the CPU whose products gonum makes.
func (t training) verify(devices []device, set *data.Dataset) error {
	few, _ := set.Split(checkSteps * t.batch)
	var want []float64
	against := devices[0].name
	if len(devices) == 1 {
		reference, err := cpu_fallback.OpenWith(cpu_fallback.Options{BLAS: "gonum"})
		if err != nil {
			return err
		}
		defer reference.Close()
		if want, err = t.learn(reference, few); err != nil {
			return fmt.Errorf("on the CPU with gonum: %w", err)
		}
		against = "the CPU with gonum"
	}
	for _, d := range devices {
		got, err := t.learn(d, few)
		if err != nil {
			return fmt.Errorf("on %s: %w", d.name, err)
		}
		if want == nil {
			want = got
		}
		for epoch := range want {
			if !near(got[epoch], want[epoch], lossTolerance*math.Abs(want[epoch])) {
				return fmt.Errorf("%s disagrees with %s: loss of epoch %d is %g, want %g", d.name, against, epoch, got[epoch], want[epoch])
			}
		}
	}
	return nil
}

// learn is the losses of two epochs.
func (t training) learn(dev compute.Backend, set *data.Dataset) (epochs []float64, err error) {
	m, err := t.model(dev)
	defer func() { err = errors.Join(err, m.Close()) }()
	if err != nil {
		return nil, err
	}
	h, err := m.Fit(context.Background(), set, nn.FitConfig{Epochs: 2, BatchSize: t.batch})
	if err != nil {
		return nil, err
	}
	return h.Metrics["loss"], nil
}

// epochs is the milliseconds of each epoch after warm-up, shuffle and losses
// included.
func (t training) epochs(dev compute.Backend, set *data.Dataset, s settings) (samples []float64, err error) {
	m, err := t.model(dev)
	defer func() { err = errors.Join(err, m.Close()) }()
	if err != nil {
		return nil, err
	}
	watch := &stopwatch{benchtime: s.benchtime, begin: s.profile.start}
	_, err = m.Fit(context.Background(), set, nn.FitConfig{
		Epochs: warmUpEpochs + mostEpochs, BatchSize: t.batch, Callbacks: []nn.Callback{watch},
	})
	return watch.samples, err
}

// flops counts an epoch's products as if all inputs were dense: forwards, and
// twice as much backwards but for the first layer's input. 0 where rows are
// picked and not multiplied.
func (t training) flops(set *data.Dataset) float64 {
	if _, sparse := set.X[0].(*data.CSR); sparse {
		return 0
	}
	total, inputs, times := 0.0, size(set.X[0].RowShape()), 4.0
	for _, l := range t.layers {
		switch l := l.(type) {
		case layers.Embedding:
			return 0
		case layers.Dense:
			total += times * float64(inputs*l.Units)
			inputs, times = l.Units, 6
		}
	}
	return total * float64(set.Rows())
}

// stopwatch is a callback that times epochs after warm-up, and stops training
// when it has enough.
type stopwatch struct {
	benchtime time.Duration
	begin     func() // before the first epoch that counts
	last      time.Time
	spent     time.Duration
	samples   []float64 // milliseconds
}

// OnEpochBegin starts the clock.
func (s *stopwatch) OnEpochBegin(t *nn.Training) error {
	if t.Epoch() == warmUpEpochs {
		s.begin()
	}
	s.last = time.Now()
	return nil
}

// OnEpochEnd takes the time. Results are there, so the device has done its work.
func (s *stopwatch) OnEpochEnd(t *nn.Training, _ *nn.Results) error {
	took := time.Since(s.last)
	if t.Epoch() < warmUpEpochs {
		return nil
	}
	s.spent += took
	s.samples = append(s.samples, float64(took.Nanoseconds())/1e6)
	if len(s.samples) >= timedEpochs && s.spent >= s.benchtime {
		t.Stop()
	}
	return nil
}
