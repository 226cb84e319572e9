package nn_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
)

// What needs weights says how a model gets them.
func TestBeforeBuild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights")
	m := classifier()
	_, got := m.GetWeights()
	_, until := m.Until("dense")
	for name, err := range map[string]error{"GetWeights": got, "Until": until, "SetTrainable": m.SetTrainable("dense", false), "SetWeights": m.SetWeights(nil), "Save": m.Save(path), "SaveWeights": m.SaveWeights(path), "LoadWeights": m.LoadWeights(path)} {
		mistake(t, name, err, "the model is not built yet and has no weights: put an Input layer first, call Build, or Fit")
		if strings.Count(err.Error(), "nn: ") != 1 {
			t.Errorf("%s: %q says nn: more than once", name, err)
		}
	}
}

func TestBeforeCompileAndAfterClose(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		good := blobs(t, 6)
		calls := func(m *nn.Model) map[string]error {
			out := map[string]error{}
			_, out["Fit"] = m.Fit(background, good, nn.FitConfig{})
			_, out["FitStream"] = m.FitStream(background, inBatches(good, 3), nn.FitConfig{})
			_, out["Evaluate"] = m.Evaluate(background, good)
			_, out["Predict"] = m.Predict(background, good.X...)
			_, out["PredictOnBatch"] = m.PredictOnBatch(background, good.X...)
			_, out["TrainOnBatch"] = m.TrainOnBatch(background, good)
			_, out["TestOnBatch"] = m.TestOnBatch(background, good)
			out["SetLearningRate"] = m.SetLearningRate(1)
			return out
		}
		m := classifier()
		for name, err := range calls(m) {
			if !errors.Is(err, nn.ErrNotCompiled) {
				t.Errorf("%s before Compile: %v", name, err)
			}
		}
		forBlobs(t, b, m)
		fit(t, m, good, nn.FitConfig{})
		for range 2 {
			closeModel(t, m)
		}
		closed := calls(m)
		closed["Compile"] = m.Compile(b, nn.CompileConfig{})
		closed["Build"] = m.Build(2)
		closed["Add"] = m.Add(layers.Flatten{})
		closed["SetTrainable"] = m.SetTrainable("", true)
		_, closed["GetWeights"] = m.GetWeights()
		for name, err := range closed {
			if !errors.Is(err, nn.ErrClosed) {
				t.Errorf("%s after Close: %v", name, err)
			}
		}
		none := compiled(t, b, classifier(), nn.CompileConfig{})
		defer closeModel(t, none)
		_, err := none.Fit(background, good, nn.FitConfig{})
		mistake(t, "Fit without a loss", err, "without a loss")
		if _, err := none.Predict(background, good.X...); err != nil {
			t.Errorf("Predict without a loss: %v", err)
		}
	})
}

func TestClosedDevice(t *testing.T) {
	for _, d := range compute.Drivers() {
		b, err := d.Open()
		if err != nil {
			t.Log(err)
			continue
		}
		good := blobs(t, 6)
		m := forBlobs(t, b, classifier())
		fit(t, m, good, nn.FitConfig{})
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		fresh := classifier()
		_, fitted := m.Fit(background, good, nn.FitConfig{})
		_, predicted := m.Predict(background, good.X...)
		_, evaluated := m.Evaluate(background, good)
		_, read := m.GetWeights()
		compiling := fresh.Compile(b, nn.CompileConfig{Loss: losses.SparseCategoricalCrossentropy{}})
		if compiling == nil {
			_, compiling = fresh.Fit(background, good, nn.FitConfig{})
		}
		for name, err := range map[string]error{"Fit": fitted, "Predict": predicted, "Evaluate": evaluated, "GetWeights": read, "Compile": compiling} {
			if !errors.Is(err, compute.ErrClosed) {
				t.Errorf("%s: %s on a closed device: %v", d.Name, name, err)
			}
		}
		closeModel(t, m)
		closeModel(t, fresh)
	}
}

// stopAt ends the context inside an epoch.
// stopAt ends a context after a step, counted from 1, and counts the steps.
type stopAt struct {
	step int
	stop context.CancelFunc
	done int
}

func (s *stopAt) OnBatchEnd(*nn.Training, int, *nn.Results) error {
	if s.done++; s.done == s.step {
		s.stop()
	}
	return nil
}

func TestContextEndsFitAfterTheStep(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		train := blobs(t, 20)
		const epochs, batches = 3, 5
		var ctx context.Context
		var stop context.CancelFunc
		for step := 1; step < epochs*batches; step++ {
			ctx, stop = context.WithCancel(background)
			s := &stopAt{step: step, stop: stop}
			h, err := m.Fit(ctx, train, nn.FitConfig{Epochs: epochs, BatchSize: 4, Callbacks: []nn.Callback{s}})
			if !errors.Is(err, context.Canceled) || s.done != step {
				t.Errorf("stopped after step %d: %d steps and error %v, want Canceled", step, s.done, err)
			}
			if h == nil || len(h.Epoch) != step/batches || len(h.Metrics["loss"]) != step/batches {
				t.Errorf("stopped after step %d: history %+v, want %d epochs", step, h, step/batches)
			}
			if step == 8 {
				mistake(t, "Fit", err, "epoch 2", "batch 3 of 5")
			}
		}
		if _, err := m.Predict(ctx, train.X...); !errors.Is(err, context.Canceled) {
			t.Errorf("Predict: %v", err)
		}
		if _, err := m.Evaluate(ctx, train); !errors.Is(err, context.Canceled) {
			t.Errorf("Evaluate: %v", err)
		}
		fit(t, m, train, nn.FitConfig{})
		// From another goroutine, in the middle of long training.
		ctx, stop = context.WithCancel(background)
		time.AfterFunc(20*time.Millisecond, stop)
		if _, err := m.Fit(ctx, train, nn.FitConfig{Epochs: 1 << 30}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
	})
}
