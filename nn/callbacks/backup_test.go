package callbacks_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// job is a training run with a state in every corner: slots, shared slots,
// accumulated gradients, an average of the weights, moving averages of a layer,
// masks, a schedule, callbacks that remember.
type job struct {
	optimizer optimizers.Optimizer
	config    nn.FitConfig
	stream    bool
	memory    string // GLEARN_DEVICE_MEMORY, to have the data come in windows
	backup    callbacks.BackupAndRestore
}

func settings(rate schedules.Schedule) optimizers.Settings {
	return optimizers.Settings{LearningRate: rate}
}

// jobs are what is interrupted; 5 epochs of 7 batches each, the last uneven.
func jobs() map[string]job {
	averaged := settings(schedules.ExponentialDecay{Initial: 0.01, DecaySteps: 3, DecayRate: 0.9})
	averaged.UseEMA, averaged.AccumulateSteps, averaged.GlobalClipNorm = true, 2, 1
	return map[string]job{
		"adam, early stopping": {optimizer: optimizers.Adam{Settings: settings(schedules.Constant(0.01))}, config: nn.FitConfig{
			ValidationSplit: 0.2,
			Callbacks: []nn.Callback{&callbacks.EarlyStopping{Patience: 2, MinDelta: 0.05, RestoreBestWeights: true},
				&callbacks.ReduceLROnPlateau{Patience: 1, MinDelta: new(0.1), Monitor: "loss"}},
		}},
		"nadam, averaged":    {optimizer: optimizers.Nadam{Settings: averaged}, config: nn.FitConfig{NoShuffle: true}},
		"adafactor, rate":    {optimizer: optimizers.Adafactor{}, config: nn.FitConfig{Callbacks: []nn.Callback{callbacks.LearningRateScheduler{Schedule: func(_ int, rate float64) float64 { return rate * 0.7 }}}}},
		"momentum, windows":  {optimizer: optimizers.Momentum{}, memory: "3000"},
		"rmsprop, by stream": {optimizer: optimizers.RMSprop{}, stream: true},
	}
}

func (j job) model(t testing.TB, b compute.Backend) *nn.Model {
	t.Helper()
	m := nn.NewSequential(layers.Dense{Units: 6, Activation: activations.Tanh}, layers.BatchNormalization{}, layers.Dropout{Rate: 0.3}, layers.Dense{Units: 3, Activation: activations.Softmax})
	err := m.Compile(b, nn.CompileConfig{Optimizer: j.optimizer, Loss: losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.Accuracy{}, metrics.SparseTopKCategoricalAccuracy{K: 2}}, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const rows, batch = 52, 8

func examples() *data.Dataset {
	x := &data.Dense{Shape: []int{rows, 4}, Values: make([]float32, rows*4)}
	for i := range x.Values {
		x.Values[i] = float32(math.Sin(float64(i)*12.9898 + 1))
	}
	y := &data.Ints{Shape: []int{rows}, Values: make([]int32, rows)}
	for i := range y.Values {
		y.Values[i] = int32(i % 3)
	}
	return &data.Dataset{X: []data.Tensor{x}, Y: []data.Tensor{y}}
}

// run is one call of Fit. It ends early at pause number stopAt, from 1; 0 never
// does. It returns the weights and the history.
func (j job) run(t testing.TB, b compute.Backend, dir string, stopAt int) (weights [][]float32, history *nn.History, err error) {
	t.Helper()
	m := j.model(t, b)
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := j.config
	if c.Epochs == 0 {
		c.Epochs = 5
	}
	c.BatchSize = batch
	c.Callbacks = slices.Clone(c.Callbacks)
	if dir != "" {
		backup := j.backup
		backup.Dir, backup.SaveFreq = dir, 3
		c.Callbacks = append(c.Callbacks, &backup)
	}
	c.Callbacks = append(c.Callbacks, &stopper{cancel: cancel, at: stopAt})
	if j.memory != "" {
		if t, ok := t.(*testing.T); ok {
			t.Setenv("GLEARN_DEVICE_MEMORY", j.memory)
		}
	}
	set := examples()
	if j.stream {
		c.BatchSize = 0
		history, err = m.FitStream(ctx, batches(set), c)
	} else {
		history, err = m.Fit(ctx, set, c)
	}
	weights, e := m.GetWeights()
	if e != nil && !errors.Is(err, compute.ErrDeviceLost) {
		t.Fatal(e)
	}
	return weights, history, err
}

// batches is a stream whose epochs differ.
func batches(set *data.Dataset) nn.Stream {
	return func(epoch int) iter.Seq2[*data.Dataset, error] {
		return func(yield func(*data.Dataset, error) bool) {
			for from := epoch; from < set.Rows(); from += batch {
				if !yield(set.Slice(from, min(from+batch, set.Rows())), nil) {
					return
				}
			}
		}
	}
}

// stopper ends Fit at a pause, and has every batch be a chunk. At odd pauses it
// ends the context; at even ones it fails, after which nothing is saved.
type stopper struct {
	cancel context.CancelFunc
	at     int
	seen   int
}

var errCrash = errors.New("crashed on purpose")

func (s *stopper) OnPause(*nn.Training) error {
	if s.seen++; s.seen != s.at {
		return nil
	}
	if s.at%2 == 0 {
		return errCrash
	}
	s.cancel()
	return nil
}

func (*stopper) OnBatchEnd(*nn.Training, int, *nn.Results) error { return nil }

// TestResume stops every job at many moments and wants the end that it has
// without a stop, bit for bit.
func TestResume(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		step := 5
		if b.Info().Software || testing.Short() {
			step = 13
		}
		for name, j := range jobs() {
			t.Run(name, func(t *testing.T) {
				want, past, err := j.run(t, b, "", 0)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d epochs", len(past.Epoch))
				for stop := 1; stop < 40; stop += step {
					dir := t.TempDir()
					_, _, err := j.run(t, b, dir, stop)
					if err == nil {
						break // it has fewer pauses
					}
					if !errors.Is(err, context.Canceled) && !errors.Is(err, errCrash) {
						t.Fatalf("stopped at pause %d: %v", stop, err)
					}
					if stop >= 3 && !strings.Contains(err.Error(), "the last checkpoint is "+dir) {
						t.Fatalf("stopped at pause %d: %v", stop, err)
					}
					got, history, err := j.run(t, b, dir, 0)
					if err != nil {
						t.Fatalf("resumed from pause %d: %v", stop, err)
					}
					if !reflect.DeepEqual(got, want) {
						t.Errorf("resumed from pause %d: the weights differ", stop)
					}
					if fmt.Sprint(history) != fmt.Sprint(past) {
						t.Errorf("resumed from pause %d: the history is\n%v, want\n%v", stop, history, past)
					}
					if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
						t.Errorf("after the end the folder has %v, %v", left, err)
					}
				}
			})
		}
	})
}

