package callbacks_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// The environment of the process that is killed: the folder of its checkpoints
// and the device. The weights at the end go to a file in the folder above.
const childDir, childDevice = "GLEARN_TEST_CHILD_DIR", "GLEARN_TEST_CHILD_DEVICE"

// weightsFile is where a child leaves its weights.
func weightsFile(dir string) string { return filepath.Join(filepath.Dir(dir), "weights.safetensors") }

// TestChild is not a test of its own: it is the process that TestKill kills. It
// trains, and goes on where an earlier one was killed.
func TestChild(t *testing.T) {
	dir := os.Getenv(childDir)
	if dir == "" {
		t.Skip("this is the process that TestKill starts")
	}
	b, err := compute.Open(os.Getenv(childDevice))
	if err != nil {
		t.Fatal(err)
	}
	m := jobs()["nadam, averaged"].model(t, b)
	config := nn.FitConfig{Epochs: 25, BatchSize: batch, ValidationSplit: 0.2, Callbacks: []nn.Callback{
		&callbacks.EarlyStopping{Monitor: "loss", Patience: 100, RestoreBestWeights: true},
		&callbacks.ReduceLROnPlateau{Monitor: "loss", Patience: 3},
		&callbacks.BackupAndRestore{Dir: dir, SaveFreq: 1},
		&stopper{},
	}}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	if _, err := m.Fit(ctx, examples(), config); errors.Is(err, context.Canceled) {
		return // by Ctrl-C
	} else if err != nil {
		t.Fatal(err)
	}
	if err := m.SaveWeights(weightsFile(dir)); err != nil {
		t.Fatal(err)
	}
}

// child starts the process that trains.
func child(t *testing.T, dir, device string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	c := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	c.Env = append(os.Environ(), childDir+"="+dir, childDevice+"="+device)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &out
}

// finish runs the process to its end and returns its weights and its time.
func finish(t *testing.T, dir, device string) ([]byte, time.Duration) {
	t.Helper()
	start := time.Now()
	c, out := child(t, dir, device)
	if err := c.Wait(); err != nil {
		t.Fatalf("the process that was not killed: %v\n%s", err, out)
	}
	took := time.Since(start)
	raw, err := os.ReadFile(weightsFile(dir))
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the folder has %v, %v after the end", left, err)
	}
	return raw, took
}

// TestKill ends a process that trains at random moments, again and again, and
// wants the weights of one that was left alone: three times of four with
// kill -9, else as Ctrl-C does. GLEARN_KILLS sets how many kills;
// docs/reliability.md has the figure of the last long run.
func TestKill(t *testing.T) {
	kills := 2
	if testing.Short() {
		kills = 1
	}
	if s := os.Getenv("GLEARN_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		device := b.Info().Backend
		folder := t.TempDir()
		// The first may spend its time on compiling shaders, which are then kept.
		want, _ := finish(t, filepath.Join(folder, "first", "checkpoints"), device)
		again, took := finish(t, filepath.Join(folder, "second", "checkpoints"), device)
		if !bytes.Equal(again, want) {
			t.Fatal("two runs that were left alone differ")
		}
		random := rand.New(rand.NewPCG(1, uint64(kills)))
		killed, interrupted, runs := 0, 0, 0
		for killed < kills {
			runs++
			dir := filepath.Join(folder, strconv.Itoa(runs), "checkpoints")
			// A run is killed up to four times before it may come to its end.
			for range 1 + random.IntN(4) {
				c, out := child(t, dir, device)
				time.Sleep(time.Duration(random.Int64N(int64(took))))
				how := os.Kill
				if random.IntN(4) == 0 && runtime.GOOS != "windows" {
					how = os.Interrupt
				}
				if err := c.Process.Signal(how); err != nil {
					t.Logf("it was done: %v", err)
				}
				err := c.Wait()
				if err != nil && c.ProcessState.Exited() {
					t.Fatalf("the process failed: %v\n%s", err, out)
				}
				if _, e := os.Stat(weightsFile(dir)); e == nil {
					break // it had come to its end
				}
				if err == nil {
					interrupted++
				} else if killed++; killed == kills {
					break
				}
			}
			if got, _ := finish(t, dir, device); !bytes.Equal(got, want) {
				t.Fatalf("after %d kills and %d interruptions in %d runs the weights differ from those of a run that was left alone", killed, interrupted, runs)
			}
		}
		t.Logf("%s: killed %d times and interrupted %d times in %d runs of %v each", device, killed, interrupted, runs, took.Round(time.Millisecond))
	})
}
