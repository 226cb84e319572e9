package nn

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
)

// FitConfig says how long and on what a model trains. Its zero value is Keras'
// defaults: one epoch, batches of 32, shuffled.
type FitConfig struct {
	Epochs    int // number at which to end, from InitialEpoch on; 0 is 1
	BatchSize int // 0 is 32
	// Validation is evaluated after each epoch.
	Validation *data.Dataset
	// ValidationSplit holds out this share of the rows, chosen by chance from
	// the model's seed, instead. With Stratify, every class gives its share.
	ValidationSplit float64
	Stratify        bool
	ValidationFreq  int // validate every so many epochs; 0 is 1
	ValidationSteps int // batches; 0 is all
	// NoShuffle takes the rows in their order. Otherwise every epoch has an
	// order of its own, which depends on the model's seed and the epoch's number.
	NoShuffle     bool
	InitialEpoch  int // number of the first epoch
	StepsPerEpoch int // batches of an epoch; 0 is all
	// ClassWeight scales the loss of the examples of each class. Every class in
	// the data needs one.
	ClassWeight map[int]float64
	Callbacks   []Callback
	// Progress is where to show how it goes: a bar where it is a terminal,
	// otherwise a line for each epoch. Nil is nowhere.
	Progress io.Writer
}

func (c *FitConfig) check(set *data.Dataset) error {
	for _, x := range []struct {
		name  string
		value int
	}{{"Epochs", c.Epochs}, {"BatchSize", c.BatchSize}, {"ValidationFreq", c.ValidationFreq}, {"ValidationSteps", c.ValidationSteps},
		{"InitialEpoch", c.InitialEpoch}, {"StepsPerEpoch", c.StepsPerEpoch}} {
		if x.value < 0 {
			return fmt.Errorf("nn: Fit: %s is %d, want 0 or more: %w", x.name, x.value, ErrValue)
		}
	}
	if !(c.ValidationSplit >= 0 && c.ValidationSplit < 1) {
		return fmt.Errorf("nn: Fit: ValidationSplit is %v, want at least 0 and below 1: %w", c.ValidationSplit, ErrValue)
	}
	if c.ValidationSplit > 0 && c.Validation != nil {
		return errors.New("nn: Fit: give Validation or ValidationSplit, not both")
	}
	c.Epochs = max(c.Epochs, 1)
	c.ValidationFreq = max(c.ValidationFreq, 1)
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	return listeners(c.Callbacks).check()
}

const defaultBatch = 32

// Fit trains the model and returns what it saw. Where it ends early (the
// context is done, a callback stops it, the loss is no number) the history has
// the epochs so far and the model stays usable.
//
// The data may be changed between calls; while Fit is at work it must not be.
func (m *Model) Fit(ctx context.Context, train *data.Dataset, config FitConfig) (*History, error) {
	if err := m.acquire(training); err != nil {
		return nil, err
	}
	defer m.release(training)
	f, err := m.newFit(train, config)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return f.history, f.run(ctx)
}

// fit is one call of Fit.
type fit struct {
	config    FitConfig
	device    *device
	train     *loader
	val       *loader
	callbacks listeners
	progress  progress
	history   *History
	state     *Training
	steps     int
	order     []int32
}

func (m *Model) newFit(train *data.Dataset, config FitConfig) (*fit, error) {
	if m.config == nil && m.err == nil {
		return nil, fmt.Errorf("nn: Fit: %w: call Compile first", ErrNotCompiled)
	}
	if err := m.checkSet("training data", train, true); err != nil {
		return nil, err
	}
	if err := config.check(train); err != nil {
		return nil, err
	}
	if err := m.ready(rowShapes(train.X)); err != nil {
		return nil, err
	}
	d := m.current()
	for i, o := range d.objectives {
		if o.loss == nil {
			return nil, fmt.Errorf("nn: Fit: output %q: %w", m.outputName(i), errNoLoss)
		}
	}
	val := config.Validation
	if config.ValidationSplit > 0 {
		var err error
		if train, val, err = m.split(train, config, d); err != nil {
			return nil, err
		}
	}
	if config.Validation != nil {
		if err := m.checkSet("validation data", val, true); err != nil {
			return nil, err
		}
	}
	f := &fit{config: config, device: d, callbacks: config.Callbacks, history: &History{Metrics: map[string][]float64{}}}
	var err error
	weights := train.Weights
	if config.ClassWeight != nil {
		if weights, err = classWeights(train, config.ClassWeight); err != nil {
			return nil, err
		}
	}
	if f.train, err = m.prepare("training data", d, train, weights, config.BatchSize, true); err != nil {
		return nil, err
	}
	if val != nil {
		if f.val, err = m.prepare("validation data", d, val, val.Weights, config.BatchSize, false); err != nil {
			f.close()
			return nil, err
		}
	}
	f.steps = f.train.batches()
	if n := config.StepsPerEpoch; n > f.steps {
		f.close()
		return nil, fmt.Errorf("nn: Fit: StepsPerEpoch is %d, the data has %d batches: %w", n, f.steps, ErrValue)
	} else if n > 0 {
		f.steps = n
	}
	f.progress = newProgress(config.Progress)
	f.state = &Training{model: m, device: d, epochs: config.Epochs, batches: f.steps, history: f.history, out: config.Progress}
	return f, nil
}

