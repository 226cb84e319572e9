package callbacks_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	_ "github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// script plays the part of training: a model of one weight that each epoch sets
// to a number of its own, and whose loss is that number.
type script struct {
	model *nn.Model
	train *data.Dataset
	plan  []float64
}

// newScript has the given losses, epoch by epoch.
func newScript(t *testing.T, losses ...float64) *script {
	t.Helper()
	dev, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	one := &data.Dense{Shape: []int{1, 1}, Values: []float32{1}}
	train, err := data.New(one, one)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{plan: losses, train: train, model: nn.NewSequential(layers.Dense{Units: 1, NoBias: true, KernelInitializer: initializers.Ones{}})}
	err = s.model.Compile(dev, nn.CompileConfig{Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: schedules.Constant(1e-12)}}, Loss: itself{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.model.Close(), dev.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// itself is a loss that is the prediction.
type itself struct{}

func (itself) Name() string { return "itself" }

func (itself) PerSample(_, p *graph.Tensor) *graph.Tensor { return graph.Sum(p, -1) }

func init() { nn.Register[losses.Loss](itself{}) }

// OnEpochBegin sets the weight, and so the loss.
func (s *script) OnEpochBegin(t *nn.Training) error {
	return t.Model().SetWeights([][]float32{{float32(s.plan[t.Epoch()])}})
}

func (s *script) run(t *testing.T, c nn.FitConfig, callbacks ...nn.Callback) (*nn.History, error) {
	t.Helper()
	if c.Epochs == 0 {
		c.Epochs = len(s.plan)
	}
	c.Callbacks = append([]nn.Callback{s}, callbacks...)
	return s.model.Fit(context.Background(), s.train, c)
}

// epochs is how many epochs ran, which must be without an error.
func (s *script) epochs(t *testing.T, callbacks ...nn.Callback) int {
	t.Helper()
	h, err := s.run(t, nn.FitConfig{}, callbacks...)
	if err != nil {
		t.Fatal(err)
	}
	return len(h.Epoch)
}

func (s *script) weight(t *testing.T) float64 {
	t.Helper()
	w, err := s.model.GetWeights()
	if err != nil {
		t.Fatal(err)
	}
	return float64(w[0][0])
}

func TestEarlyStopping(t *testing.T) {
	for _, c := range []struct {
		name    string
		losses  []float64
		stop    callbacks.EarlyStopping
		epochs  int
		stopped int     // StoppedEpoch
		best    int     // BestEpoch
		weight  float64 // at the end
	}{
		{"never", []float64{5, 4, 3}, callbacks.EarlyStopping{}, 3, -1, 2, 3},
		{"at once", []float64{5, 6, 4, 3}, callbacks.EarlyStopping{}, 2, 1, 0, 6},
		{"patience", []float64{5, 6, 7, 4, 5, 6, 7, 1}, callbacks.EarlyStopping{Patience: 3}, 7, 6, 3, 7},
		{"small steps", []float64{5, 4.75, 4.5, 4.25}, callbacks.EarlyStopping{MinDelta: 0.5, Patience: 2}, 3, 2, 0, 4.5},
		{"small steps add up", []float64{5, 4.75, 4.25, 4, 3.5}, callbacks.EarlyStopping{MinDelta: 0.5, Patience: 2}, 5, -1, 4, 3.5},
		{"restores when it stops", []float64{5, 3, 4, 6, 2}, callbacks.EarlyStopping{Patience: 2, RestoreBestWeights: true}, 4, 3, 1, 3},
		{"restores when the epochs run out", []float64{5, 3, 4}, callbacks.EarlyStopping{Patience: 9, RestoreBestWeights: true}, 3, -1, 1, 3},
		{"keeps the last when it is the best", []float64{5, 3, 2}, callbacks.EarlyStopping{RestoreBestWeights: true}, 3, -1, 2, 2},
		{"larger is better", []float64{1, 2, 3, 2, 1}, callbacks.EarlyStopping{Mode: callbacks.Max, RestoreBestWeights: true}, 4, 3, 2, 3},
		{"baseline missed", []float64{5, 4, 3, 2}, callbacks.EarlyStopping{Baseline: new(2.5), Patience: 2}, 4, -1, 3, 2},
		{"baseline missed and no better", []float64{5, 4, 4, 2}, callbacks.EarlyStopping{Baseline: new(2.5), Patience: 2}, 3, 2, 1, 4},
		{"baseline met", []float64{2, 3, 4, 5, 1}, callbacks.EarlyStopping{Baseline: new(2.5), Patience: 3}, 4, 3, 0, 5},
		{"warm-up", []float64{1, 9, 8, 7, 8, 2}, callbacks.EarlyStopping{StartFromEpoch: 2}, 5, 4, 3, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t, c.losses...)
			e := c.stop
			e.Monitor = "loss"
			if n := s.epochs(t, &e); n != c.epochs {
				t.Errorf("%d epochs, want %d", n, c.epochs)
			}
			if e.StoppedEpoch != c.stopped || e.BestEpoch != c.best {
				t.Errorf("stopped after %d, best is %d, want %d and %d", e.StoppedEpoch, e.BestEpoch, c.stopped, c.best)
			}
			if w := s.weight(t); math.Abs(w-c.weight) > 1e-6 {
				t.Errorf("weight is %v, want %v", w, c.weight)
			}
			// The same value serves a second Fit: it starts anew.
			if n := s.epochs(t, &e); n != c.epochs {
				t.Errorf("%d epochs in a second Fit, want %d", n, c.epochs)
			}
		})
	}
}

