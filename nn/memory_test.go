package nn_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// Many batch sizes, sets and modes leave a bounded number of programs and
// buffers behind.
func TestMemoryIsBounded(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		train := blobs(t, 40)
		work := func(size int) {
			fit(t, m, train, nn.FitConfig{BatchSize: size})
			if _, err := m.TrainOnBatch(background, train.Slice(0, size)); err != nil {
				t.Fatal(err)
			}
			if _, err := m.EvaluateWith(background, train, nn.EvaluateConfig{BatchSize: size}); err != nil {
				t.Fatal(err)
			}
			if _, err := m.PredictOnBatch(background, train.X[0].Slice(0, size)); err != nil {
				t.Fatal(err)
			}
		}
		for size := 20; size < 26; size++ {
			work(size)
		}
		before := b.Info()
		for size := 26; size < 32; size++ {
			work(size)
		}
		if after := b.Info(); after.LiveBuffers > before.LiveBuffers || after.LiveBytes > before.LiveBytes*5/4 {
			t.Errorf("%d buffers of %d bytes grew to %d of %d", before.LiveBuffers, before.LiveBytes, after.LiveBuffers, after.LiveBytes)
		}
	})
}

// Data that does not fit the device streams through windows; the results are
// those of data that does.
func TestWindowsGiveTheSameResults(t *testing.T) {
	train, val := blobs(t, 100), blobs(t, 30)
	train.Weights = make([]float32, 100)
	for i := range train.Weights {
		train.Weights[i] = float32(i%5) / 2
	}
	sparse := set(t, &data.CSR{Columns: 2, RowPtr: make([]int32, 101)}, train.Y[0])
	x := sparse.X[0].(*data.CSR)
	for r := range 100 {
		for c, v := range train.X[0].(*data.Dense).Row(r) {
			if (r+c)%3 > 0 {
				x.Col, x.Val = append(x.Col, int32(c)), append(x.Val, v)
			}
		}
		x.RowPtr[r+1] = int32(len(x.Col))
	}
	for name, train := range map[string]*data.Dataset{"dense": train, "sparse": sparse} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, NoShuffle %v", name, keep), func(t *testing.T) {
				graphtest.Each(t, func(t *testing.T, b compute.Backend) {
					run := func() (*nn.History, [][]float32) {
						m := forBlobs(t, b, classifier())
						defer closeModel(t, m)
						h := fit(t, m, train, nn.FitConfig{Epochs: 3, BatchSize: 8, Validation: val, NoShuffle: keep})
						return h, weights(t, m)
					}
					h, w := run()
					t.Setenv("GLEARN_DEVICE_MEMORY", "2000")
					streamed, sw := run()
					for _, name := range h.Names {
						for e, x := range h.Metrics[name] {
							closeTo(t, name, streamed.Metrics[name][e], x, 1e-6)
						}
					}
					for i := range w {
						if !slices.Equal(w[i], sw[i]) {
							t.Errorf("weight %d differs", i)
						}
					}
				})
			})
		}
	}
	t.Setenv("GLEARN_DEVICE_MEMORY", "lots")
	m := forBlobs(t, cpu(t), classifier())
	defer closeModel(t, m)
	_, err := m.Fit(background, train, nn.FitConfig{})
	mistake(t, "GLEARN_DEVICE_MEMORY", err, `"lots"`, "number of bytes")
}

// tight is a device whose memory ends.
type tight struct {
	compute.Backend
	words int // that may still be reserved; the tests reserve from one goroutine
}

func (d *tight) NewBuffer(words int) (compute.Buffer, error) {
	if d.words -= words; d.words < 0 {
		return nil, fmt.Errorf("tight: %d words: %w", words, compute.ErrOutOfMemory)
	}
	return d.Backend.NewBuffer(words)
}

// However little memory there is, a failure is an error, frees what it took,
// and leaves a model that works when there is more.
func TestOutOfMemory(t *testing.T) {
	failed := 0
	for words := 0; words < 3000; words += 37 {
		b := cpu(t)
		d := &tight{Backend: b, words: words}
		m := classifier()
		err := m.Compile(d, compileBlobs)
		if err == nil {
			_, err = m.Fit(background, blobs(t, 20), nn.FitConfig{BatchSize: 8})
		}
		if err != nil {
			failed++
			if !errors.Is(err, compute.ErrOutOfMemory) {
				t.Errorf("%d words: %v", words, err)
			}
			d.words = 1 << 20
			if err := m.Compile(d, compileBlobs); err != nil {
				t.Fatal(err)
			}
			fit(t, m, blobs(t, 20), nn.FitConfig{BatchSize: 8})
		}
		closeModel(t, m)
	}
	if failed < 10 {
		t.Errorf("only %d runs ran out of memory", failed)
	}
}
