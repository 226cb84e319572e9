package nn_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// footprint is what a process holds.
type footprint struct {
	heap       int64 // bytes in use, after a collection
	resident   int64 // bytes of the process that are in memory; 0 where unknown
	buffers    int
	bytes      int64 // on the device
	threads    int   // 0 where unknown
	goroutines int
}

func footprintOf(b compute.Backend) footprint {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	info := b.Info()
	f := footprint{heap: int64(m.HeapInuse), buffers: info.LiveBuffers, bytes: info.LiveBytes, goroutines: runtime.NumGoroutine()}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return f // not on Linux
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "VmRSS:"):
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			f.resident = kib << 10
		case strings.HasPrefix(line, "Threads:"):
			f.threads, _ = strconv.Atoi(fields[1])
		}
	}
	return f
}

// TestSoak trains the Titanic model (10 inputs, batches of 32 of 891 rows) for
// many steps, with all that a day of training does beside them: validation,
// evaluation, predictions, new calls of Fit. What the process holds after the
// first tenth is what it holds at the end. GLEARN_SOAK sets how many steps;
// docs/reliability.md has the figure of the last million.
func TestSoak(t *testing.T) {
	steps := 6000
	if s := os.Getenv("GLEARN_SOAK"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		steps = n
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		const rows, perEpoch, epochs = 891, 26, 10 // 90% of the rows, in batches of 32
		m := compiled(t, b, nn.NewSequential(
			layers.Dense{Units: 16, Activation: activations.ReLU},
			layers.Dropout{Rate: 0.2},
			layers.Dense{Units: 1, Activation: activations.Sigmoid},
		), nn.CompileConfig{Optimizer: &optimizers.Adam{}, Loss: losses.BinaryCrossentropy{}, Metrics: []nn.Metric{metrics.BinaryAccuracy{}}, Seed: 1})
		defer closeModel(t, m)
		train := set(t, waves(rows, 10), dense(1, make([]float32, rows)...))
		var early, last footprint
		done, start := 0, time.Now()
		for done < steps {
			h := fit(t, m, train, nn.FitConfig{Epochs: epochs, ValidationSplit: 0.1})
			if len(h.Epoch) != epochs {
				t.Fatalf("%d epochs after %d steps", len(h.Epoch), done)
			}
			done += epochs * perEpoch
			if _, err := m.Evaluate(background, train); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Predict(background, train.X[0].Slice(0, 100)); err != nil {
				t.Fatal(err)
			}
			if early == (footprint{}) && done >= steps/10 {
				early = footprintOf(b)
			}
		}
		last = footprintOf(b)
		t.Logf("%s: %d steps in %v; after a tenth %+v; at the end %+v", b.Info().Backend, done, time.Since(start).Round(time.Second), early, last)
		if last.buffers != early.buffers || last.bytes != early.bytes || last.goroutines > early.goroutines {
			t.Errorf("buffers or goroutines grew from %+v to %+v", early, last)
		}
		// The runtime starts a thread now and then; memory comes in pages and
		// arenas.
		if last.threads > early.threads+4 {
			t.Errorf("threads grew from %d to %d", early.threads, last.threads)
		}
		const slack = 8 << 20
		if last.heap > early.heap+slack || last.resident > early.resident+4*slack {
			t.Errorf("memory grew from %+v to %+v", early, last)
		}
	})
}
