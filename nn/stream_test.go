package nn_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// inBatches streams the rows of a set in order, in batches of the given sizes;
// with the last size for all that are left.
func inBatches(set *data.Dataset, sizes ...int) nn.Stream {
	return func(int) iter.Seq2[*data.Dataset, error] {
		return func(yield func(*data.Dataset, error) bool) {
			for from, i := 0, 0; from < set.Rows(); i++ {
				n := min(sizes[min(i, len(sizes)-1)], set.Rows()-from)
				if !yield(set.Slice(from, from+n), nil) {
					return
				}
				from += n
			}
		}
	}
}

// A stream of the batches that Fit would take trains as Fit does, to the bit.
func TestFitStreamIsFit(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train, val := blobs(t, 21), blobs(t, 9)
		train.Weights = make([]float32, 21)
		for i := range train.Weights {
			train.Weights[i] = float32(i % 3)
		}
		classes := map[int]float64{0: 1, 1: 0.5, 2: 2}
		whole, streamed := forBlobs(t, b, classifier()), forBlobs(t, b, classifier())
		defer closeModel(t, whole)
		defer closeModel(t, streamed)
		want := fit(t, whole, train, nn.FitConfig{Epochs: 3, BatchSize: 8, NoShuffle: true, Validation: val, ClassWeight: classes})
		got, err := streamed.FitStream(background, inBatches(train, 8), nn.FitConfig{Epochs: 3, Validation: val, ClassWeight: classes})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range want.Names {
			for e, x := range want.Metrics[name] {
				closeTo(t, name, got.Metrics[name][e], x, 1e-6)
			}
		}
		for i, w := range weights(t, streamed) {
			if !slices.Equal(w, weights(t, whole)[i]) {
				t.Errorf("weight %d differs", i)
			}
		}
	})
}

func TestFitStreamOfGrowingAndShrinkingBatches(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 30)
		m, steps := forBlobs(t, b, classifier()), forBlobs(t, b, classifier())
		defer closeModel(t, m)
		defer closeModel(t, steps)
		h, err := m.FitStream(background, inBatches(train, 4, 1, 9, 3, 13), nn.FitConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var loss float64
		from := 0
		for _, n := range []int{4, 1, 9, 3, 13} {
			r, err := steps.TrainOnBatch(background, train.Slice(from, from+n))
			if err != nil {
				t.Fatal(err)
			}
			loss += r.Loss() * float64(n) / 30
			from += n
		}
		closeTo(t, "loss", h.Last("loss"), loss, 1e-6)
		for i, w := range weights(t, m) {
			if !slices.Equal(w, weights(t, steps)[i]) {
				t.Errorf("weight %d is not that of TrainOnBatch", i)
			}
		}
	})
}

func TestFitStreamWithoutEnd(t *testing.T) {
	m := forBlobs(t, cpu(t), classifier())
	defer closeModel(t, m)
	batch, epochs, closed := blobs(t, 6), []int{}, 0
	stream := func(epoch int) iter.Seq2[*data.Dataset, error] {
		epochs = append(epochs, epoch)
		return func(yield func(*data.Dataset, error) bool) {
			defer func() { closed++ }()
			for yield(batch, nil) {
			}
		}
	}
	if _, err := m.FitStream(background, stream, nn.FitConfig{Epochs: 3, StepsPerEpoch: 4}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(epochs, []int{0, 1, 2}) || closed != 3 {
		t.Errorf("epochs %v were opened and %d closed, want 0, 1, 2 and all", epochs, closed)
	}
}

func TestFitStreamMistakes(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		good := blobs(t, 6)
		broken := errors.New("the disk is gone")
		label := blobs(t, 6)
		label.Y[0].(*data.Ints).Values[4] = 3
		stream := func(batches ...*data.Dataset) nn.Stream {
			return func(int) iter.Seq2[*data.Dataset, error] {
				return func(yield func(*data.Dataset, error) bool) {
					for _, b := range batches {
						if !yield(b, nil) {
							return
						}
					}
				}
			}
		}
		for _, c := range []struct {
			name   string
			stream nn.Stream
			config nn.FitConfig
			kind   error
			words  []string
		}{
			{"nil", nil, nn.FitConfig{}, nn.ErrEmpty, []string{"stream is nil"}},
			{"no batch", stream(), nn.FitConfig{}, nn.ErrEmpty, []string{"no batch in epoch 1"}},
			{"a nil batch", stream(good, nil), nn.FitConfig{}, nn.ErrEmpty, []string{"batch 2", "nil", "epoch 1"}},
			{"too short", stream(good), nn.FitConfig{StepsPerEpoch: 2}, nn.ErrEmpty, []string{"ended before batch 2 of 2"}},
			{"a bad label", stream(good, label), nn.FitConfig{}, nn.ErrValue, []string{"batch 2", "row 4 is 3", "0 to 2"}},
			{"other columns", stream(good, set(t, waves(6, 3), good.Y[0])), nn.FitConfig{}, nn.ErrShape, []string{"3 columns, want 2", "batch 2"}},
			{"a batch size", stream(good), nn.FitConfig{BatchSize: 3}, nn.ErrValue, []string{"BatchSize"}},
			{"a split", stream(good), nn.FitConfig{ValidationSplit: 0.5}, nn.ErrValue, []string{"ValidationSplit"}},
			{"a class without weight", stream(good), nn.FitConfig{ClassWeight: map[int]float64{0: 1, 1: 1}}, nn.ErrValue, []string{"class 2", "batch 1"}},
			{"an error", func(int) iter.Seq2[*data.Dataset, error] {
				return func(yield func(*data.Dataset, error) bool) {
					if yield(good, nil) {
						yield(nil, broken)
					}
				}
			}, nn.FitConfig{}, broken, []string{"batch 2 of epoch 1"}},
			{"a panic", func(int) iter.Seq2[*data.Dataset, error] {
				return func(yield func(*data.Dataset, error) bool) {
					if yield(good, nil) {
						panic("boom")
					}
				}
			}, nn.FitConfig{}, nil, []string{"stream panicked: boom"}},
		} {
			m := forBlobs(t, b, classifier())
			_, err := m.FitStream(background, c.stream, c.config)
			mistake(t, c.name, err, c.words...)
			if c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%s: error %v is not %v", c.name, err, c.kind)
			}
			// The model stays usable.
			fit(t, m, good, nn.FitConfig{})
			closeModel(t, m)
		}
	})
}