// TestResumeTwice is interrupted again and again, at the third pause of each
// run.
func TestResumeTwice(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		j := jobs()["adam, early stopping"]
		want, _, err := j.run(t, b, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for runs := 1; ; runs++ {
			got, _, err := j.run(t, b, dir, 3)
			if err == nil {
				if !reflect.DeepEqual(got, want) || runs < 5 {
					t.Errorf("after %d runs the weights differ, or there were too few", runs)
				}
				return
			}
			if !errors.Is(err, context.Canceled) || runs > 40 {
				t.Fatalf("run %d: %v", runs, err)
			}
		}
	})
}

// TestInterruptedValidation ends the context after the last batch of an epoch,
// while Fit validates: the epoch is not trained again.
func TestInterruptedValidation(t *testing.T) {
	b := open(t)
	j := jobs()["adam, early stopping"]
	j.config.Callbacks = nil // it would stop with this epoch
	want, past, err := j.run(t, b, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	const lastBatch = 13 // a pause for each of 6 batches, one for the epoch, 6 again
	dir := t.TempDir()
	if _, _, err := j.run(t, b, dir, lastBatch); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped in the validation of epoch 2") {
		t.Fatalf("error %v, want one of the validation", err)
	}
	// Interrupted again before anything is done.
	if _, _, err := j.run(t, b, dir, 1); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, history, err := j.run(t, b, dir, 0)
	if err != nil || !reflect.DeepEqual(got, want) || fmt.Sprint(history) != fmt.Sprint(past) {
		t.Errorf("error %v, or the end differs: history\n%v, want\n%v", err, history, past)
	}
}

