package nn_test

import (
	"context"
	"testing"

	"github.com/glearn-go/glearn/compute"
	_ "github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// listing is a device that keeps the longest list of kernels recorded on it.
type listing struct {
	compute.Backend
	longest []compute.Kernel
}

func (l *listing) Record(ks []compute.Kernel) (compute.Recording, error) {
	if len(ks) > len(l.longest) {
		l.longest = ks
	}
	return l.Backend.Record(ks)
}

// A kernel costs a launch, however little it computes: fusion keeps a step of
// training short.
func TestKernelsOfAStep(t *testing.T) {
	const rows, cols = 64, 40
	multiHot := &data.CSR{Columns: cols, RowPtr: make([]int32, rows+1)}
	for i := range rows {
		multiHot.Col = append(multiHot.Col, int32(i%cols))
		multiHot.RowPtr[i+1] = int32(i + 1)
	}
	classes := layers.Dense{Units: 5, Activation: activations.Softmax}
	hidden := layers.Dense{Units: 8, Activation: activations.ReLU}
	for name, c := range map[string]struct {
		x         data.Tensor
		out       layers.Dense
		loss      losses.Loss
		optimizer optimizers.Optimizer
		most      int
	}{
		"reuters":       {multiHot, classes, losses.CategoricalCrossentropy{}, optimizers.RMSprop{}, 15},
		"reuters dense": {zeros(t, rows, cols), classes, losses.CategoricalCrossentropy{}, optimizers.RMSprop{}, 16},
		"titanic":       {zeros(t, rows, cols), layers.Dense{Units: 1, Activation: activations.Sigmoid}, losses.BinaryCrossentropy{}, optimizers.Adam{}, 14},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := compute.Open("cpu")
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			spy := &listing{Backend: b}
			m := nn.NewSequential(hidden, hidden, c.out)
			defer m.Close()
			if err := m.Compile(spy, nn.CompileConfig{Optimizer: c.optimizer, Loss: c.loss, Metrics: []nn.Metric{metrics.Accuracy{}}}); err != nil {
				t.Fatal(err)
			}
			set, err := data.New(c.x, zeros(t, rows, c.out.Units))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Fit(context.Background(), set, nn.FitConfig{BatchSize: rows / 2}); err != nil {
				t.Fatal(err)
			}
			if n := len(spy.longest); n == 0 || n > c.most {
				for i, k := range spy.longest {
					t.Logf("%d: %v", i, k)
				}
				t.Errorf("a step takes %d kernels, want at most %d", n, c.most)
			}
		})
	}
}

func zeros(t *testing.T, shape ...int) *data.Dense {
	t.Helper()
	n := 1
	for _, d := range shape {
		n *= d
	}
	x, err := data.NewDense(make([]float32, n), shape...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
