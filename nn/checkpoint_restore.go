package nn

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/schedules"
)

// restored is a checkpoint that was read and checked, and not yet applied.
type restored struct {
	savedTraining
	weights   [][]float32
	arrays    [][]float32 // as device.arrays lists them
	order     []int32
	totals    []float64
	sums      []float32
	callbacks [][][]float32
}

// Restore goes on from a checkpoint: Fit then does what it would have done had
// it not been stopped, bit for bit on the same device. It may be called by a
// callback's OnTrainBegin; the other callbacks get their state back when all
// have seen the beginning. The model, what Compile was given, the data and the
// callbacks have to be those of the checkpoint. An error leaves everything as
// it was; it wraps [ErrDamaged] where the file is not what was written.
func (t *Training) Restore(path string) error {
	if !t.starting {
		return fmt.Errorf("nn: checkpoint %s: Restore is for OnTrainBegin: %w", path, ErrBusy)
	}
	r, err := t.read(path)
	if err != nil {
		return fmt.Errorf("nn: checkpoint %s: %w", path, err)
	}
	if now := deviceOf(t.device.backend); now.Backend == r.Device.Backend && now.Device == r.Device.Device && now.Driver == r.Device.Driver {
		compute.UseChoices(t.device.backend, r.Device.Choices)
	} else {
		slog.Warn("glearn: the checkpoint was written on another device; results will not be equal bit for bit",
			"checkpoint", path, "written on", r.Device, "now on", now)
	}
	t.restored, t.checkpoint = r, path
	t.apply(r)
	return nil
}

// read reads a checkpoint and holds it against the Fit.
func (t *Training) read(path string) (*restored, error) {
	r := &restored{}
	return r, openTensors(path, func(f *safetensors.File) error {
		text, ok := f.Metadata(trainingKey)
		if !ok {
			return errors.New("it is a saved model, not a checkpoint")
		}
		var err error
		if r.savedTraining, _, err = spec.DecodeWithin[savedTraining](text, memoryOf(f)); err != nil {
			return err
		}
		if err := t.sameRun(f, &r.savedTraining); err != nil {
			return err
		}
		if err := r.readArrays(t, f); err != nil {
			return err
		}
		if err := r.readEpoch(t, f); err != nil {
			return err
		}
		return r.readCallbacks(t, f)
	})
}

// sameRun says in what the checkpoint's Fit differs from this one.
func (t *Training) sameRun(f *safetensors.File, s *savedTraining) error {
	if theirs, ok := f.Metadata(configKey); ok {
		if ours, err := t.model.savedConfig(); err == nil && string(ours) != string(theirs) {
			return fmt.Errorf("it is of another model, or one compiled in another way: %s: %w", difference(string(theirs), string(ours)), ErrValue)
		}
	}
	if s.Seed != t.device.seed {
		return fmt.Errorf("its seed is %d, the model's is %d: %w", s.Seed, t.device.seed, ErrValue)
	}
	if now := t.fit.data(); now != s.Data {
		return fmt.Errorf("its Fit was on other data or in other batches: %+v, now %+v: %w", s.Data, now, ErrValue)
	}
	if s.At.Epoch < 0 || s.At.Batch < 0 || t.batches > 0 && s.At.Batch > t.batches || s.Step < int64(s.At.Batch) {
		return fmt.Errorf("it stands at epoch %d, batch %d of %d, step %d: %w", s.At.Epoch, s.At.Batch, t.batches, s.Step, ErrValue)
	}
	if n := len(s.History.Epoch); len(s.History.Names) != len(s.History.Metrics) {
		return fmt.Errorf("its history has %d names for %d metrics: %w", len(s.History.Names), len(s.History.Metrics), ErrValue)
	} else {
		for name, values := range s.History.Metrics {
			if len(values) != n {
				return fmt.Errorf("its history has %d values of %.40q for %d epochs: %w", len(values), name, n, ErrValue)
			}
		}
	}
	return nil
}

// difference shows where two texts part.
func difference(theirs, ours string) string {
	at := 0
	for at < len(theirs) && at < len(ours) && theirs[at] == ours[at] {
		at++
	}
	part := func(s string) string { return s[max(0, at-40):min(len(s), at+40)] }
	return fmt.Sprintf("it has ...%s..., now ...%s...", part(theirs), part(ours))
}

// readArrays reads the weights and the optimizer's state.
func (r *restored) readArrays(t *Training, f *safetensors.File) (err error) {
	if r.weights, err = readTensors(f, t.model.Weights()); err != nil {
		return err
	}
	for _, a := range t.device.arrays() {
		in, ok := f.Info(a.name)
		if !ok {
			return fmt.Errorf("it has no optimizer's state %q, of shape %v: %w", a.name, a.variable.Shape(), ErrShape)
		}
		if !slices.Equal(in.Shape, a.variable.Shape()) {
			return fmt.Errorf("the optimizer's state %q has the shape %v in the file, want %v: %w", a.name, in.Shape, a.variable.Shape(), ErrShape)
		}
		values := make([]float32, a.variable.Size())
		if err := safetensors.Read(f, a.name, values); err != nil {
			return err
		}
		r.arrays = append(r.arrays, values)
	}
	return nil
}