// The weights of the best epoch are those that were evaluated, also where it is
// the last one and Fit ends with an average.
func TestEarlyStoppingRestoresOverTheAverage(t *testing.T) {
	s := newScript(t, 5, 3, 2)
	defer s.model.Close()
	err := s.model.Compile(open(t), nn.CompileConfig{Loss: itself{}, Optimizer: optimizers.SGD{
		Settings: optimizers.Settings{LearningRate: schedules.Constant(1e-12), UseEMA: true, EMAMomentum: new(0.5)}}})
	if err != nil {
		t.Fatal(err)
	}
	s.epochs(t)
	if w := s.weight(t); math.Abs(w-2) < 0.1 {
		t.Fatalf("the average is %v, as is the last weight", w)
	}
	s.epochs(t, &callbacks.EarlyStopping{Monitor: "loss", RestoreBestWeights: true})
	if w := s.weight(t); math.Abs(w-2) > 1e-6 {
		t.Errorf("weight is %v, want 2", w)
	}
}

func TestEarlyStoppingWatchesValidation(t *testing.T) {
	s := newScript(t, 3, 2, 1)
	_, err := s.run(t, nn.FitConfig{}, &callbacks.EarlyStopping{})
	if err == nil || !strings.Contains(err.Error(), `no "val_loss"`) || !strings.Contains(err.Error(), "give Fit validation data") {
		t.Errorf("without validation data: %v", err)
	}
	_, err = s.run(t, nn.FitConfig{}, &callbacks.EarlyStopping{Monitor: "accuracy"})
	if err == nil || !strings.Contains(err.Error(), `no "accuracy" among the results ["loss"]: set Monitor`) {
		t.Errorf("a number that is not there: %v", err)
	}
	e := &callbacks.EarlyStopping{}
	h, err := s.run(t, nn.FitConfig{Validation: s.train}, e)
	if err != nil || len(h.Epoch) != 3 || e.BestEpoch != 2 {
		t.Errorf("%d epochs, best %d, %v", len(h.Epoch), e.BestEpoch, err)
	}
	// Epochs that do not validate say nothing.
	s.plan = []float64{3, 2, 1, 0}
	h, err = s.run(t, nn.FitConfig{Validation: s.train, ValidationFreq: 2}, e)
	if err != nil || len(h.Epoch) != 4 || e.BestEpoch != 3 {
		t.Errorf("validating every second epoch: %d epochs, best %d, %v", len(h.Epoch), e.BestEpoch, err)
	}
}

