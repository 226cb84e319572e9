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

// BenchmarkSparse is the first layer of the Reuters model: 512 rows of about
// 110 ones among 10,000 words, 64 units.
func BenchmarkSparse(t *testing.B) {
	const m, n, k, ones = 512, 64, 10000, 110
	b := newBench(t, 2, "")
	r := rng()
	a := multiHot(b, m, k, ones)
	w, y := compute.Rows(b.floats(randoms(r, k*n)), n), compute.Rows(b.floats(randoms(r, m*n)), n)
	t.Run("forward", func(t *testing.B) { b.replayed(t, &compute.SparseMatMul{M: m, N: n, A: a, B: w, C: y}) })
	t.Run("gradient", func(t *testing.B) { b.replayed(t, &compute.SparseMatMulT{M: m, N: n, A: a, B: y, C: w}) })
}

// BenchmarkTraining is the kernels of an epoch of the four jobs of cmd/bench,
// about as a program has them: a shuffled gather, forward, loss, gradients and
// the optimizer. Reuters is sparse, with 110 ones a row.
func BenchmarkTraining(t *testing.B) {
	for _, j := range []struct {
		name        string
		rows, batch int
		sizes       []int
		optimizer   func(b *bench, n int) *compute.Map
	}{
		{"reuters", 7982, 512, []int{10000, 64, 64, 46}, rmsprop},
		{"mnist", 60000, 128, []int{784, 128, 10}, adam},
		{"titanic", 891, 32, []int{10, 16, 16, 1}, adam},
		{"wide", 8192, 256, []int{1024, 1024, 1024, 100}, momentum},
	} {
		for _, products := range productNames(t) {
			for _, threads := range []int{1, 2} {
				t.Run(fmt.Sprintf("%s/%s/threads=%d", j.name, products, threads), func(t *testing.B) {
					b := newBench(t, threads, products)
					r, err := b.d.Record(trainingStep(b, j.rows, j.batch, j.sizes, j.optimizer))
					if err != nil {
						t.Fatal(err)
					}
					steps := (j.rows + j.batch - 1) / j.batch
					r.Replay(1)
					for t.Loop() {
						r.Replay(steps)
					}
					if err := b.d.Sync(); err != nil {
						t.Fatal(err)
					}
					t.ReportMetric(float64(t.Elapsed().Nanoseconds())/float64(t.N)/1e6, "ms/epoch")
				})
			}
		}
	}
}

// rmsprop is one step of RMSprop (Hinton 2012) over n parameters.
func rmsprop(b *bench, n int) *compute.Map {
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float)
	p, g, v, rate, op := e.Input(0), e.Input(1), e.Input(2), e.Input(3), e.Apply
	v2 := op(compute.OpAdd, op(compute.OpMul, e.Float(0.9), v), op(compute.OpMul, e.Float(0.1), op(compute.OpMul, g, g)))
	p2 := op(compute.OpSub, p, op(compute.OpDiv, op(compute.OpMul, rate, g), op(compute.OpAdd, op(compute.OpSqrt, v2), e.Float(1e-7))))
	return update(b, n, e.MustBuild(p2, v2), 3)
}

// momentum is one step of gradient descent with momentum over n parameters.
func momentum(b *bench, n int) *compute.Map {
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float)
	p, g, v, rate, op := e.Input(0), e.Input(1), e.Input(2), e.Input(3), e.Apply
	v2 := op(compute.OpAdd, op(compute.OpMul, e.Float(0.9), v), g)
	return update(b, n, e.MustBuild(op(compute.OpSub, p, op(compute.OpMul, rate, v2)), v2), 3)
}

// update runs an optimizer's formula over arrays of n, of which all but the
// gradient, the second, are written.
func update(b *bench, n int, e *compute.Expr, arrays int) *compute.Map {
	d := compute.D(n)
	k := &compute.Map{Expr: e, Dims: d}
	for i := range arrays {
		o := compute.Full(b.floats(make([]float32, n)), d)
		k.In = append(k.In, o)
		if i != 1 {
			k.Out = append(k.Out, o)
		}
	}
	k.In = append(k.In, compute.Scalar(b.floats([]float32{1e-3})))
	return k
}

