package cpu_fallback

import (
	"fmt"
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// replayed times a recording of kernels, after one replay to warm up.
func (b *bench) replayed(t *testing.B, kernels ...compute.Kernel) {
	b.Helper()
	r, err := b.d.Record(kernels)
	if err != nil {
		b.Fatal(err)
	}
	r.Replay(1)
	t.ResetTimer()
	for t.Loop() {
		r.Replay(1)
	}
	t.StopTimer()
	if err := b.d.Sync(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkMatMul(t *testing.B) {
	shapes := []struct {
		m, n, k  int
		tA, tB   bool
		training string
	}{
		{256, 256, 256, false, false, ""}, {512, 512, 512, false, false, ""},
		{1024, 1024, 1024, false, false, ""}, {1024, 1024, 1024, true, false, ""}, {1024, 1024, 1024, false, true, ""}, {1024, 1024, 1024, true, true, ""},
		{128, 128, 784, false, false, "mnist"}, {128, 10, 128, false, false, "mnist"}, {784, 128, 128, true, false, "mnist"}, {128, 128, 10, false, true, "mnist"},
		{256, 1024, 1024, false, false, "wide"}, {1024, 1024, 256, true, false, "wide"}, {256, 1024, 1024, false, true, "wide"}, {256, 100, 1024, false, false, "wide"}, {1024, 100, 256, true, false, "wide"},
		{32, 16, 10, false, false, "titanic"}, {16, 16, 32, true, false, "titanic"},
		{1, 1024, 1024, false, false, "one row"},
	}
	for _, name := range productNames(t) {
		for _, threads := range []int{1, 2} {
			for _, s := range shapes {
				t.Run(fmt.Sprintf("%s/threads=%d/%dx%dx%d/%v,%v%s", name, threads, s.m, s.n, s.k, s.tA, s.tB, s.training), func(t *testing.B) {
					b := newBench(t, threads, name)
					testMatMulOnce(b, s.m, s.n, s.k, s.tA, s.tB)
					r := rng()
					g := &compute.MatMul{M: s.m, N: s.n, K: s.k, TransA: s.tA, TransB: s.tB, C: compute.Rows(b.floats(make([]float32, s.m*s.n)), s.n)}
					g.A, g.B = compute.Rows(b.floats(randoms(r, s.m*s.k)), s.k), compute.Rows(b.floats(randoms(r, s.k*s.n)), s.n)
					if s.tA {
						g.A.Stride = s.m
					}
					if s.tB {
						g.B.Stride = s.k
					}
					b.replayed(t, g)
					t.ReportMetric(float64(g.FLOPs())*float64(t.N)/float64(t.Elapsed().Nanoseconds()), "GFLOP/s")
				})
			}
		}
	}
}

// testMatMulOnce holds a few elements of a product against float64.
func testMatMulOnce(b *bench, m, n, k int, tA, tB bool) {
	v := 0
	if tA {
		v |= 1
	}
	if tB {
		v |= 2
	}
	testMatMul(b.TB, b, 1, min(m, 70), min(n, 70), min(k, 300), v)
}

// adam is one step of Adam (Kingma & Ba 2015) over n parameters, as the
// optimizer writes it: 4 arrays read, 3 written.
func adam(b *bench, n int) *compute.Map {
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float, compute.Float)
	p, g, m, v, rate := e.Input(0), e.Input(1), e.Input(2), e.Input(3), e.Input(4)
	op := e.Apply
	m2 := op(compute.OpAdd, m, op(compute.OpMul, e.Float(0.1), op(compute.OpSub, g, m)))
	v2 := op(compute.OpAdd, v, op(compute.OpMul, e.Float(0.001), op(compute.OpSub, op(compute.OpMul, g, g), v)))
	p2 := op(compute.OpSub, p, op(compute.OpDiv, op(compute.OpMul, rate, m2), op(compute.OpAdd, op(compute.OpSqrt, v2), e.Float(1e-7))))
	d := compute.D(n)
	op4 := func() compute.Operand { return compute.Full(b.floats(make([]float32, n)), d) }
	po, gr, mo, vo := op4(), op4(), op4(), op4()
	return &compute.Map{Expr: e.MustBuild(p2, m2, v2), Dims: d, In: []compute.Operand{po, gr, mo, vo, compute.Scalar(b.floats([]float32{1e-3}))}, Out: []compute.Operand{po, mo, vo}}
}

func BenchmarkAdam(t *testing.B) {
	for _, n := range []int{465, 100_000, 1_000_000, 10_000_000} {
		t.Run(fmt.Sprint(n), func(t *testing.B) {
			b := newBench(t, 2, "")
			b.replayed(t, adam(b, n))
			t.ReportMetric(28*float64(n)*float64(t.N)/float64(t.Elapsed().Nanoseconds()), "GB/s")
		})
	}
}

// BenchmarkCopy moves as many bytes as Adam does: 14 read and 14 written for
// each parameter.
func BenchmarkCopy(t *testing.B) {
	for _, n := range []int{465, 100_000, 1_000_000, 10_000_000} {
		t.Run(fmt.Sprint(n), func(t *testing.B) {
			b := newBench(t, 2, "")
			d := compute.D(n * 14 / 4)
			b.replayed(t, &compute.Copy{Dims: d, In: compute.Full(b.floats(make([]float32, d.Size())), d), Out: compute.Full(b.floats(make([]float32, d.Size())), d)})
			t.ReportMetric(28*float64(n)*float64(t.N)/float64(t.Elapsed().Nanoseconds()), "GB/s")
		})
	}
}

func BenchmarkFunctions(t *testing.B) {
	n := 1 << 20
	for _, op := range []compute.Op{compute.OpAdd, compute.OpExp, compute.OpLog, compute.OpTanh, compute.OpSigmoid, compute.OpErf, compute.OpPow, compute.OpSin} {
		t.Run(op.String(), func(t *testing.B) {
			b := newBench(t, 1, "")
			d := compute.D(n)
			x := randoms(rng(), n)
			for i := range x {
				x[i] = float32(math.Abs(float64(x[i])))
			}
			e := exprFor(op)
			in := []compute.Operand{compute.Full(b.floats(x), d), compute.Full(b.floats(x), d)}[:len(e.Inputs)]
			b.replayed(t, &compute.Map{Expr: e, Dims: d, In: in, Out: []compute.Operand{compute.Full(b.floats(make([]float32, n)), d)}})
			t.ReportMetric(float64(t.Elapsed().Nanoseconds())/float64(t.N)/float64(n), "ns/element")
		})
	}
}
