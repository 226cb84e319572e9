package nn_test

import (
	"errors"
	"path"
	"slices"
	"sync"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// together runs f in n goroutines at once and reports their errors.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = f(i) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestPredictFromManyGoroutines(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		x := waves(64, 2)
		// The first of them build the model.
		answers := make([][]float32, 64)
		together(t, 64, func(i int) error {
			p, err := m.Predict(background, x.Slice(0, 1+i))
			if err == nil {
				answers[i] = p.Values
			}
			return err
		})
		for i, a := range answers {
			p, err := m.Predict(background, x.Slice(0, 1+i))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(a, p.Values) {
				t.Errorf("goroutine %d got other answers", i)
			}
		}
		if n := b.Info().LiveBuffers; n > 100 {
			t.Errorf("%d buffers are kept", n)
		}
	})
}

func TestPredictWhileFitIsAtWork(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		train := blobs(t, 40)
		together(t, 5, func(i int) error {
			if i == 0 {
				_, err := m.Fit(background, train, nn.FitConfig{Epochs: 20, BatchSize: 8})
				return err
			}
			for range 20 {
				p, err := m.Predict(background, train.X...)
				if err != nil {
					return err
				}
				for r := range p.Rows() {
					row := p.Row(r)
					closeTo(t, "sum of probabilities", float64(row[0]+row[1]+row[2]), 1, 1e-5)
				}
				if _, err := m.Evaluate(background, train); err != nil {
					return err
				}
				if _, err := m.GetWeights(); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Ten models on one device train to the weights that each trains to alone.
func TestManyModelsOnOneDevice(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 24)
		alone := forBlobs(t, b, classifier())
		fit(t, alone, train, nn.FitConfig{Epochs: 3, BatchSize: 8})
		want := weights(t, alone)
		closeModel(t, alone)
		models := make([]*nn.Model, 10)
		for i := range models {
			models[i] = forBlobs(t, b, classifier())
		}
		together(t, 10, func(i int) error {
			_, err := models[i].Fit(background, train, nn.FitConfig{Epochs: 3, BatchSize: 8})
			return err
		})
		for i, m := range models {
			for k, w := range weights(t, m) {
				if !slices.Equal(w, want[k]) {
					t.Errorf("model %d: weight %d differs", i, k)
				}
			}
			closeModel(t, m)
		}
	})
}

// A model on each of two devices, at the same time, trains to the weights that
// it trains to alone.
func TestOneModelOnEachOfTwoDevices(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 24)
		devices := []compute.Backend{b, another(t)}
		models := []*nn.Model{forBlobs(t, devices[0], classifier()), forBlobs(t, devices[1], classifier())}
		alone := forBlobs(t, b, classifier())
		config := nn.FitConfig{Epochs: 3, BatchSize: 8}
		fit(t, alone, train, config)
		together(t, 2, func(i int) error {
			_, err := models[i].Fit(background, train, config)
			return err
		})
		want := weights(t, alone)
		for i, m := range models {
			for k, w := range weights(t, m) {
				if !slices.Equal(w, want[k]) {
					t.Errorf("device %d: weight %d differs", i, k)
				}
			}
			closeModel(t, m)
		}
		closeModel(t, alone)
	})
}

// another is a second device of the kind that graphtest.Each runs the test on.
func another(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.Open(path.Base(t.Name()))
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
