package nn_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// diary writes down what it is told, and does what is planned at one moment.
type diary struct {
	lines []string
	when  string // the line at which to act
	act   func(t *nn.Training) error
}

func (d *diary) note(t *nn.Training, format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	d.lines = append(d.lines, line)
	if line == d.when {
		return d.act(t)
	}
	return nil
}

func (d *diary) OnTrainBegin(t *nn.Training) error { return d.note(t, "begin") }
func (d *diary) OnTrainEnd(t *nn.Training, err error) error {
	return d.note(t, "end %v", err != nil)
}
func (d *diary) OnEpochBegin(t *nn.Training) error { return d.note(t, "epoch %d", t.Epoch()) }
func (d *diary) OnEpochEnd(t *nn.Training, _ *nn.Results) error {
	return d.note(t, "epoch %d ends", t.Epoch())
}
func (d *diary) OnBatchEnd(t *nn.Training, batch int, _ *nn.Results) error {
	return d.note(t, "batch %d", batch)
}

func TestCallbacksAreTold(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		d := &diary{when: "epoch 1 ends", act: func(tr *nn.Training) error {
			if tr.Model() != m || tr.Epochs() != 2 || tr.Batches() != 2 || tr.Steps() != 4 || len(tr.History().Epoch) != 2 || tr.Validates() {
				t.Errorf("%d epochs of %d batches, %d steps, history %v", tr.Epochs(), tr.Batches(), tr.Steps(), tr.History().Epoch)
			}
			return nil
		}}
		fit(t, m, blobs(t, 6), nn.FitConfig{Epochs: 2, BatchSize: 4, Callbacks: []nn.Callback{d}})
		want := []string{"begin", "epoch 0", "batch 0", "batch 1", "epoch 0 ends", "epoch 1", "batch 0", "batch 1", "epoch 1 ends", "end false"}
		if !slices.Equal(d.lines, want) {
			t.Errorf("told %q, want %q", d.lines, want)
		}
	})
}

// A callback that stops, fails or panics, wherever it is, ends Fit and leaves a
// model that works.
func TestCallbacksThatEndFit(t *testing.T) {
	boom := errors.New("boom")
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 12)
		for _, when := range []string{"begin", "epoch 1", "batch 1", "epoch 1 ends", "end false"} {
			for _, c := range []struct {
				name string
				act  func(*nn.Training) error
				ok   func(error) bool
			}{
				{"stops", func(tr *nn.Training) error { tr.Stop(); return nil }, func(err error) bool { return err == nil }},
				{"fails", func(*nn.Training) error { return boom }, func(err error) bool { return errors.Is(err, boom) && strings.Contains(err.Error(), "*nn_test.diary") }},
				{"panics", func(*nn.Training) error { panic("boom") }, func(err error) bool {
					return err != nil && strings.Contains(err.Error(), "callback *nn_test.diary panicked: boom")
				}},
			} {
				m := forBlobs(t, b, classifier())
				d, other := &diary{when: when, act: c.act}, &diary{}
				h, err := m.Fit(background, train, nn.FitConfig{Epochs: 3, BatchSize: 4, Callbacks: []nn.Callback{d, other}})
				if !c.ok(err) {
					t.Errorf("%s at %q: error %v", c.name, when, err)
				}
				if h == nil {
					t.Fatalf("%s at %q: no history", c.name, when)
				}
				if last := other.lines[len(other.lines)-1]; !strings.HasPrefix(last, "end") {
					t.Errorf("%s at %q: another callback is last told %q, not the end", c.name, when, last)
				}
				want := map[string]int{"begin": 0, "epoch 1": 1, "batch 1": 0, "epoch 1 ends": 2, "end false": 3}[when]
				if c.name == "stops" && when == "epoch 1" {
					want = 1 // the epoch ends after its first batch
				}
				if len(h.Epoch) != want {
					t.Errorf("%s at %q: %d epochs in the history, want %d", c.name, when, len(h.Epoch), want)
				}
				fit(t, m, train, nn.FitConfig{})
				closeModel(t, m)
			}
		}
	})
}

// Between steps a callback may look at weights and set them, and predict.
func TestCallbacksUseTheModel(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		train := blobs(t, 12)
		d := &diary{when: "batch 1", act: func(tr *nn.Training) error {
			w, err := tr.Model().GetWeights()
			if err != nil {
				return err
			}
			clear(w[3])
			w[3][1] = 50
			if err := tr.Model().SetWeights(w); err != nil {
				return err
			}
			p, err := tr.Model().Predict(background, train.X...)
			if err != nil {
				return err
			}
			if p.Values[1] < 0.99 {
				t.Errorf("predicts %v after a bias of 50", p.Row(0))
			}
			if _, err := tr.Model().Fit(background, train, nn.FitConfig{}); !errors.Is(err, nn.ErrBusy) {
				t.Errorf("a Fit inside Fit: %v", err)
			}
			if err := tr.Model().Compile(b, nn.CompileConfig{}); !errors.Is(err, nn.ErrBusy) {
				t.Errorf("Compile inside Fit: %v", err)
			}
			if err := tr.Model().SetTrainable("", false); !errors.Is(err, nn.ErrBusy) {
				t.Errorf("SetTrainable inside Fit: %v", err)
			}
			return nil
		}}
		fit(t, m, train, nn.FitConfig{BatchSize: 4, Callbacks: []nn.Callback{d}})
		if w := weights(t, m); w[3][1] < 40 {
			t.Errorf("bias is %v, the one set was lost", w[3])
		}
	})
}

// Close from a callback ends Fit, and the memory goes when it has ended.
func TestCloseInsideFit(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		d := &diary{when: "batch 1", act: func(tr *nn.Training) error { return tr.Model().Close() }}
		_, err := m.Fit(background, blobs(t, 12), nn.FitConfig{Epochs: 3, BatchSize: 4, Callbacks: []nn.Callback{d}})
		if !errors.Is(err, nn.ErrClosed) {
			t.Errorf("error %v, want ErrClosed", err)
		}
		if n := b.Info().LiveBuffers; n != 0 {
			t.Errorf("%d buffers are left", n)
		}
	})
}
