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
	StepsPerEpoch int // batches of an epoch; 0 is all there are
	// ClassWeight scales the loss of the examples of each class. Every class in
	// the data needs one.
	ClassWeight map[int]float64
	Callbacks   []Callback
	// Progress is where to show how it goes: a bar where it is a terminal,
	// otherwise a line for each epoch. Nil is nowhere; what a callback of one's
	// own says ([Training.Logf]) is then in the log. [io.Discard] silences both.
	Progress io.Writer
}

func (c *FitConfig) check() error {
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
	if c.Stratify && c.ValidationSplit == 0 {
		return fmt.Errorf("nn: Fit: Stratify is for ValidationSplit, which is 0: %w", ErrValue)
	}
	c.Epochs = max(c.Epochs, 1)
	if c.InitialEpoch > c.Epochs {
		return fmt.Errorf("nn: Fit: InitialEpoch is %d and Epochs, the number at which to end, is %d: want no less: %w", c.InitialEpoch, c.Epochs, ErrValue)
	}
	c.ValidationFreq = max(c.ValidationFreq, 1)
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	return listeners(c.Callbacks).check()
}

const defaultBatch = 32

// Fit trains the model and returns what it saw. Where it ends early (the
// context is done, a callback stops it, the loss is no number) the history has
// the epochs so far and the model stays usable. A Fit on top of another goes on
// with the weights and the optimizer's state that are there.
//
// The inputs are [rows, ...] of the shapes that the model was built for; a
// Sequential model that is not built yet takes them from here. The targets are as
// the loss wants them (see package losses). An error wraps ErrShape, ErrValue or
// ErrEmpty where the data does not fit, ErrDiverged, ErrBusy, or the context's.
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
	if err := f.takeSet(train); err != nil {
		return nil, err
	}
	return f.start(ctx)
}

// fit is one call of Fit.
type fit struct {
	config    FitConfig
	model     *Model
	device    *device
	train     source
	steps     int // batches of an epoch; 0 is until train ends
	val       *loader
	loaders   []*loader
	callbacks listeners
	progress  progress
	history   *History
	state     *Training
	described *savedData // of data, once asked for
}

