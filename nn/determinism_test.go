package nn_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// traces is what a training run comes to: a hash of every bit of its weights,
// its history and its predictions. The model is large enough for its products,
// sums and updates to be spread over threads.
func traces(t testing.TB, b compute.Backend) string {
	t.Helper()
	const rows, columns, classes = 300, 70, 5
	y := ints(make([]int32, rows)...)
	for i := range y.Values {
		y.Values[i] = int32(i * i % classes)
	}
	train := set(t, waves(rows, columns), y)
	settings := rate(0.01)
	settings.GlobalClipNorm = 1
	m := compiled(t, b, nn.NewSequential(
		layers.Dense{Units: 150, Activation: activations.ReLU},
		layers.BatchNormalization{},
		layers.Dropout{Rate: 0.2},
		layers.Dense{Units: classes, Activation: activations.Softmax},
	), nn.CompileConfig{Optimizer: optimizers.Adam{Settings: settings}, Loss: losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.Accuracy{}}, Seed: 11})
	defer closeModel(t, m)
	h := fit(t, m, train, nn.FitConfig{Epochs: 3, BatchSize: 64, ValidationSplit: 0.1})
	p, err := m.Predict(background, train.X...)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%x %x %x", weights(t, m), h.Metrics, p.Values)
	return fmt.Sprintf("%x", hash.Sum(nil)[:8])
}

func TestTenRunsAreEqual(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		first := traces(t, b)
		for run := 2; run <= 10; run++ {
			if again := traces(t, b); again != first {
				t.Fatalf("run %d comes to %s, the first to %s", run, again, first)
			}
		}
	})
}

// The number of threads changes nothing, with products that are ours or gonum's.
func TestThreadsAreEqual(t *testing.T) {
	for _, products := range []string{"gonum", "native"} {
		want := ""
		for _, threads := range []int{1, 2, 3, 8} {
			b, err := cpu_fallback.OpenWith(cpu_fallback.Options{Threads: threads, BLAS: products})
			if err != nil {
				t.Logf("left out: %v", err) // the processor may lack what native needs
				break
			}
			got := traces(t, b)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s on %d threads comes to %s, on one to %s", products, threads, got, want)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// coresDevice names the device in a process of TestCoresAreEqual.
const coresDevice = "GLEARN_TEST_CORES_DEVICE"

// TestCoresProcess is not a test of its own: TestCoresAreEqual starts it.
func TestCoresProcess(t *testing.T) {
	name := os.Getenv(coresDevice)
	if name == "" {
		t.Skip("this is the process that TestCoresAreEqual starts")
	}
	b, err := compute.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\ncomes to %s\n", traces(t, b))
}

// Whole processes that are given one core or two come to the same bits. A
// software renderer has threads of its own.
func TestCoresAreEqual(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		var results []string
		for _, cores := range []string{"1", "2"} {
			c := exec.Command(os.Args[0], "-test.run=^TestCoresProcess$")
			c.Env = append(os.Environ(), coresDevice+"="+b.Info().Backend, "GOMAXPROCS="+cores, "LP_NUM_THREADS="+cores)
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("on %s cores: %v\n%s", cores, err, out)
			}
			_, result, ok := strings.Cut(string(out), "comes to ")
			if !ok {
				t.Fatalf("on %s cores it says nothing:\n%s", cores, out)
			}
			results = append(results, strings.Fields(result)[0])
		}
		if results[0] != results[1] {
			t.Errorf("one core comes to %s, two to %s", results[0], results[1])
		}
	})
}

// TestMasksAreEqual compares dropout's masks at several steps, bit for bit, on
// every backend: a layer whose output is its mask adds it up in a weight.
func TestMasksAreEqual(t *testing.T) {
	masks := map[string][]float32{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compiled(t, b, nn.NewSequential(layers.Input{Shape: []int{40}}, masked{}, layers.Dense{Units: 1}), nn.CompileConfig{
			Optimizer: optimizers.SGD{}, Loss: losses.MeanSquaredError{}, Seed: 5})
		defer closeModel(t, m)
		fit(t, m, set(t, waves(24, 40), waves(24, 1)), nn.FitConfig{Epochs: 2, BatchSize: 8})
		masks[b.Info().Backend] = weights(t, m)[0]
	})
	for name, mask := range masks {
		if !slices.Equal(mask, masks["cpu"]) {
			t.Errorf("%s and cpu draw other masks", name)
		}
		kept := 0
		for _, x := range mask {
			kept += int(x) & 1
		}
		if kept == 0 || kept == len(mask) {
			t.Errorf("%s: the masks are all alike", name)
		}
	}
}

// masked keeps a history of its masks: seen is 2 seen plus the mask of each of
// the batch's 8 rows, so that every step leaves a bit in it.
type masked struct{}

func (masked) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	const rows = 8
	seen := b.Weight(nn.WeightSpec{Name: "seen", Shape: []int{rows, inputs[0][0]}, NonTrainable: true})
	return func(c *nn.Call, in ...*graph.Tensor) *graph.Tensor {
		if in[0].Shape()[0] == rows {
			noise := c.Random(rows, inputs[0][0])
			mask := graph.ToFloat(graph.Less(noise, noise.Const(0.5)))
			c.Assign(seen, graph.Add(graph.Scale(c.Read(seen), 2), mask))
		}
		return in[0]
	}, nil
}
