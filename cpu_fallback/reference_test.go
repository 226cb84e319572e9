package cpu_fallback

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// bench is a device with helpers to fill and read its memory.
type bench struct {
	testing.TB
	d *device
}

func newBench(t testing.TB, threads int, blas string) *bench {
	t.Helper()
	b, err := OpenWith(Options{Threads: threads, BLAS: blas})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return &bench{t, b.(*device)}
}

func (b *bench) floats(x []float32) compute.View {
	b.Helper()
	v, err := compute.NewBufferOf(b.d, x)
	if err != nil {
		b.Fatal(err)
	}
	return compute.ViewOf(v)
}

func (b *bench) ints(x []int32) compute.View {
	b.Helper()
	v, err := compute.NewBufferOf(b.d, x)
	if err != nil {
		b.Fatal(err)
	}
	return compute.ViewOf(v)
}

func (b *bench) read(v compute.View) []float32 {
	b.Helper()
	x, err := compute.ReadAs[float32](b.d, v)
	if err != nil {
		b.Fatal(err)
	}
	return x
}

func randoms(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func rng() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// near compares with a tolerance relative to the larger of 1 and the values.
func near(t testing.TB, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		g := float64(got[i])
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if !(math.Abs(g-w) <= tolerance*max(1, math.Abs(w))) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

// each calls f for every place of d in row-major order.
func each(d compute.Dims, f func(c compute.Dims, i int)) {
	i := 0
	for a := range d[0] {
		for b := range d[1] {
			for c := range d[2] {
				for e := range d[3] {
					f(compute.Dims{a, b, c, e}, i)
					i++
				}
			}
		}
	}
}