// prepare checks the data and makes a loader for it.
func (m *Model) prepare(what string, d *device, set *data.Dataset, weights []float32, batch int, training bool) (*loader, error) {
	if err := m.checkInputs(set.X); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, what)
	}
	if err := m.checkTargets(set.Y); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, what)
	}
	print := digest(set, weights)
	if !d.holds(print) {
		if err := m.checkValues(what, set, d); err != nil {
			return nil, err
		}
	}
	return m.load(d, set, weights, batch, training, print)
}

func (f *fit) close() {
	for _, l := range []*loader{f.train, f.val} {
		if l != nil {
			l.close()
		}
	}
}

// run goes through the epochs, and tells the callbacks however it ends.
func (f *fit) run(ctx context.Context) error {
	t := f.state
	t.epoch, t.at = f.config.InitialEpoch, position{Epoch: f.config.InitialEpoch}
	err := f.callbacks.trainBegin(t)
	if err == nil {
		err = f.epochs(ctx)
	}
	if err == nil {
		f.finishAverage()
	}
	if e := f.callbacks.trainEnd(t, err); err == nil {
		err = e
	}
	return err
}

func (f *fit) epochs(ctx context.Context) error {
	t := f.state
	for epoch := t.at.Epoch; epoch < f.config.Epochs && !t.stopped; epoch++ {
		t.epoch = epoch
		if !t.at.Begun {
			if err := f.callbacks.epochBegin(t); err != nil {
				return err
			}
			t.at.Begun = true
		}
		results, err := f.epoch(ctx, epoch)
		if err != nil {
			if !errors.Is(err, ErrDiverged) {
				return err
			}
			stop, failed := f.callbacks.divergence(t, err)
			if failed != nil {
				return failed
			}
			if stop {
				return nil
			}
			return err
		}
		if results == nil { // a callback stopped it inside the epoch
			return nil
		}
		f.history.append(epoch, results)
		if err := f.callbacks.epochEnd(t, results); err != nil {
			return err
		}
		t.at, t.pass = position{Epoch: epoch + 1}, nil
		if err := f.callbacks.pause(t); err != nil {
			return err
		}
	}
	return nil
}

// interrupt lets callbacks save what there is when the context ended, and
// returns why Fit stops.
func (f *fit) interrupt(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	f.state.interrupted = true
	if failed := f.callbacks.pause(f.state); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// errStopped ends an epoch that a callback stopped.
var errStopped = errors.New("stopped")

// epoch trains on every batch once and validates.
func (f *fit) epoch(ctx context.Context, epoch int) (*Results, error) {
	t := f.state
	f.train.begin(f.shuffle(epoch))
	f.progress.begin(epoch, f.config.Epochs, f.steps)
	r := pass{model: t.model, loader: f.train, training: true, start: t.at.Batch, limit: f.steps, single: f.callbacks.batches()}
	t.pass = &r
	r.after = func(done int) error {
		t.at.Batch = done
		f.progress.update(done, r.tally.results)
		if r.single {
			if err := f.callbacks.batchEnd(t, done-1, r.tally.results()); err != nil {
				return err
			}
		}
		if t.stopped {
			return errStopped
		}
		return f.callbacks.pause(t)
	}
	done, err := r.run(ctx)
	if err = f.interrupt(ctx, err); err != nil {
		f.progress.abort()
		if errors.Is(err, errStopped) {
			if done < f.steps {
				return nil, nil
			}
		} else {
			return nil, fmt.Errorf("nn: Fit stopped in epoch %d after batch %d of %d: %w", epoch+1, done, f.steps, err)
		}
	}
	results := r.tally.results()
	if f.val != nil && (epoch+1)%f.config.ValidationFreq == 0 {
		v, err := f.validate(ctx)
		if err = f.interrupt(ctx, err); err != nil {
			f.progress.abort()
			return nil, fmt.Errorf("nn: Fit stopped in the validation of epoch %d: %w", epoch+1, err)
		}
		results.addAll("val_", v)
	}
	f.progress.end(results)
	if err := f.device.checkSlots(); err != nil {
		return nil, fmt.Errorf("nn: Fit stopped after epoch %d: %w", epoch+1, err)
	}
	return results, nil
}

func (f *fit) validate(ctx context.Context) (*Results, error) {
	limit := f.val.batches()
	if n := f.config.ValidationSteps; n > 0 {
		limit = min(limit, n)
	}
	f.val.begin(nil)
	r := pass{model: f.state.model, loader: f.val, limit: limit}
	if _, err := r.run(ctx); err != nil {
		return nil, err
	}
	return r.tally.results(), nil
}

// shuffle is the order of an epoch's rows, or nil.
func (f *fit) shuffle(epoch int) []int32 {
	if f.config.NoShuffle {
		return nil
	}
	n := f.train.set.Rows()
	if f.order == nil {
		f.order = make([]int32, n)
	}
	for i := range f.order {
		f.order[i] = int32(i)
	}
	data.Shuffle(f.order, f.device.seed, shuffleStream+uint64(epoch))
	return f.order
}

// shuffleStream is the first of the streams of chance that shuffles take from
// the model's seed; weights take the small numbers.
const shuffleStream = 1 << 40

// finishAverage makes the moving average of the weights the weights.
func (f *fit) finishAverage() {
	d := f.device
	updates := d.step.Load() / int64(max(d.settings.AccumulateSteps, 1))
	if d.average == nil || d.settings.EMAOverwrite > 0 || updates == 0 {
		return
	}
	dims := compute.D(d.layout.Len)
	d.backend.Run(&compute.Copy{Dims: dims, In: compute.Full(d.average.View(), dims), Out: compute.Full(d.params.View(), dims)})
}