func trainingStep(b *bench, rows, batch int, sizes []int, optimizer func(b *bench, n int) *compute.Map) []compute.Kernel {
	r := rng()
	m := func(rows, cols int) compute.Matrix { return compute.Rows(b.floats(randoms(r, rows*cols)), cols) }
	e := compute.NewBuilder(compute.Float, compute.Float)
	relu := e.MustBuild(e.Apply(compute.OpRelu, e.Apply(compute.OpAdd, e.Input(0), e.Input(1))))
	e = compute.NewBuilder(compute.Float, compute.Float)
	back := e.MustBuild(e.Apply(compute.OpSelect, e.Apply(compute.OpLess, e.Float(0), e.Input(1)), e.Input(0), e.Float(0)))

	order := make([]int32, rows)
	for i, p := range r.Perm(rows) {
		order[i] = int32(p)
	}
	index := compute.Index{View: b.ints(order)}
	labels := b.ints(make([]int32, batch))
	var kernels []compute.Kernel
	var words compute.CSR
	x := []compute.Matrix{{}}
	if sparse := sizes[0] == 10000; sparse {
		words = multiHot(b, rows, sizes[0], 110)
		words.Rows = index
	} else {
		x[0] = m(batch, sizes[0])
		kernels = append(kernels, &compute.Gather{Rows: batch, Cols: sizes[0], TableRows: rows, Table: m(rows, sizes[0]), Index: index, Out: x[0]})
	}
	layers, parameters := len(sizes)-1, 0
	var ws []compute.Matrix
	for i := range layers {
		n, k := sizes[i+1], sizes[i]
		parameters += k*n + n
		ws, x = append(ws, m(k, n)), append(x, m(batch, n))
		epilogue := &compute.Epilogue{Expr: relu, In: []compute.Operand{compute.RowVector(b.floats(randoms(r, n)))}}
		if words.Cols > 0 && i == 0 {
			kernels = append(kernels, &compute.SparseMatMul{M: batch, N: n, A: words, B: ws[i], C: x[i+1], Epilogue: epilogue})
		} else {
			kernels = append(kernels, &compute.MatMul{M: batch, N: n, K: k, A: x[i], B: ws[i], C: x[i+1], Epilogue: epilogue})
		}
	}
	out := sizes[layers]
	grad := m(batch, out)
	kernels = append(kernels, &compute.SoftmaxCrossEntropy{Rows: batch, Cols: out, Logits: x[layers], Labels: labels, Loss: b.floats(make([]float32, batch)), Grad: grad})
	for i := layers - 1; i >= 0; i-- {
		n, k := sizes[i+1], sizes[i]
		if words.Cols > 0 && i == 0 {
			kernels = append(kernels, &compute.SparseMatMulT{M: batch, N: n, A: words, B: grad, C: m(k, n)})
		} else {
			kernels = append(kernels, &compute.MatMul{M: k, N: n, K: batch, TransA: true, A: x[i], B: grad, C: m(k, n)})
		}
		d := compute.D(batch, n)
		kernels = append(kernels, &compute.Reduce{Op: compute.ReduceSum, Expr: identity, Dims: d, Axes: [4]bool{true, true, true, false}, In: []compute.Operand{compute.Full(grad.View, d)}, Out: compute.RowVector(b.floats(make([]float32, n)))})
		if i > 0 {
			next := m(batch, k)
			kernels = append(kernels, &compute.MatMul{M: batch, N: k, K: n, TransB: true, A: grad, B: ws[i], C: next,
				Epilogue: &compute.Epilogue{Expr: back, In: []compute.Operand{compute.Full(x[i].View, compute.D(batch, k))}}})
			grad = next
		}
	}
	return append(kernels, optimizer(b, parameters))
}

// multiHot is rows with ones at places that, like words, are the more frequent
// the lower they are.
func multiHot(b *bench, rows, cols, ones int) compute.CSR {
	r := rng()
	rowPtr, col := []int32{0}, []int32{}
	for range rows {
		seen := map[int32]bool{}
		for len(seen) < ones {
			seen[int32(float64(cols)*math.Pow(r.Float64(), 4))] = true
		}
		for c := range int32(cols) {
			if seen[c] {
				col = append(col, c)
			}
		}
		rowPtr = append(rowPtr, int32(len(col)))
	}
	return compute.CSR{RowPtr: b.ints(rowPtr), Col: b.ints(col), Cols: cols}
}
