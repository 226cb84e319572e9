package nn

import (
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/internal/atomicfile"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// Checkpoint is the whole state of a Fit at rest, in memory: weights, the
// optimizer's state, the step, the learning rate, where in which epoch it is
// and in what order its rows come, the results so far, and what the callbacks
// remember.
type Checkpoint struct {
	training *Training
	metadata map[string]string
	tensors  []safetensors.Tensor
}

// Stateful is a callback whose state belongs into a checkpoint: without it, a
// resumed Fit would decide otherwise than one that was never stopped.
type Stateful interface {
	// State is what the callback remembers, as text and as arrays.
	State() (text string, arrays [][]float32, err error)
	// SetState takes back what State gave. It is called after OnTrainBegin.
	SetState(text string, arrays [][]float32) error
}

// Snapshot takes the state of Fit. It may be called by a callback's OnPause,
// when Fit is at rest.
func (t *Training) Snapshot() (*Checkpoint, error) {
	c := &Checkpoint{training: t, metadata: metadataOf()}
	if err := c.take(); err != nil {
		return nil, fmt.Errorf("nn: taking a checkpoint: %w", err)
	}
	return c, nil
}

// Save writes the checkpoint to a file, in one step: when it fails, what was at
// path is as it was. The file is a safetensors file. [Load] makes a model of
// it; [Training.Restore] goes on from it.
func (c *Checkpoint) Save(path string) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return safetensors.Write(w, c.metadata, c.tensors) })
	if err != nil {
		return fmt.Errorf("nn: saving a checkpoint: %w", err)
	}
	c.training.checkpoint = path
	return nil
}

// trainingKey is the entry of the metadata that makes a file a checkpoint.
const trainingKey = "training"

// savedTraining is what of a Fit's state is no array.
type savedTraining struct {
	At      position
	Stopped bool
	Step    int64
	Rate    *float64 // a constant that a callback set; nil is the optimizer's
	Seed    uint64
	Data    savedData
	Device  savedDevice
	History History
	Tally   *savedTally // inside an epoch
	// Callbacks are the Stateful ones, in the order of FitConfig.Callbacks.
	Callbacks []savedCallback
}

// savedData tells training sets apart.
type savedData struct {
	Rows, BatchSize, Batches int
	Shuffled                 bool
	Checksum                 uint32 // of the training data and its weights; 0 for a stream
	Validation               uint32 // of the validation data; 0 where there is none
}

// savedDevice is what results are bit-equal on.
type savedDevice struct {
	Backend, Device, Driver string
	Choices                 map[string]string // of kernels that were found by timing
}

type savedTally struct {
	Rows, Pending, Count int
	Names                []string // of the results so far
	Results              []float64
}

type savedCallback struct {
	Type   string
	Text   string
	Arrays int
}

// take reads everything from the device.
func (c *Checkpoint) take() error {
	t := c.training
	d := t.device
	s := savedTraining{At: t.at, Stopped: t.stopped, Step: d.step.Load(), Rate: d.rateSet(), Seed: d.seed, Data: t.fit.data(),
		Device: deviceOf(d.backend), History: *t.history}
	values, err := d.weights()
	if err != nil {
		return err
	}
	c.tensors = tensorsOf(t.model.Weights(), values)
	for _, a := range d.arrays() {
		values, err := compute.ReadAs[float32](d.backend, a.variable.View())
		if err != nil {
			return err
		}
		c.tensors = append(c.tensors, safetensors.Of(a.name, values, a.variable.Shape()...))
	}
	if t.at.Begun {
		s.Tally = c.takeEpoch()
	}
	if s.Callbacks, err = c.takeCallbacks(); err != nil {
		return err
	}
	text, err := spec.Encode(s)
	if err != nil {
		return err
	}
	c.metadata[trainingKey] = string(text)
	// A model with a Go function in it can be resumed by a program that has the
	// function, though not loaded by one that has not.
	if config, err := t.model.savedConfig(); err == nil {
		c.metadata[configKey] = string(config)
	}
	return nil
}