func TestReduceLROnPlateau(t *testing.T) {
	for _, c := range []struct {
		name    string
		losses  []float64
		plateau callbacks.ReduceLROnPlateau
		want    []float64 // rates after each epoch, starting from 1e-12
	}{
		{"by a tenth", []float64{5, 5, 5, 4, 4, 4}, callbacks.ReduceLROnPlateau{Patience: 2}, []float64{1, 1, 0.1, 0.1, 0.1, 0.01}},
		{"factor", []float64{5, 6, 7}, callbacks.ReduceLROnPlateau{Patience: 1, Factor: 0.5}, []float64{1, 0.5, 0.25}},
		{"cooldown", []float64{5, 5, 5, 5, 5, 5}, callbacks.ReduceLROnPlateau{Patience: 1, Factor: 0.5, Cooldown: 2}, []float64{1, 0.5, 0.5, 0.25, 0.25, 0.125}},
		{"smallest rate", []float64{5, 5, 5, 5}, callbacks.ReduceLROnPlateau{Patience: 1, MinLR: 0.25e-12, Factor: 0.5}, []float64{1, 0.5, 0.25, 0.25}},
		{"small steps", []float64{5, 4.99995, 4}, callbacks.ReduceLROnPlateau{Patience: 1}, []float64{1, 0.1, 0.1}},
		{"small steps that count", []float64{5, 4.99995, 4}, callbacks.ReduceLROnPlateau{Patience: 1, MinDelta: new(0.0)}, []float64{1, 1, 1}},
		{"larger is better", []float64{5, 6, 5}, callbacks.ReduceLROnPlateau{Patience: 1, Mode: callbacks.Max}, []float64{1, 1, 0.1}},
		{"patience of ten", make([]float64, 12), callbacks.ReduceLROnPlateau{}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1, 0.1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t, c.losses...)
			p := c.plateau
			p.Monitor = "loss"
			var rates []float64
			s.epochs(t, &p, callbacks.Func(func(tr *nn.Training, _ *nn.Results) error {
				rates = append(rates, tr.LearningRate()*1e12)
				return nil
			}))
			for i, want := range c.want {
				if math.Abs(rates[i]-want) > 1e-9*want {
					t.Errorf("rates %v, want %v", rates, c.want)
					break
				}
			}
		})
	}
}

func TestLearningRateScheduler(t *testing.T) {
	s := newScript(t, 0, 0, 0)
	// The weight starts each epoch at 0; a step of the rate on a slope of 1
	// takes it to -rate.
	var after []float64
	s.epochs(t,
		callbacks.LearningRateScheduler{Schedule: func(epoch int, rate float64) float64 {
			if epoch == 0 {
				return 0.5
			}
			return rate / 2
		}},
		callbacks.Func(func(*nn.Training, *nn.Results) error {
			after = append(after, s.weight(t))
			return nil
		}))
	if want := []float64{-0.5, -0.25, -0.125}; !slices.Equal(after, want) {
		t.Errorf("steps went to %v, want %v", after, want)
	}
	_, err := s.run(t, nn.FitConfig{}, callbacks.LearningRateScheduler{Schedule: func(int, float64) float64 { return math.NaN() }})
	if !errors.Is(err, nn.ErrValue) {
		t.Errorf("a rate of NaN: %v", err)
	}
}

