package nn

// Callback is told about the course of Fit. It is any value with at least one
// of the methods of [TrainBeginner], [TrainEnder], [EpochBeginner],
// [EpochEnder], [BatchBeginner], [BatchEnder], [TestBeginner], [TestEnder],
// [Pauser] and [DivergenceHandler]; with those of [Stateful] its state goes into
// checkpoints, and with Check() error it says before Fit starts what is wrong with
// its settings. An error, or a panic, stops Fit, which returns it.
//
// It is no interface with all these methods, because Fit has to know which of
// them a callback has: one that looks at each batch makes the device wait for
// each. So a mistake in a method is not seen by the compiler, but by Fit before
// it starts: a name that begins with On and is none of these, other arguments,
// a method that needs the value's address. To have the compiler look, write
//
//	var _ nn.EpochEnder = (*MyCallback)(nil)
type Callback any

// TrainBeginner is called before the first epoch.
type TrainBeginner interface{ OnTrainBegin(t *Training) error }

// TrainEnder is called after the last epoch, however Fit ends: err is what Fit
// is about to return, nil when all went well.
type TrainEnder interface {
	OnTrainEnd(t *Training, err error) error
}

// EpochBeginner is called before each epoch.
type EpochBeginner interface{ OnEpochBegin(t *Training) error }

// EpochEnder is called after each epoch with its results, validation included.
type EpochEnder interface {
	OnEpochEnd(t *Training, r *Results) error
}

// BatchBeginner is called before each batch, which has a number from 0. A rate
// or weights that it sets are those of this batch. The device then waits for
// every batch, which is slow for small models.
type BatchBeginner interface {
	OnBatchBegin(t *Training, batch int) error
}

// BatchEnder is called after each batch with the results of the epoch so far.
// The device then waits for every batch, which is slow for small models.
type BatchEnder interface {
	OnBatchEnd(t *Training, batch int, r *Results) error
}

// TestBeginner is called before Fit validates.
type TestBeginner interface{ OnTestBegin(t *Training) error }

// TestEnder is called after Fit validated, however that ended: r is the results,
// without the prefix "val_", or nil, and err says why there are none. The weights
// may be set here, to undo what OnTestBegin did.
type TestEnder interface {
	OnTestEnd(t *Training, r *Results, err error) error
}

// Pauser is called whenever Fit is at rest and [Training.Snapshot] can take its
// state: between chunks of batches, at the pace of the progress bar, and after
// each epoch, when all other callbacks have been told of it. It is called once
// more when the context ended, and Interrupted is true.
type Pauser interface{ OnPause(t *Training) error }

// DivergenceHandler is asked when a loss is NaN or infinite; err says where.
// With true, Fit ends as if it were done, else with err. The weights are those
// from before the batch either way.
type DivergenceHandler interface {
	OnDivergence(t *Training, err error) (stop bool)
}

// Func is a plain function as a callback, called after each epoch.
type Func func(t *Training, r *Results) error

// OnEpochEnd calls f.
func (f Func) OnEpochEnd(t *Training, r *Results) error { return f(t, r) }

// Training is the Fit that a callback is told about.
type Training struct {
	model   *Model
	device  *device
	epoch   int
	epochs  int
	batches int
	stopped bool
	history *History

	fit         *fit
	at          position
	pass        *pass // of the epoch, nil before its start
	interrupted bool
	validates   bool
	starting    bool      // callbacks are told of the beginning
	checkpoint  string    // the last one that was written or restored
	restored    *restored // from Restore to the start of the epoch
}

// position is where Fit stands while it is at rest.
type position struct {
	Epoch int  // number of the epoch
	Begun bool // callbacks were told of its start
	Batch int  // batches of it that are done
}

// Model is the model that learns.
func (t *Training) Model() *Model { return t.model }

// Epoch is the number of the current epoch, from 0.
func (t *Training) Epoch() int { return t.epoch }

// Epochs is the number at which Fit ends.
func (t *Training) Epochs() int { return t.epochs }

// Batch is the number of batches of the epoch that are done.
func (t *Training) Batch() int { return t.at.Batch }

// Interrupted is true when the context has ended.
func (t *Training) Interrupted() bool { return t.interrupted }

// Batches is the number of batches of an epoch; 0 where a stream decides.
func (t *Training) Batches() int { return t.batches }

// Validates is true when Fit has data to validate on; it may do so after some
// epochs only.
func (t *Training) Validates() bool { return t.validates }

// Steps is the number of batches trained on since Compile, up to the last look
// at the device.
func (t *Training) Steps() int64 { return t.device.step.Load() }

// History is the epochs so far.
func (t *Training) History() *History { return t.history }

// Stop ends Fit after the current batch, or chunk of batches, without error.
func (t *Training) Stop() { t.stopped = true }

// LearningRate is the rate of the next step.
func (t *Training) LearningRate() float64 { return t.device.rateNow() }

// SetLearningRate makes the rate constant from the next step on.
func (t *Training) SetLearningRate(rate float64) error { return t.device.rate.set(rate) }

// ShowsProgress is true when FitConfig.Progress is not nil.
func (t *Training) ShowsProgress() bool { return t.fit.progress.out != nil }

// Logf writes a line to where Fit shows its progress, above the bar on a
// terminal. Where FitConfig.Progress is nil it is a line of the log (log/slog,
// level Info), as other messages of this module are. What is news only to who
// looks on is left out there by a look at ShowsProgress.
func (t *Training) Logf(format string, args ...any) { t.fit.progress.logf(format, args...) }
