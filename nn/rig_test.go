package nn_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

var background = context.Background()

// dense wraps values as rows of the given number of columns.
func dense(columns int, values ...float32) *data.Dense {
	return &data.Dense{Shape: []int{len(values) / columns, columns}, Values: values}
}

func ints(values ...int32) *data.Ints {
	return &data.Ints{Shape: []int{len(values)}, Values: values}
}

// waves is rows x columns numbers between -1 and 1 that look like noise.
func waves(rows, columns int) *data.Dense {
	out := dense(columns, make([]float32, rows*columns)...)
	for i := range out.Values {
		out.Values[i] = float32(math.Sin(float64(i)*12.9898 + 1))
	}
	return out
}

// set pairs inputs with targets.
func set(t testing.TB, x, y data.Tensor) *data.Dataset {
	t.Helper()
	d, err := data.New(x, y)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// blobs is rows of two columns around one of three points, and which one.
func blobs(t testing.TB, rows int) *data.Dataset {
	t.Helper()
	x, y := waves(rows, 2), ints(make([]int32, rows)...)
	for i := range rows {
		c := i % 3
		y.Values[i] = int32(c)
		x.Values[2*i] += float32(3 * (c % 2))
		x.Values[2*i+1] += float32(3 * (c / 2))
	}
	return set(t, x, y)
}

// classifier tells blobs apart.
func classifier() *nn.Model {
	return nn.NewSequential(
		layers.Dense{Units: 8, Activation: activations.Tanh},
		layers.Dense{Units: 3, Activation: activations.Softmax},
	)
}

// forBlobs compiles a model for blobs, and closes it when the test ends.
func forBlobs(t testing.TB, b compute.Backend, m *nn.Model) *nn.Model {
	t.Helper()
	return compiled(t, b, m, compileBlobs)
}

var compileBlobs = nn.CompileConfig{
	Optimizer: optimizers.Adam{Settings: rate(0.05)},
	Loss:      losses.SparseCategoricalCrossentropy{},
	Metrics:   []nn.Metric{metrics.Accuracy{}},
	Seed:      7,
}

// compiled is m, compiled; the test closes it before the device.
func compiled(t testing.TB, b compute.Backend, m *nn.Model, c nn.CompileConfig) *nn.Model {
	t.Helper()
	if err := m.Compile(b, c); err != nil {
		t.Fatal(err)
	}
	return m
}

func rate(x float64) optimizers.Settings {
	return optimizers.Settings{LearningRate: schedules.Constant(x)}
}

func fit(t testing.TB, m *nn.Model, train *data.Dataset, c nn.FitConfig) *nn.History {
	t.Helper()
	h, err := m.Fit(background, train, c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func weights(t testing.TB, m *nn.Model) [][]float32 {
	t.Helper()
	w, err := m.GetWeights()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// closeTo wants two numbers to differ by no more than rel times the larger.
func closeTo(t testing.TB, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*max(math.Abs(got), math.Abs(want), 1e-3)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// mistake wants an error that says all of words.
func mistake(t testing.TB, what string, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want one with %q", what, words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: error %q does not say %q", what, err, w)
		}
	}
}

func closeModel(t testing.TB, m *nn.Model) {
	t.Helper()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// cpu is a CPU for a test that has nothing to do with devices.
func cpu(t testing.TB) compute.Backend {
	t.Helper()
	b, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := b.Info().LiveBuffers; n != 0 && !t.Failed() {
			t.Errorf("%d buffers are left on the device", n)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// warnings collects what is logged while f runs.
func warnings(t *testing.T, f func()) string {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	f()
	return out.String()
}