func TestModelCheckpoint(t *testing.T) {
	for _, c := range []struct {
		name  string
		check callbacks.ModelCheckpoint
		want  map[string]float64 // weight in each file at the end
	}{
		{"every epoch", callbacks.ModelCheckpoint{Path: "m-{epoch}"}, map[string]float64{"m-01": 5, "m-02": 3, "m-03": 4, "m-04": 6}},
		{"every second", callbacks.ModelCheckpoint{Path: "m-{epoch}", Every: 2}, map[string]float64{"m-02": 3, "m-04": 6}},
		{"weights only", callbacks.ModelCheckpoint{Path: "m.npz", SaveWeightsOnly: true}, map[string]float64{"m.npz": 6}},
		{"best only", callbacks.ModelCheckpoint{Path: "best", SaveBestOnly: true, Monitor: "loss"}, map[string]float64{"best": 3}},
		{"best is largest", callbacks.ModelCheckpoint{Path: "best-{epoch}", SaveBestOnly: true, Monitor: "loss", Mode: callbacks.Max}, map[string]float64{"best-01": 5, "best-04": 6}},
		{"numbers in the name", callbacks.ModelCheckpoint{Path: "{epoch:04d}-{loss:.1f}-{loss}", SaveBestOnly: true, Monitor: "loss"}, map[string]float64{"0001-5.0-5.0000": 5, "0002-3.0-3.0000": 3}},
		{"the newest", callbacks.ModelCheckpoint{Path: "m-{epoch:d}", Keep: 1}, map[string]float64{"m-4": 6}},
		{"worse than the threshold", callbacks.ModelCheckpoint{Path: "best", SaveBestOnly: true, Monitor: "loss", InitialValueThreshold: new(2.5)}, nil},
		{"better than the threshold", callbacks.ModelCheckpoint{Path: "best-{epoch}", SaveBestOnly: true, Monitor: "loss", InitialValueThreshold: new(4.0)}, map[string]float64{"best-02": 3}},
		{"the newest and the best", callbacks.ModelCheckpoint{Path: "m-{epoch}", Keep: 1, Monitor: "loss"}, map[string]float64{"m-02": 3, "m-04": 6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t, 5, 3, 4, 6)
			check, dir := c.check, t.TempDir()
			check.Path = filepath.Join(dir, check.Path)
			s.epochs(t, &check)
			files, err := os.ReadDir(dir)
			if err != nil || len(files) != len(c.want) {
				t.Errorf("left are %v, %v; want %v", files, err, c.want)
			}
			for name, want := range c.want {
				if err := s.model.LoadWeights(filepath.Join(dir, name)); err != nil {
					t.Error(err)
				} else if got := math.Round(s.weight(t)); got != want {
					t.Errorf("%s has weight %v, want %v", name, got, want)
				}
			}
		})
	}
	s := newScript(t, 1, 1)
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "x")
	if s.epochs(t, &callbacks.ModelCheckpoint{Path: path}); s.model.LoadWeights(path) != nil {
		t.Error("the folders were not made")
	}
	for path, words := range map[string]string{
		filepath.Join(path, "y"):         "not a directory",
		filepath.Join(dir, "{val_loss}"): `{val_loss}, there is no "val_loss" among the results ["loss"]`,
	} {
		h, err := s.run(t, nn.FitConfig{}, &callbacks.ModelCheckpoint{Path: path})
		if err == nil || !strings.Contains(err.Error(), words) || len(h.Epoch) != 1 {
			t.Errorf("%v, want %q; %d epochs", err, words, len(h.Epoch))
		}
	}
	// An epoch that does not validate is passed over before its path is made.
	best := &callbacks.ModelCheckpoint{Path: filepath.Join(dir, "{val_loss:.0f}"), SaveBestOnly: true}
	if _, err := s.run(t, nn.FitConfig{Validation: s.train, ValidationFreq: 2}, best); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "1")); err != nil {
		t.Error(err)
	}
}

func TestCSVLogger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	s := newScript(t, 4, 2)
	want := func(lines ...string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSpace(string(text)), "\n"); !slices.Equal(got, lines) {
			t.Errorf("the file holds %q, want %q", got, lines)
		}
	}
	s.epochs(t, &callbacks.CSVLogger{Path: path})
	want("epoch,loss", "0,4", "1,2")
	s.epochs(t, &callbacks.CSVLogger{Path: path, Append: true})
	want("epoch,loss", "0,4", "1,2", "0,4", "1,2")
	s.epochs(t, &callbacks.CSVLogger{Path: path, Separator: ';'})
	want("epoch;loss", "0;4", "1;2")
	// Validation that begins later has its column from the start.
	if _, err := s.run(t, nn.FitConfig{Validation: s.train, ValidationFreq: 2}, &callbacks.CSVLogger{Path: path}); err != nil {
		t.Fatal(err)
	}
	want("epoch,loss,val_loss", "0,4,NaN", "1,2,2")
	// What is appended has the columns of the file.
	for _, c := range []struct {
		logger callbacks.CSVLogger
		words  string
	}{
		{callbacks.CSVLogger{Path: path, Append: true}, `["epoch" "loss" "val_loss"], the results take ["epoch" "loss"]`},
		{callbacks.CSVLogger{Path: path, Append: true, Separator: ';'}, `["epoch,loss,val_loss"]`},
	} {
		if _, err := s.run(t, nn.FitConfig{}, &c.logger); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("appended to a file of other columns: %v, want %q", err, c.words)
		}
	}
	want("epoch,loss,val_loss", "0,4,NaN", "1,2,2")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s.epochs(t, &callbacks.CSVLogger{Path: path, Append: true})
	want("epoch,loss", "0,4", "1,2")
	if _, err := s.run(t, nn.FitConfig{}, &callbacks.CSVLogger{Path: filepath.Join(path, "no")}); err == nil {
		t.Error("a path inside a file is taken")
	}
}

