package main

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
)

// launching is a backend whose recordings take three programs a kernel.
type launching struct{ compute.Backend }

type launchingRecording struct {
	compute.Recording
	kernels int
}

func (l launching) Record(kernels []compute.Kernel) (compute.Recording, error) {
	r, err := l.Backend.Record(kernels)
	return launchingRecording{r, len(kernels)}, err
}

func (r launchingRecording) Launches() (programs, waits int) { return 3 * r.kernels, r.kernels - 1 }

// TestStepIsWhatIsReplayedMost: a job's step is told from what runs now and
// then, and a device that does not count gives nothing.
func TestStepIsWhatIsReplayedMost(t *testing.T) {
	cpu, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer cpu.Close()
	for _, c := range []struct {
		on              compute.Backend
		programs, waits int
	}{{cpu, 0, 0}, {launching{cpu}, 6, 1}} {
		counts := &counting{Backend: c.on}
		if programs, waits := counts.step(); programs != 0 || waits != 0 {
			t.Errorf("before a recording: %d programs, %d waits", programs, waits)
		}
		r := newRig(counts)
		x := r.floats("x", []float32{1, 2}, 2).View()
		dims := compute.D(2)
		k := &compute.Copy{Dims: dims, In: compute.Full(x, dims), Out: compute.Full(x, dims)}
		for kernels, replays := range map[int]int{1: 2, 2: 5, 3: 1} {
			list := []compute.Kernel{k, k, k}[:kernels]
			recording, err := counts.Record(list)
			if err != nil {
				t.Fatal(err)
			}
			for range replays {
				recording.Replay(1)
			}
			defer recording.Release()
		}
		if programs, waits := counts.step(); programs != c.programs || waits != c.waits {
			t.Errorf("%d programs and %d waits, want %d and %d", programs, waits, c.programs, c.waits)
		}
		r.close()
	}
}