// newFit checks the configuration and builds the model for data like some
// first rows. What to train on is not set yet.
func (m *Model) newFit(first *data.Dataset, config FitConfig) (*fit, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	d, err := m.forTargets("Fit", "training data", first, true)
	if err != nil {
		return nil, err
	}
	f := &fit{config: config, model: m, device: d, callbacks: config.Callbacks, history: &History{Metrics: map[string][]float64{}}}
	if val := config.Validation; val != nil {
		if err := f.takeValidation(val); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// takeSet sets what to train on, and to validate on where a share is held out.
func (f *fit) takeSet(train *data.Dataset) error {
	if err := f.model.checkTargets("training data", train.Y, f.device); err != nil {
		return err // before what follows looks at classes
	}
	if f.config.ValidationSplit > 0 {
		var val *data.Dataset
		var err error
		if train, val, err = f.model.split(train, f.config, f.device); err != nil {
			return err
		}
		if err := f.takeValidation(val); err != nil {
			return err
		}
	}
	weights := train.Weights
	if f.config.ClassWeight != nil {
		var err error
		if weights, err = f.model.classWeights(train, f.config.ClassWeight, f.device); err != nil {
			return err
		}
	}
	l, err := f.model.prepare("training data", f.device, train, weights, f.config.BatchSize, true)
	if err != nil {
		return err
	}
	f.loaders = append(f.loaders, l)
	l.shuffle = !f.config.NoShuffle
	f.train, f.steps = l, l.batches()
	if n := f.config.StepsPerEpoch; n > f.steps {
		return fmt.Errorf("nn: Fit: StepsPerEpoch is %d, the data has %d batches: %w", n, f.steps, ErrValue)
	} else if n > 0 {
		f.steps = n
	}
	return nil
}

func (f *fit) takeValidation(val *data.Dataset) error {
	if err := f.model.checkSet("validation data", val, true); err != nil {
		return err
	}
	l, err := f.model.prepare("validation data", f.device, val, val.Weights, f.config.BatchSize, false)
	if err != nil {
		return err
	}
	f.val = l
	f.loaders = append(f.loaders, l)
	return nil
}

// prepare checks the data and makes a loader for it.
func (m *Model) prepare(what string, d *device, set *data.Dataset, weights []float32, batch int, training bool) (*loader, error) {
	if err := m.checkFit(what, set, d); err != nil {
		return nil, err
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
	for _, l := range f.loaders {
		l.close()
	}
}

// start trains, and returns the history however it ends.
func (f *fit) start(ctx context.Context) (*History, error) {
	f.progress = newProgress(f.config.Progress)
	f.state = &Training{model: f.model, device: f.device, epochs: f.config.Epochs, batches: f.steps, history: f.history, validates: f.val != nil, fit: f}
	return f.history, f.run(ctx)
}

// run goes through the epochs, and tells the callbacks however it ends.
func (f *fit) run(ctx context.Context) error {
	t := f.state
	t.epoch, t.at = f.config.InitialEpoch, position{Epoch: f.config.InitialEpoch}
	t.starting = true
	err := f.callbacks.trainBegin(t)
	t.starting = false
	if err == nil {
		err = f.restoreCallbacks()
	}
	if err == nil {
		err = f.epochs(ctx)
	}
	if err == nil {
		f.finishAverage()
	}
	if e := f.callbacks.trainEnd(t, err); err == nil {
		err = e
	}
	if err != nil && t.checkpoint != "" {
		return fmt.Errorf("%w (the last checkpoint is %s)", err, t.checkpoint)
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
	if err := f.train.begin(epoch); err != nil {
		return nil, err
	}
	r := pass{model: f.model, device: f.device, source: f.train, training: true, limit: f.steps, single: f.callbacks.batches()}
	t.pass = &r
	f.restoreEpoch(&r)
	f.progress.begin(epoch, f.config.Epochs, f.steps, r.start)
	if r.single {
		r.before = func(done int) error { return f.callbacks.batchBegin(t, done) }
	}
	r.after = func(done int) error {
		t.at.Batch = done
		f.progress.update(done, r.results)
		if r.single {
			if err := f.callbacks.batchEnd(t, done-1, r.results()); err != nil {
				return err
			}
		}
		if t.stopped {
			return errStopped
		}
		return f.callbacks.pause(t)
	}
	done, err := r.run(ctx)
	err = f.interrupt(ctx, err)
	switch {
	case errors.Is(err, errStopped) && done == f.steps:
		// The epoch is done all the same.
	case errors.Is(err, errStopped):
		f.progress.abort()
		return nil, nil
	case err != nil:
		f.progress.abort()
		return nil, fmt.Errorf("nn: Fit stopped in epoch %d after %s: %w", epoch+1, batchesDone(done, f.steps), err)
	}
	results := r.results()
	if f.val != nil && (epoch+1)%f.config.ValidationFreq == 0 {
		v, err := f.validate(ctx)
		if e := f.callbacks.testEnd(t, v, err); err == nil {
			err = e
		}
		if err = f.interrupt(ctx, err); err != nil {
			f.progress.abort()
			return nil, fmt.Errorf("nn: Fit stopped in the validation of epoch %d: %w", epoch+1, err)
		}
		results.addAll("val_", v)
	}
	f.progress.end(done, results)
	if err := f.device.checkSlots(); err != nil {
		return nil, fmt.Errorf("nn: Fit stopped after epoch %d: %w", epoch+1, err)
	}
	return results, nil
}

// batchesDone is "batch 3 of 16", without the 16 where it is not known.
func batchesDone(done, steps int) string {
	if steps == 0 {
		return fmt.Sprintf("batch %d", done)
	}
	return fmt.Sprintf("batch %d of %d", done, steps)
}

func (f *fit) validate(ctx context.Context) (*Results, error) {
	if err := f.callbacks.testBegin(f.state); err != nil {
		return nil, err
	}
	r := pass{model: f.model, device: f.device, source: f.val, limit: f.val.batches()}
	if n := f.config.ValidationSteps; n > 0 {
		r.limit = min(r.limit, n)
	}
	if _, err := r.once(ctx); err != nil {
		return nil, err
	}
	return r.tally.results(), nil
}

// finishAverage makes the moving average of the weights the weights, as Keras
// does, also where EMAOverwrite did so on the way.
func (f *fit) finishAverage() {
	d := f.device
	updates := d.step.Load() / int64(max(d.settings.AccumulateSteps, 1))
	if d.average == nil || updates == 0 {
		return
	}
	dims := compute.D(d.layout.Len)
	d.backend.Run(&compute.Copy{Dims: dims, In: compute.Full(d.average.View(), dims), Out: compute.Full(d.params.View(), dims)})
}