func TestSettingsThatAreWrong(t *testing.T) {
	s := newScript(t, 1)
	for _, c := range []struct {
		callback nn.Callback
		words    string
	}{
		{&callbacks.EarlyStopping{Patience: -1}, "Patience is -1"},
		{&callbacks.EarlyStopping{StartFromEpoch: -1}, "StartFromEpoch -1"},
		{&callbacks.EarlyStopping{Mode: 7}, "Mode is 7"},
		{&callbacks.EarlyStopping{MinDelta: math.NaN()}, "MinDelta is NaN"},
		{&callbacks.EarlyStopping{Baseline: new(math.NaN())}, "Baseline is NaN"},
		{&callbacks.ReduceLROnPlateau{Factor: 1}, "Factor is 1"},
		{&callbacks.ReduceLROnPlateau{Cooldown: -1}, "Cooldown -1"},
		{&callbacks.ReduceLROnPlateau{MinLR: -1}, "MinLR -1"},
		{&callbacks.ReduceLROnPlateau{MinDelta: new(math.NaN())}, "MinDelta is NaN"},
		{callbacks.LearningRateScheduler{}, "Schedule is nil"},
		{&callbacks.ModelCheckpoint{}, "Path is empty"},
		{&callbacks.ModelCheckpoint{Path: "epoch{loss}", Keep: 2}, "put {epoch} into Path"},
		{&callbacks.ModelCheckpoint{Path: "{epoch:.2f}"}, "Path has {epoch:.2f}; want {epoch}, {epoch:04d}"},
		{&callbacks.ModelCheckpoint{Path: "{loss:04d}"}, "Path has {loss:04d}; want"},
		{&callbacks.ModelCheckpoint{Path: "{loss:}"}, "Path has {loss:}; want"},
		{&callbacks.ModelCheckpoint{Path: "{}"}, "a brace in it has no counterpart or nothing inside"},
		{&callbacks.ModelCheckpoint{Path: "{epoch"}, "a brace in it has no counterpart"},
		{&callbacks.ModelCheckpoint{Path: "x", Keep: -1}, "Keep -1, want 0 or more"},
		{&callbacks.ModelCheckpoint{Path: "x", SaveBestOnly: true, Monitor: "bleu"}, "set Mode"},
		{&callbacks.ModelCheckpoint{Path: "x", InitialValueThreshold: new(math.NaN())}, "InitialValueThreshold is NaN"},
		{&callbacks.EarlyStopping{Monitor: "bleu"}, `a *callbacks.EarlyStopping: the name of its Monitor "bleu"`},
		{&callbacks.EarlyStopping{MinDelta: math.Inf(1)}, "MinDelta is +Inf"},
		{&callbacks.BackupAndRestore{}, "Dir is empty"},
		{&callbacks.BackupAndRestore{Dir: "x", SaveFreq: -1}, "SaveFreq is -1"},
		{&callbacks.CSVLogger{}, "Path is empty"},
		{&callbacks.CSVLogger{Path: "x", Separator: '"'}, `Separator is '"'`},
	} {
		_, err := s.run(t, nn.FitConfig{}, c.callback)
		if err == nil || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), "callback 1") {
			t.Errorf("%T: %v, want %q of callback 1", c.callback, err, c.words)
		}
	}
}