// TestKeepCheckpoints goes on from the end of a Fit, with more epochs.
func TestKeepCheckpoints(t *testing.T) {
	b := open(t)
	long := jobs()["nadam, averaged"]
	want, past, err := long.run(t, b, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	long.backup = callbacks.BackupAndRestore{Keep: 3, KeepCheckpoints: true}
	short := long
	short.config.Epochs = 2
	for range 2 { // the second time there is nothing left to do
		if _, history, err := short.run(t, b, dir, 0); err != nil || len(history.Epoch) != 2 {
			t.Fatalf("two epochs: %v, %v", history, err)
		}
	}
	got, history, err := long.run(t, b, dir, 0)
	if err != nil || !reflect.DeepEqual(got, want) || fmt.Sprint(history) != fmt.Sprint(past) {
		t.Errorf("error %v, or the end differs", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("left are %v, %v; want 3 checkpoints", left, err)
	}
}

// A folder that somebody removes costs the checkpoints, not the Fit.
func TestFolderOfCheckpointsIsRemoved(t *testing.T) {
	b := open(t)
	j, dir := jobs()["nadam, averaged"], filepath.Join(t.TempDir(), "checkpoints")
	j.config.Callbacks = []nn.Callback{callbacks.Func(func(t *nn.Training, _ *nn.Results) error {
		if t.Epoch() == 4 {
			return os.RemoveAll(dir)
		}
		return nil
	})}
	if _, history, err := j.run(t, b, dir, 0); err != nil || len(history.Epoch) != 5 {
		t.Errorf("%v after %d epochs", err, len(history.Epoch))
	}
}

// TestCSVLoggerResumes wants the file of a run that was stopped to be that of
// one that was not.
func TestCSVLoggerResumes(t *testing.T) {
	b := open(t)
	const header = "epoch,loss,accuracy,sparse_top_k_categorical_accuracy\n"
	log := func(stops ...int) string {
		t.Helper()
		path, dir := filepath.Join(t.TempDir(), "log.csv"), t.TempDir()
		if err := os.WriteFile(path, []byte(header+"0,1\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		j := jobs()["nadam, averaged"]
		for _, stop := range append(stops, 0) {
			j.config.Callbacks = []nn.Callback{&callbacks.CSVLogger{Path: path, Append: len(stops)%2 == 0}}
			if _, _, err := j.run(t, b, dir, stop); err != nil && !errors.Is(err, errCrash) && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	appended, anew := log(), log(34)
	if !strings.HasPrefix(appended, header+"0,1\n0,") || strings.Count(appended, "\n") != 7 {
		t.Errorf("appended is\n%s", appended)
	}
	if !strings.HasPrefix(anew, header+"0,") || strings.Count(anew, "\n") != 6 {
		t.Errorf("written anew and stopped once it is\n%s", anew)
	}
	// At 5 no epoch has ended.
	for _, stops := range [][]int{{20, 4}, {5, 5}} {
		if got := log(stops...); got != appended {
			t.Errorf("stopped at %v it is\n%s\nwant\n%s", stops, got, appended)
		}
	}
	// Somebody removed the file.
	path, dir := filepath.Join(t.TempDir(), "log.csv"), t.TempDir()
	j := jobs()["nadam, averaged"]
	for stop, want := range []string{"context canceled", fmt.Sprintf("%s has 0 bytes, and had %d before", path, len(header))} {
		if stop == 0 {
			if err := os.WriteFile(path, []byte(header), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		j.config.Callbacks = []nn.Callback{&callbacks.CSVLogger{Path: path, Append: true}}
		if _, _, err := j.run(t, b, dir, 19); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// interrupted is a folder with the checkpoints of a Fit that was stopped.
func interrupted(t *testing.T, b compute.Backend, j job) (dir string, checkpoints []string) {
	t.Helper()
	dir = t.TempDir()
	if _, _, err := j.run(t, b, dir, 17); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	checkpoints, err := filepath.Glob(filepath.Join(dir, "checkpoint-*"))
	if err != nil || len(checkpoints) != 2 {
		t.Fatalf("checkpoints %q, %v; want 2", checkpoints, err)
	}
	return dir, checkpoints
}

func open(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// TestDamagedCheckpoint cuts the newest checkpoint short, as a power cut on a
// careless disk does, or changes a bit in it: the one before it is as good.
func TestDamagedCheckpoint(t *testing.T) {
	b := open(t)
	j := jobs()["nadam, averaged"]
	want, _, err := j.run(t, b, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(raw []byte) []byte{
		"cut in the middle": func(raw []byte) []byte { return raw[:len(raw)/2] },
		"cut at the end":    func(raw []byte) []byte { return raw[:len(raw)-1] },
		"empty":             func([]byte) []byte { return nil },
		"zeros":             func(raw []byte) []byte { return make([]byte, len(raw)) },
		"a bit":             func(raw []byte) []byte { raw[len(raw)-9] ^= 4; return raw },
		"a digit":           func(raw []byte) []byte { return []byte(strings.Replace(string(raw), `step\":1`, `step\":2`, 1)) },
	} {
		dir, checkpoints := interrupted(t, b, j)
		newest := checkpoints[1]
		raw, err := os.ReadFile(newest)
		if err != nil {
			t.Fatal(err)
		}
		before := string(raw)
		if raw = damage(raw); string(raw) == before {
			t.Fatalf("%s: nothing was damaged", name)
		}
		if err := os.WriteFile(newest, raw, 0o666); err != nil {
			t.Fatal(err)
		}
		got, _, err := j.run(t, b, dir, 0)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: error %v, or the weights differ", name, err)
		}
	}
	dir, checkpoints := interrupted(t, b, j)
	for _, path := range checkpoints {
		if err := os.Truncate(path, 100); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := j.run(t, b, dir, 0); !errors.Is(err, nn.ErrDamaged) || !strings.Contains(err.Error(), "of 2 checkpoints none is good") {
		t.Errorf("all checkpoints are damaged: error %v", err)
	}
}

// TestCheckpointOfAnotherRun is refused, saying in what it differs.
func TestCheckpointOfAnotherRun(t *testing.T) {
	b := open(t)
	j := jobs()["nadam, averaged"]
	dir, checkpoints := interrupted(t, b, j)
	for what, c := range map[string]struct {
		change func(j *job)
		want   string
	}{
		"optimizer": {func(j *job) { j.optimizer = optimizers.Adam{} }, `"class":"Adam"`},
		"shuffled":  {func(j *job) { j.config.NoShuffle = false }, "Shuffled:false"},
		"callbacks": {func(j *job) { j.config.Callbacks = []nn.Callback{&callbacks.EarlyStopping{Monitor: "loss"}} }, "the state of 0 callbacks, Fit has 1"},
		"weights":   {func(j *job) { j.config.ClassWeight = map[int]float64{0: 1, 1: 2, 2: 1} }, "other data"},
		"steps":     {func(j *job) { j.config.StepsPerEpoch = 3 }, "Batches:3"},
	} {
		other := j
		c.change(&other)
		_, _, err := other.run(t, b, dir, 0)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), checkpoints[1]) {
			t.Errorf("another %s: error %v, want one with %q", what, err, c.want)
		}
	}
}

// dying is a device that is lost after some readings.
type dying struct {
	compute.Backend
	left int
}

func (d *dying) Read(words []uint32, src compute.View) error {
	if d.left--; d.left < 0 {
		return fmt.Errorf("reset by the driver: %w", compute.ErrDeviceLost)
	}
	return d.Backend.Read(words, src)
}

// TestDeviceLost loses the device at every moment: the error names the last
// checkpoint, from which another device goes on to the same end.
func TestDeviceLost(t *testing.T) {
	b := open(t)
	j := jobs()["nadam, averaged"]
	want, _, err := j.run(t, b, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for left := 0; left < 1000; left += 41 {
		dir := t.TempDir()
		_, _, err := j.run(t, &dying{Backend: b, left: left}, dir, 0)
		if err == nil {
			break
		}
		if !errors.Is(err, compute.ErrDeviceLost) {
			t.Fatalf("after %d readings: %v", left, err)
		}
		checkpoints, e := filepath.Glob(filepath.Join(dir, "checkpoint-*"))
		if e != nil {
			t.Fatal(e)
		}
		if n := len(checkpoints); n > 0 && !strings.Contains(err.Error(), "the last checkpoint is "+checkpoints[n-1]) {
			t.Errorf("after %d readings: %v, there are %q", left, err, checkpoints)
		} else if n > 0 {
			lost++
		}
		if got, _, err := j.run(t, b, dir, 0); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("after %d readings, resumed: error %v, or the weights differ", left, err)
		}
	}
	t.Logf("lost %d times after a checkpoint", lost)
	if lost < 5 {
		t.Errorf("the device was lost %d times after a checkpoint, want more", lost)
	}
}

// TestCheckpointIsAModel loads one to predict with it.
func TestCheckpointIsAModel(t *testing.T) {
	b := open(t)
	_, checkpoints := interrupted(t, b, jobs()["nadam, averaged"])
	m, err := nn.Load(b, checkpoints[1])
	if err != nil {
		t.Fatal(err)
	}
	if y, err := m.Predict(t.Context(), examples().X[0]); err != nil || y.Rows() != rows {
		t.Errorf("predicts %v, %v", y, err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
