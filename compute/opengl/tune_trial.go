//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// tried is a candidate after its trial.
type tried struct {
	way     candidate
	seconds float64
	err     error
}

// fastest is the place of the best of those without an error; -1 for none.
func fastest(all []tried) int {
	best := -1
	for i, r := range all {
		if r.err == nil && (best < 0 || r.seconds < all[best].seconds) {
			best = i
		}
	}
	return best
}

// try runs all ways of a class on a product of its own. An error means that
// none could be tried.
func (t *tuner) try(c class) (*compute.MatMul, []tried, error) {
	sample := c.sample(t.mostFLOPs())
	b, err := newTestBench(t.dev, *sample)
	if err != nil {
		return nil, nil, err
	}
	defer b.release()
	return sample, b.tryAll(ways(t.dev.lim, productOf(sample))), nil
}

// testBench is a product on which candidates are tried.
type testBench struct {
	dev     *device
	kernel  compute.MatMul
	a, b    []float32 // the factors
	spoilt  []uint32  // what C holds before a trial: NaN
	buffers []compute.Buffer
}

func newTestBench(d *device, k compute.MatMul) (*testBench, error) {
	t := &testBench{dev: d, kernel: k}
	rows, columns := k.M, k.K
	if k.TransA {
		rows, columns = columns, rows
	}
	var err error
	if t.a, t.kernel.A, err = t.matrix(1, rows, columns); err != nil {
		return nil, err
	}
	rows, columns = k.K, k.N
	if k.TransB {
		rows, columns = columns, rows
	}
	if t.b, t.kernel.B, err = t.matrix(2, rows, columns); err != nil {
		return nil, err
	}
	c, m, err := t.matrix(3, k.M, k.N)
	if err != nil {
		return nil, err
	}
	t.kernel.C = m
	t.spoilt = make([]uint32, len(c))
	for i := range t.spoilt {
		t.spoilt[i] = math.Float32bits(float32(math.NaN()))
	}
	return t, nil
}

// matrix is a batch of matrices of random numbers, on the host and the device.
func (t *testBench) matrix(seed uint64, rows, columns int) ([]float32, compute.Matrix, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, t.kernel.Batches()*rows*columns)
	for i := range values {
		values[i] = rng.Float32() - 0.5
	}
	b, err := compute.NewBufferOf(t.dev, values)
	if err != nil {
		t.release()
		return nil, compute.Matrix{}, err
	}
	t.buffers = append(t.buffers, b)
	m := compute.Rows(compute.ViewOf(b), columns)
	m.Batch = rows * columns
	return values, m, nil
}

func (t *testBench) release() {
	for _, b := range t.buffers {
		b.Release()
	}
}

// tryAll tries each candidate. Those that are far behind run once.
func (t *testBench) tryAll(ways []candidate) []tried {
	var all []tried
	best := math.Inf(1)
	for _, w := range ways {
		r := tried{way: w}
		r.seconds, r.err = t.try(w, best)
		if r.err == nil {
			best = min(best, r.seconds)
		}
		all = append(all, r)
	}
	return all
}

// try holds a candidate's results against the CPU's, then times it.
func (t *testBench) try(w candidate, best float64) (seconds float64, err error) {
	l := &lowering{dev: t.dev, lim: t.dev.lim}
	if err := w.emit(l, productOf(&t.kernel)); err != nil {
		return 0, err
	}
	r, err := t.dev.record(l.list)
	if err != nil {
		return 0, err
	}
	defer r.Release()
	t.dev.Write(t.kernel.C.View, t.spoilt)
	r.Replay(1)
	c, err := compute.ReadAs[float32](t.dev, t.kernel.C.View)
	if err != nil {
		return 0, err
	}
	if err := t.check(c); err != nil {
		return 0, fmt.Errorf("opengl: %s: %v computes a wrong product: %w", t.dev.lim.renderer, w, err)
	}
	if !t.dev.th.call(func(g *gpu) { seconds, err = g.stopwatch(r, best) }) {
		return 0, t.dev.closedError()
	}
	return seconds, err
}

// trialSamples is how many elements are checked against float64; that all
// were written is checked as well.
const trialSamples = 64

// check compares a sample of the product's elements, the corners with it.
func (t *testBench) check(c []float32) error {
	k := &t.kernel
	for i, x := range c {
		if x != x {
			return fmt.Errorf("element %d of %v is NaN", i, k)
		}
	}
	rng := rand.New(rand.NewPCG(4, 0))
	for s := range trialSamples {
		b, i, j := rng.IntN(k.Batches()), rng.IntN(k.M), rng.IntN(k.N)
		if s < 4 {
			i, j = (k.M-1)*(s&1), (k.N-1)*(s>>1)
		}
		want, size := 0.0, 0.0
		for l := range k.K {
			term := at(t.a, k.A, b, i, l, k.TransA) * at(t.b, k.B, b, l, j, k.TransB)
			want, size = want+term, size+math.Abs(term)
		}
		slack := dotError(k.K, size)
		if got := at(c, k.C, b, i, j, false); !(math.Abs(got-want) <= slack) {
			return fmt.Errorf("element (%d, %d, %d) of %v is %g, want %g within %g", b, i, j, k, got, want, slack)
		}
	}
	return nil
}

// at is the element (i, j) of a matrix, or of its transpose.
func at(values []float32, m compute.Matrix, b, i, j int, transposed bool) float64 {
	if transposed {
		i, j = j, i
	}
	return float64(values[b*m.Batch+i*m.Stride+j])
}

// dotError is how far a sum of terms products may be off in float32: roundings
// of single terms, relative to the sum of their sizes, add up as a random walk
// does.
func dotError(terms int, size float64) float64 {
	const rounding = 1.0 / (1 << 24)
	return (16 + 2*math.Sqrt(float64(terms))) * rounding * size
}

// stopwatch gives the shortest of a few runs in seconds, by the device's own
// clock. A first run that takes thrice as long as best is the last.
func (g *gpu) stopwatch(r *recording, best float64) (float64, error) {
	const runs = 5
	shortest := math.Inf(1)
	for range runs {
		s, err := g.clocked(r)
		if err != nil {
			return 0, err
		}
		if shortest = min(shortest, s); shortest > 3*best {
			break
		}
	}
	return shortest, nil
}

// clocked times one run between two timestamps. GL_TIME_ELAPSED would do with
// one query, but reads 0 on llvmpipe. A device without a clock goes by ours.
func (g *gpu) clocked(r *recording) (seconds float64, err error) {
	var bits int32
	gl.GetQueryiv(gl.TIMESTAMP, gl.QUERY_COUNTER_BITS, &bits)
	var queries [2]uint32
	gl.GenQueries(2, &queries[0])
	defer gl.DeleteQueries(2, &queries[0])
	if err := g.finish(); err != nil {
		return 0, err
	}
	start := time.Now()
	gl.QueryCounter(queries[0], gl.TIMESTAMP)
	g.replay(r, 1)
	gl.QueryCounter(queries[1], gl.TIMESTAMP)
	if err := g.finish(); err != nil {
		return 0, err
	}
	if bits == 0 {
		return time.Since(start).Seconds(), nil
	}
	var from, to uint64
	gl.GetQueryObjectui64v(queries[0], gl.QUERY_RESULT, &from)
	gl.GetQueryObjectui64v(queries[1], gl.QUERY_RESULT, &to)
	if to <= from {
		return 0, fmt.Errorf("opengl: %s: a kernel took from %d to %d ns by the driver's clock", g.lim.renderer, from, to)
	}
	return float64(to-from) / 1e9, nil
}
