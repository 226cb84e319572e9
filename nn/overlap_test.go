package nn_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
)

// watched is a device that keeps a diary of what it is told: d for rows of data,
// known by their number of words, c for the two words with which a window
// begins, s for steps, r for readings.
type watched struct {
	compute.Backend
	words []int            // of rows of data
	await func(w *watched) // called at each reading

	mu    sync.Mutex
	diary strings.Builder
}

func (w *watched) note(what byte) {
	w.mu.Lock()
	w.diary.WriteByte(what)
	w.mu.Unlock()
}

// count is how often something stands in the diary.
func (w *watched) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.diary.String(), what)
}

func (w *watched) Write(dst compute.View, words []uint32) {
	w.Backend.Write(dst, words)
	switch {
	case slices.Contains(w.words, len(words)):
		w.note('d')
	case len(words) == 2:
		w.note('c')
	}
}

func (w *watched) Read(words []uint32, src compute.View) error {
	if w.await != nil {
		w.await(w)
	}
	w.note('r')
	return w.Backend.Read(words, src)
}

func (w *watched) Record(ks []compute.Kernel) (compute.Recording, error) {
	r, err := w.Backend.Record(ks)
	if err != nil {
		return nil, err
	}
	return watchedRecording{r, w}, nil
}

type watchedRecording struct {
	compute.Recording
	w *watched
}

func (r watchedRecording) Replay(times int) {
	r.Recording.Replay(times)
	r.w.note('s')
}

// While the device works on a batch of a stream, the next one is taken from the
// stream and sent; only then does Fit wait.
func TestStreamRunsAhead(t *testing.T) {
	w := &watched{Backend: cpu(t), words: []int{100, 60}}
	m := forBlobs(t, w, classifier())
	defer closeModel(t, m)
	train := blobs(t, 130)
	if _, err := m.FitStream(background, inBatches(train, 50), nn.FitConfig{Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	const epoch = "dcsdrcsdrcsr" + "sr" // and a look at the optimizer
	if got := w.diary.String(); got != epoch+epoch {
		t.Errorf("the device was told %s, want %s for each of two epochs", got, epoch)
	}
}

// A batch that needs more room than the one before it waits for its turn.
func TestStreamRunsAheadWhereBatchesFit(t *testing.T) {
	w := &watched{Backend: cpu(t), words: []int{62, 100, 122}}
	m := forBlobs(t, w, classifier())
	defer closeModel(t, m)
	if _, err := m.FitStream(background, inBatches(blobs(t, 142), 31, 50, 61), nn.FitConfig{}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.diary.String(), "dcsrdcsrdcsr"+"sr"; got != want {
		t.Errorf("the device was told %s, want %s", got, want)
	}
}

// Where a bad number is to be looked for, a batch stays until it is done.
func TestStreamStaysForTheSearch(t *testing.T) {
	t.Setenv("GLEARN_CHECK", "nan")
	w := &watched{Backend: cpu(t), words: []int{100}}
	m := forBlobs(t, w, classifier())
	defer closeModel(t, m)
	if _, err := m.FitStream(background, inBatches(blobs(t, 100), 50), nn.FitConfig{}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.diary.String(), "dcsrdcsr"+"sr"; got != want {
		t.Errorf("the device was told %s, want %s", got, want)
	}
}

// Predict sends the rows that come next before it waits for an answer.
func TestPredictRunsAhead(t *testing.T) {
	w := &watched{Backend: cpu(t), words: []int{1024, 152}}
	m := forBlobs(t, w, classifier())
	defer closeModel(t, m)
	if _, err := m.Predict(background, waves(1100, 2)); err != nil {
		t.Fatal(err)
	}
	if got, want := w.diary.String(), "dsdrsdrsr"; got != want {
		t.Errorf("the device was told %s, want %s", got, want)
	}
}

// While the device works on a window of data that does not fit, the next one is
// on its way, and each is sent once.
func TestWindowsRunAhead(t *testing.T) {
	// Half of it is for data, in two windows. 8 rows of 2 + 1 + 2 words take 160
	// bytes: 3 batches a window, and 4 windows.
	t.Setenv("GLEARN_DEVICE_MEMORY", "2000")
	const windows, epochs = 4, 2
	for name, keep := range map[string]bool{"shuffled": false, "in order": true} {
		w := &watched{Backend: cpu(t), words: []int{48}}
		late := false
		w.await = func(w *watched) {
			begun := w.count("c")
			if begun == 0 || begun%windows == 0 || late {
				return // before the first, or in an epoch's last
			}
			for wait := time.Now(); w.count("d") <= begun; time.Sleep(time.Millisecond) {
				if late = time.Since(wait) > 30*time.Second; late {
					t.Errorf("%s: in window %d the next one was not sent", name, begun)
					return
				}
			}
		}
		m := forBlobs(t, w, classifier())
		fit(t, m, blobs(t, 96), nn.FitConfig{Epochs: epochs, BatchSize: 8, NoShuffle: keep})
		if got := w.count("d"); got != windows*epochs {
			t.Errorf("%s: %d windows were sent, want %d", name, got, windows*epochs)
		}
		closeModel(t, m)
	}
}

// Two windows in order stay where they are from epoch to epoch.
func TestTwoWindowsInOrderAreSentOnce(t *testing.T) {
	t.Setenv("GLEARN_DEVICE_MEMORY", "2000")
	w := &watched{Backend: cpu(t), words: []int{48}}
	m := forBlobs(t, w, classifier())
	defer closeModel(t, m)
	fit(t, m, blobs(t, 48), nn.FitConfig{Epochs: 5, BatchSize: 8, NoShuffle: true})
	if got := w.count("d"); got != 2 {
		t.Errorf("%d windows were sent, want 2", got)
	}
}