// readEpoch reads what is known inside an epoch.
func (r *restored) readEpoch(t *Training, f *safetensors.File) error {
	var err error
	if in, ok := f.Info(orderName); ok && r.At.Begun {
		rows := r.Data.Rows
		if !slices.Equal(in.Shape, []int{rows}) {
			return fmt.Errorf("the order of the rows has shape %v, want [%d]: %w", in.Shape, rows, ErrShape)
		}
		r.order = make([]int32, rows)
		if err := safetensors.Read(f, orderName, r.order); err != nil {
			return err
		}
		for i, row := range r.order {
			if row < 0 || int(row) >= rows {
				return fmt.Errorf("the order of the rows has row %d at %d, there are %d: %w", row, i, rows, ErrValue)
			}
		}
	}
	y := r.Tally
	if y == nil {
		if r.At.Batch > 0 {
			return fmt.Errorf("it stands at batch %d and has no sums: %w", r.At.Batch, ErrValue)
		}
		return nil
	}
	if y.Rows < 0 || y.Pending < 0 || y.Count < 0 || len(y.Names) != len(y.Results) {
		return fmt.Errorf("the sums of the epoch are of %d and %d rows, with %d names for %d results: %w", y.Rows, y.Pending, len(y.Names), len(y.Results), ErrValue)
	}
	if r.totals, err = readAll[float64](f, totalsName); err != nil {
		return err
	}
	r.sums, err = readAll[float32](f, sumsName)
	return err
}

// readAll reads a list of any length.
func readAll[T float32 | float64](f *safetensors.File, name string) ([]T, error) {
	in, ok := f.Info(name)
	if !ok || len(in.Shape) != 1 || in.Type != safetensors.TypeOf[T]() {
		return nil, fmt.Errorf("it has no list %q: %w", name, ErrShape)
	}
	values := make([]T, in.Shape[0])
	return values, safetensors.Read(f, name, values)
}

func (r *restored) readCallbacks(t *Training, f *safetensors.File) error {
	own := t.fit.callbacks.stateful()
	if len(own) != len(r.Callbacks) {
		return fmt.Errorf("it has the state of %d callbacks, Fit has %d with a state: %w", len(r.Callbacks), len(own), ErrValue)
	}
	for i, c := range r.Callbacks {
		if name := fmt.Sprintf("%T", own[i]); name != c.Type {
			return fmt.Errorf("its callback %d is a %.60s, Fit's is a %s: %w", i, c.Type, name, ErrValue)
		}
		var arrays [][]float32
		for k := range c.Arrays {
			a, err := readAll[float32](f, callbackName(i, k))
			if err != nil {
				return err
			}
			arrays = append(arrays, a)
		}
		r.callbacks = append(r.callbacks, arrays)
	}
	return nil
}

// apply makes the checkpoint's state the Fit's, but for that of callbacks.
func (t *Training) apply(r *restored) {
	d := t.device
	write := func(v compute.View, values []float32) { d.backend.Write(v, compute.Words(values)) }
	for i, w := range t.model.Weights() {
		write(w.variable.View(), r.weights[i])
	}
	for i, a := range d.arrays() {
		write(a.variable.View(), r.arrays[i])
	}
	d.step.Store(r.Step)
	d.rate.put(d.settings.LearningRate)
	if r.Rate != nil {
		d.rate.put(schedules.Constant(*r.Rate))
	}
	t.at, t.epoch, t.stopped = r.At, r.At.Epoch, r.Stopped
	if !r.At.Begun && len(r.History.Epoch) > 0 {
		t.epoch-- // the last one, until the next begins
	}
	*t.history = r.History
}

// restoreCallbacks gives the callbacks their state back, when all have seen the
// beginning.
func (f *fit) restoreCallbacks() error {
	r := f.state.restored
	if r == nil {
		return nil
	}
	for i, s := range f.callbacks.stateful() {
		if err := guard(s, func() error { return s.SetState(r.Callbacks[i].Text, r.callbacks[i]) }); err != nil {
			return err
		}
	}
	return nil
}

// restoreEpoch puts the first epoch after a Restore where it was.
func (f *fit) restoreEpoch(r *pass) {
	saved := f.state.restored
	f.state.restored = nil
	if saved == nil || !saved.At.Begun {
		return
	}
	r.start = saved.At.Batch
	if saved.Tally != nil {
		r.saved = saved
	}
	if l, ok := f.train.(*loader); ok && saved.order != nil && !slices.Equal(l.order, saved.order) {
		l.reorder(saved.order)
	}
}

// restoreTally puts the sums of the epoch's batches back, where the pass goes on
// in the middle of a window; where it goes on with the next one, it adds them
// up.
func (r *pass) restoreTally(p *plan, inside bool) error {
	s := r.saved
	r.saved = nil
	if s.Tally.Count >= p.flushLimit() {
		return fmt.Errorf("nn: the checkpoint has sums of %d batches, want fewer than %d: %w", s.Tally.Count, p.flushLimit(), ErrValue)
	}
	if len(s.sums) != len(p.values) || len(s.totals) != 0 && len(s.totals) != len(p.values) {
		return fmt.Errorf("nn: the checkpoint has %d and %d sums, the model's metrics take %d: %w", len(s.sums), len(s.totals), len(p.values), ErrShape)
	}
	r.tally = tally{plan: p, rows: s.Tally.Rows, pending: s.Tally.Pending, count: s.Tally.Count}
	if len(s.totals) > 0 {
		r.tally.totals = slices.Clone(s.totals)
	}
	copy(p.values, s.sums)
	if inside && r.tally.pending > 0 {
		p.device.backend.Write(p.sums.View(), compute.Words(p.values))
	} else {
		r.tally.flush()
	}
	return nil
}

// results is what the batches of the pass so far come to.
func (r *pass) results() *Results {
	if s := r.saved; s != nil {
		return &Results{names: slices.Clone(s.Tally.Names), values: slices.Clone(s.Tally.Results)}
	}
	return r.tally.results()
}