// takeEpoch is what is known inside an epoch: the order of its rows and the sums
// of its batches so far.
func (c *Checkpoint) takeEpoch() *savedTally {
	t := c.training
	if l, ok := t.fit.train.(*loader); ok && l.order != nil {
		c.tensors = append(c.tensors, safetensors.Of(orderName, slices.Clone(l.order), len(l.order)))
	}
	if t.pass == nil {
		return nil
	}
	y := &t.pass.tally
	r := t.pass.results()
	s := &savedTally{Rows: y.rows, Pending: y.pending, Count: y.count, Names: r.names, Results: r.values}
	totals, sums := slices.Clone(y.totals), []float32(nil)
	switch saved := t.pass.saved; {
	case saved != nil: // nothing was done since the last Restore
		s, totals, sums = saved.Tally, saved.totals, saved.sums
	case y.plan == nil: // no batch yet
		return nil
	default:
		sums = slices.Clone(y.plan.values)
	}
	c.tensors = append(c.tensors, safetensors.Of(totalsName, totals, len(totals)), safetensors.Of(sumsName, sums, len(sums)))
	return s
}

func (c *Checkpoint) takeCallbacks() ([]savedCallback, error) {
	var all []savedCallback
	for _, s := range c.training.fit.callbacks.stateful() {
		var text string
		var arrays [][]float32
		err := guard(s, func() (err error) {
			text, arrays, err = s.State()
			return err
		})
		if err != nil {
			return nil, err
		}
		for k, a := range arrays {
			c.tensors = append(c.tensors, safetensors.Of(callbackName(len(all), k), a, len(a)))
		}
		all = append(all, savedCallback{Type: fmt.Sprintf("%T", s), Text: text, Arrays: len(arrays)})
	}
	return all, nil
}

// Names of the arrays that are no weights start with stateMark.
const (
	orderName  = stateMark + "order"
	totalsName = stateMark + "totals"
	sumsName   = stateMark + "sums"
)

func callbackName(callback, array int) string {
	return fmt.Sprintf("%scallback/%d/%d", stateMark, callback, array)
}

// array is a piece of the optimizer's state.
type array struct {
	name     string
	variable *graph.Variable
}

// arrays lists the optimizer's state, by weight and name, so that it does not
// depend on how the device lays it out.
func (d *device) arrays() []array {
	var out []array
	each := func(kind string, part func(i int) *graph.Variable) {
		for i, w := range d.trained {
			out = append(out, array{stateMark + kind + "/" + w.name, part(i)})
		}
	}
	for _, s := range d.slots {
		each("slot/"+s.spec.Name, s.part)
	}
	flat := func(kind string, v *graph.Variable) {
		if v != nil {
			each(kind, func(i int) *graph.Variable {
				return v.Part(kind, d.layout.Offsets[i], d.trained[i].spec.Shape...)
			})
		}
	}
	flat("accumulated", d.accum)
	flat("average", d.average)
	if d.shared != nil {
		for i, s := range d.optimizer.(optimizers.SharedSlots).SharedSlots() {
			out = append(out, array{stateMark + "shared/" + s.Name, d.shared.Part(s.Name, i)})
		}
	}
	return out
}

// rateSet is the rate that a callback set, nil where the optimizer's is in
// force.
func (d *device) rateSet() *float64 {
	c, ok := d.rate.get().(schedules.Constant)
	if own, same := d.settings.LearningRate.(schedules.Constant); !ok || same && own == c {
		return nil
	}
	return new(float64(c))
}

func deviceOf(b compute.Backend) savedDevice {
	info := b.Info()
	return savedDevice{Backend: info.Backend, Device: info.Device, Driver: info.Driver, Choices: compute.ChoicesOf(b)}
}

// data describes what Fit trains on.
func (f *fit) data() savedData {
	if f.described == nil {
		s := savedData{Batches: f.steps, Shuffled: !f.config.NoShuffle}
		if l, ok := f.train.(*loader); ok {
			s.Rows, s.BatchSize, s.Checksum = l.set.Rows(), l.batch, l.checksum()
		}
		if f.val != nil {
			s.Validation = f.val.checksum()
		}
		f.described = &s
	}
	return *f.described
}

// checksum is of the data that the loader brings; unlike digest, it is the same
// in every process.
func (l *loader) checksum() uint32 {
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	fingerprint(h, l.set, l.weights)
	return h.Sum32() | 1
}

// stateful lists the callbacks with a state.
func (l listeners) stateful() []Stateful {
	var out []Stateful
	for _, c := range l {
		if s, ok := c.(Stateful); ok {
			out = append(out, s)
		}
	}
	return out
}
