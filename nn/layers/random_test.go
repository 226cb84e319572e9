package layers_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/layers"
)

// Random layers do to 12,000 numbers what their comments say, the same on every
// backend, and something else at the next step.
func TestRandomLayers(t *testing.T) {
	const rate, n = 0.4, 4000
	// Means and deviations of 12,000 numbers are off by about 1%; 4 times that
	// leaves room for all of these, with a fixed seed.
	const tolerance = 0.04
	shares := func(t *testing.T, y []float64, zero float64, kept func(i int) float64) {
		dropped := 0
		for i, v := range y {
			switch {
			case math.Abs(v-zero) < 1e-5:
				dropped++
			case math.Abs(v-kept(i)) > 1e-5:
				t.Fatalf("element %d is %v, want %v or %v", i, v, kept(i), zero)
			}
		}
		if share := float64(dropped) / float64(len(y)); math.Abs(share-rate) > tolerance {
			t.Errorf("a share of %v is dropped, want %v", share, rate)
		}
	}
	moments := func(t *testing.T, y []float64, mean, deviation float64) {
		a := array{shape: []int{len(y)}, v: y}
		m := sum(y) / float64(len(y))
		d := math.Sqrt(sum(a.each(func(x float64) float64 { return square(x - m) }).v) / float64(len(y)))
		if math.Abs(m-mean) > tolerance || math.Abs(d-deviation) > tolerance {
			t.Errorf("mean %v and deviation %v, want %v and %v", m, d, mean, deviation)
		}
	}
	const p = -1.7580993408473766
	a := math.Pow((1-rate)*(1+rate*p*p), -0.5)
	first := map[string][]float64{}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, k := range []struct {
			layer nn.Layer
			row   []int
			look  func(t *testing.T, x, y []float64)
		}{
			{layers.Dropout{Rate: rate}, []int{n}, func(t *testing.T, x, y []float64) {
				shares(t, y, 0, func(i int) float64 { return x[i] / (1 - rate) })
			}},
			{layers.SpatialDropout1D{Rate: rate}, []int{2, n / 2}, func(t *testing.T, x, y []float64) {
				shares(t, y, 0, func(i int) float64 { return x[i] / (1 - rate) })
				for i := range y {
					if step := i / (n / 2); step%2 == 0 && (y[i] == 0) != (y[i+n/2] == 0) {
						t.Fatalf("element %d is dropped at one step and not at the other", i)
					}
				}
			}},
			{layers.Dropout{Name: "columns", Rate: rate, NoiseShape: []int{1, 0}}, []int{n}, func(t *testing.T, x, y []float64) {
				shares(t, y, 0, func(i int) float64 { return x[i] / (1 - rate) })
				for i := range n {
					if (y[i] == 0) != (y[i+n] == 0) || (y[i] == 0) != (y[i+2*n] == 0) {
						t.Fatalf("column %d is dropped in one row and not in another", i)
					}
				}
			}},
			{layers.AlphaDropout{Rate: rate}, []int{n}, func(t *testing.T, x, y []float64) {
				b := -a * p * rate
				shares(t, y, a*p+b, func(i int) float64 { return a*x[i] + b })
				moments(t, y, 0, 1)
			}},
			{layers.GaussianNoise{StdDev: 0.5}, []int{n}, func(t *testing.T, x, y []float64) {
				moments(t, array{shape: []int{len(y)}, v: y}.combine(array{shape: []int{len(y)}, v: x}, sub).v, 0, 0.5)
			}},
			{layers.GaussianDropout{Rate: rate}, []int{n}, func(t *testing.T, x, y []float64) {
				var factors []float64
				for i := range x {
					if math.Abs(x[i]) > 0.1 {
						factors = append(factors, y[i]/x[i])
					}
				}
				moments(t, factors, 1, math.Sqrt(rate/(1-rate)))
			}},
		} {
			name := fmt.Sprintf("%T%v", k.layer, k.layer)
			t.Run(typeName(k.layer), func(t *testing.T) {
				r := newRig(t, b, check{layer: k.layer, rows: [][]int{k.row}})
				y, _, _ := r.train()
				y = slices.Clone(y)
				k.look(t, r.x()[0].v, y)
				if first[name] == nil {
					first[name] = y
				}
				graphtest.Near(t, "beside the first backend", y, first[name], 1e-5, 1e-5)
				r.set(r.before)
				if next, _, _ := r.train(); slices.Equal(next, y) {
					t.Error("the second step has the random numbers of the first")
				}
			})
		}
	})
}
