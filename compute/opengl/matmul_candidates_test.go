//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestEveryCandidate runs each way to compute a product, not only those that
// are chosen, over shapes at the edges of its grid, against float64. A second
// run gives the same bits.
func TestEveryCandidate(t *testing.T) {
	requireDevice(t)
	d, err := open(options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, c := range candidates() {
		t.Run(c.String(), func(t *testing.T) {
			ran := 0
			d.choose = func(lim limits, p product) candidate {
				if !c.can(lim, p) {
					return choose(lim, p)
				}
				ran++
				return c
			}
			for i, s := range edgeShapes(c, testing.Short()) {
				for _, trans := range []int{i % 4, 3 - i%4} { // each factor both ways
					s.transA, s.transB = trans&1 != 0, trans&2 != 0
					newTrial(t, d, s).check(t)
				}
			}
			if ran == 0 {
				t.Error("never ran")
			}
		})
	}
}

// trialShape is a product to try: aligned matrices allow vec4 loads, others
// start at odd words and have odd strides. Between their rows lies NaN.
type trialShape struct {
	batch, m, n, k int
	transA, transB bool
	aligned        bool
	finish         bool // accumulate, add a bias, apply tanh
}

// edgeShapes are a candidate's grid step, and one place less and more; sums of
// no terms, one, as many as a loop may have, and more; several matrices.
func edgeShapes(c candidate, short bool) []trialShape {
	m, n := gridOf(c)
	shapes := []trialShape{
		{batch: 1, m: m, n: n, k: 64, aligned: true},
		{batch: 1, m: m + 1, n: n - 1, k: 33, finish: true},
		{batch: 2, m: m - 1, n: n + 1, k: 101, aligned: true},
		{batch: 1, m: 2, n: 3, k: 70_000, aligned: true},
		{batch: 2, m: (bandRows+2)*m + 1, n: 2*n + 1, k: 5}, // more than a band
	}
	if short {
		return shapes
	}
	return append(shapes,
		trialShape{batch: 3, m: 5, n: 2, k: 1, finish: true},
		trialShape{batch: 1, m: m, n: 1, k: 0, finish: true},
		trialShape{batch: 1, m: 1, n: n + 5, k: 19, aligned: true},
		trialShape{batch: 1, m: 3, n: 1, k: longestK, finish: true},
	)
}

// gridOf is how many rows and columns a work group of a candidate computes.
func gridOf(c candidate) (m, n int) {
	switch c := c.(type) {
	case splitK:
		return gridOf(c.candidate)
	case flat:
		if c.lanesAlongM {
			return flatLanes * c.own, c.shared
		}
		return c.shared, flatLanes * c.own
	case tiled:
		return c.m, c.n
	}
	panic(fmt.Sprintf("a candidate of type %T", c))
}

// trial is a product set up on a device, with its operands in host memory.
type trial struct {
	trialShape
	d             *device
	kernel        *compute.MatMul
	a, b, c, bias []float32
}

func newTrial(t *testing.T, d *device, s trialShape) *trial {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	x := &trial{trialShape: s, d: d}
	matrix := func(rows, columns int) ([]float32, compute.Matrix) {
		stride, offset := ceil(columns, 4)*4, 4
		if !s.aligned {
			stride, offset = columns+1+columns%2, 3
		}
		size := max(rows*stride, 1)
		values := make([]float32, offset+s.batch*size)
		for i := range values {
			values[i] = float32(math.NaN()) // outside: nothing may come of it
		}
		m := compute.Matrix{Stride: stride, Batch: size}
		for b := range s.batch {
			for i := range rows {
				row := values[offset+b*size+i*stride:]
				for j := range columns {
					row[j] = rng.Float32() - 0.5
				}
			}
		}
		b, err := compute.NewBufferOf(d, values)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Release)
		m.View = compute.ViewOf(b).Slice(offset, len(values)-offset)
		return values, m
	}
	k := &compute.MatMul{Batch: s.batch, M: s.m, N: s.n, K: s.k, TransA: s.transA, TransB: s.transB}
	rows, columns := swap(s.m, s.k, s.transA)
	x.a, k.A = matrix(rows, columns)
	rows, columns = swap(s.k, s.n, s.transB)
	x.b, k.B = matrix(rows, columns)
	x.c, k.C = matrix(s.m, s.n)
	if s.finish {
		var bias compute.Matrix
		x.bias, bias = matrix(1, s.n)
		f := compute.NewBuilder(compute.Float, compute.Float)
		k.Accumulate = true
		k.Epilogue = &compute.Epilogue{
			Expr: f.MustBuild(f.Apply(compute.OpTanh, f.Apply(compute.OpAdd, f.Input(0), f.Input(1)))),
			In:   []compute.Operand{compute.RowVector(bias.View.Slice(0, s.n))},
		}
	}
	x.kernel = k
	return x
}

func swap(rows, columns int, transposed bool) (int, int) {
	if transposed {
		return columns, rows
	}
	return rows, columns
}

// check runs the product twice and compares its elements with float64 sums.
func (x *trial) check(t *testing.T) {
	t.Helper()
	var first []float32
	for range 2 {
		x.d.Write(compute.ViewOf(x.kernel.C.Buffer), compute.Words(x.c))
		x.d.Run(x.kernel)
		got, err := compute.ReadAs[float32](x.d, compute.ViewOf(x.kernel.C.Buffer))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		} else if !slices.Equal(compute.Words(got), compute.Words(first)) {
			t.Fatalf("%v: two runs differ", x.kernel)
		}
	}
	for at := range first {
		b, i, j, inside := x.element(at)
		if !inside {
			if math.Float32bits(first[at]) != math.Float32bits(x.c[at]) {
				t.Fatalf("%v: word %d outside C was written", x.kernel, at)
			}
			continue
		}
		want, slack := x.want(b, i, j, float64(x.c[at]))
		if got := float64(first[at]); !(math.Abs(got-want) <= slack) {
			t.Fatalf("%v: element (%d, %d, %d) is %g, want %g within %g", x.kernel, b, i, j, got, want, slack)
		}
	}
}

// element is the place in C of a word of its buffer.
func (x *trial) element(at int) (b, i, j int, inside bool) {
	m := x.kernel.C
	at -= m.Offset
	if at < 0 {
		return 0, 0, 0, false
	}
	b, i, j = at/m.Batch, at%m.Batch/m.Stride, at%m.Batch%m.Stride
	return b, i, j, i < x.m && j < x.n
}

// want is an element in float64, and how far float32 may be from it; bias and
// tanh have roundings of their own.
func (x *trial) want(b, i, j int, old float64) (value, slack float64) {
	size := 0.0
	for l := range x.k {
		term := load(x.a, x.kernel.A, b, i, l, x.transA) * load(x.b, x.kernel.B, b, l, j, x.transB)
		value += term
		size += math.Abs(term)
	}
	slack = dotError(x.k, size+1)
	if x.finish {
		value = math.Tanh(value + old + float64(x.bias[x.kernel.Epilogue.In[0].Offset+j]))
	}
	return value, slack
}

func load(values []float32, m compute.Matrix, b, i, j int, transposed bool) float64 {
	i, j = swap(i, j, transposed)
	return float64(values[m.Offset+b*m.Batch+i*m.Stride+j])
}
