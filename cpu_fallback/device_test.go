package cpu_fallback

import (
	"errors"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/glearn-go/glearn/compute"
)

// someOfEach is a list with every kernel, and the views it writes.
func someOfEach(b *bench) ([]compute.Kernel, []compute.View) {
	r := rng()
	const m, n, k = 200, 300, 70
	x := func(words int) compute.View { return b.floats(randoms(r, words)) }
	mat := func(rows, cols int) compute.Matrix { return compute.Rows(x(rows*cols), cols) }
	col, rowPtr, labels := []int32{}, []int32{0}, []int32{}
	for range m {
		for j := int32(0); j < k; j += 1 + int32(r.IntN(20)) {
			col = append(col, j)
		}
		rowPtr = append(rowPtr, int32(len(col)))
		labels = append(labels, int32(r.IntN(k)))
	}
	a := compute.CSR{RowPtr: b.ints(rowPtr), Col: b.ints(col), Cols: k}
	index := compute.Index{View: b.ints(labels)}
	d := compute.D(m, n)
	bias := &compute.Epilogue{Expr: compute.Binary(compute.OpAdd), In: []compute.Operand{compute.RowVector(x(n))}}
	sum := func(axes [4]bool, rows, cols int) *compute.Reduce {
		d := compute.D(rows, cols)
		out := compute.RowVector(x(cols))
		if axes[3] {
			out = compute.ColumnVector(x(rows))
		}
		return &compute.Reduce{Op: compute.ReduceSum, Expr: identity, Dims: d, Axes: axes, In: []compute.Operand{compute.Full(x(rows*cols), d)}, Out: out}
	}
	all := sum([4]bool{true, true, true, false}, 70000, 1)
	all.Axes, all.Out = [4]bool{true, true, true, true}, compute.Scalar(x(1))
	kernels := []compute.Kernel{
		&compute.MatMul{M: m, N: n, K: k, A: mat(m, k), B: mat(k, n), C: mat(m, n), Epilogue: bias},
		&compute.MatMul{M: 600, N: 500, K: 700, TransA: true, TransB: true, A: mat(700, 600), B: mat(500, 700), C: mat(600, 500)},
		&compute.SparseMatMul{M: m, N: n, A: a, B: mat(k, n), C: mat(m, n), Epilogue: bias},
		&compute.SparseMatMulT{M: m, N: n, A: a, B: mat(m, n), C: mat(k, n)},
		adam(b, 100000),
		sum([4]bool{true, true, true, false}, 5000, 30), sum([4]bool{true, true, true, false}, 300, 1030), sum([4]bool{false, false, false, true}, 3, 40000), all,
		&compute.Softmax{Rows: m, Cols: n, In: mat(m, n), Out: mat(m, n)},
		&compute.SoftmaxCrossEntropy{Rows: m, Cols: k, Logits: mat(m, k), Labels: index.View, Loss: x(m), Grad: mat(m, k)},
		&compute.Gather{Rows: m, Cols: n, TableRows: k, Table: mat(k, n), Index: index, Out: mat(m, n)},
		&compute.ScatterAdd{Rows: m, Cols: n, TableRows: k, In: mat(m, n), Index: index, Table: mat(k, n)},
		&compute.Copy{Dims: d, In: compute.Operand{View: x(m * n), Strides: compute.Strides{0, 0, 1, m}}, Out: compute.Full(x(m*n), d)},
	}
	var written []compute.View
	for _, k := range kernels {
		_, w := k.Access()
		written = append(written, w...)
	}
	return kernels, written
}

func TestReplayAllocatesNothing(t *testing.T) {
	for _, name := range []string{"gonum", ""} {
		b := newBench(t, 2, name)
		kernels, _ := someOfEach(b)
		r, err := b.d.Record(kernels)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() { r.Replay(1) }); n != 0 {
			t.Errorf("%s: a replay makes %v allocations", b.d.Info().Driver, n)
		}
	}
}

func TestBitsDoNotDependOnTheCores(t *testing.T) {
	for _, name := range productNames(t) {
		var first [][]float32
		for _, threads := range []int{1, 2, 3, 7} {
			b := newBench(t, threads, name)
			kernels, written := someOfEach(b)
			for _, k := range kernels {
				b.d.Run(k)
			}
			var got [][]float32
			for _, v := range written {
				got = append(got, b.read(v))
			}
			if first == nil {
				first = got
				continue
			}
			for i, v := range got {
				for j := range v {
					if math.Float32bits(v[j]) != math.Float32bits(first[i][j]) {
						t.Fatalf("%s, %d threads: result %d, element %d is %v, with one thread %v", name, threads, i, j, v[j], first[i][j])
					}
				}
			}
		}
	}
}

func TestAbsurdSizesAreOutOfMemory(t *testing.T) {
	b := newBench(t, 1, "gonum")
	for _, words := range []int{math.MaxInt, 1 << 50, 1 << 44} {
		if _, err := b.d.NewBuffer(words); !errors.Is(err, compute.ErrOutOfMemory) {
			t.Errorf("NewBuffer(%d): %v, want ErrOutOfMemory", words, err)
		}
	}
	if err := b.d.Sync(); err != nil {
		t.Errorf("the device does not go on: %v", err)
	}
}

func TestReplayOfReleasedBufferIsMisuse(t *testing.T) {
	b := newBench(t, 1, "gonum")
	d := compute.D(4)
	x, y := b.floats(make([]float32, 4)), b.floats(make([]float32, 4))
	r, err := b.d.Record([]compute.Kernel{&compute.Copy{Dims: d, In: compute.Full(x, d), Out: compute.Full(y, d)}})
	if err != nil {
		t.Fatal(err)
	}
	r.Replay(2)
	x.Buffer.Release()
	r.Replay(1)
	if err := b.d.Sync(); !errors.Is(err, compute.ErrMisuse) {
		t.Errorf("got %v, want ErrMisuse", err)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Threads: -1}, {BLAS: "no such"}, {BLAS: filepath.Join("no", "such.so")}} {
		if _, err := OpenWith(o); err == nil {
			t.Errorf("%+v opens", o)
		}
	}
	t.Setenv("GLEARN_BLAS", "gonum")
	b := newBench(t, 0, "")
	if got := b.d.Info().Driver; !strings.HasPrefix(got, "gonum, ") {
		t.Errorf("driver %q, want gonum", got)
	}
	if _, err := OpenWith(Options{BLAS: "libm.so.6"}); err == nil || !strings.Contains(err.Error(), "libm") {
		t.Errorf("a library without products gives %v", err)
	}
}

// A library that answers wrongly in one layout only must be refused too.
func TestWrongProductsAreRefused(t *testing.T) {
	right := gonumProducts
	if err := right.selfTest(); err != nil {
		t.Errorf("gonum is refused: %v", err)
	}
	for name, break_ := range map[string]func(g *gemm){
		"nothing done":       func(g *gemm) { clear(g.c) },
		"transposed B wrong": func(g *gemm) { g.c[0] += float32(1e-3) * float32(truth(g.transB)) },
		"forgets to add":     func(g *gemm) { g.c[0] *= float32(1 - truth(g.add)) },
		"last column NaN":    func(g *gemm) { g.c[g.n-1] = nan },
		"writes past a row":  func(g *gemm) { g.c[g.n] = 5 },
		"wrong when large":   func(g *gemm) { g.c[0] += float32(truth(g.k > 255)) },
	} {
		wrong := products{name: name, panel: right.panel, sgemm: func(w *worker, g *gemm) { right.sgemm(w, g); break_(g) }}
		if err := wrong.selfTest(); !errors.Is(err, errWrong) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Long copies between the program and a buffer are shared out.
func TestLongCopies(t *testing.T) {
	b := newBench(t, 2, "gonum")
	for _, n := range []int{4*moveWords - 1, 4 * moveWords, 5*moveWords + 3} {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(i)
		}
		if got := b.read(b.floats(x)); !slices.Equal(got, x) {
			t.Errorf("%d words do not come back as they were written", n)
		}
	}
}

// The memory of a released buffer is free, whatever worked on it last.
func TestReleasedMemoryIsFree(t *testing.T) {
	b := newBench(t, 2, "")
	first, _ := someOfEach(b)
	for i := range first {
		kernels, _ := someOfEach(b) // some of which share arrays
		k := kernels[i]
		reads, writes := k.Access()
		b.d.Run(k)
		var left []weak.Pointer[float32]
		for _, v := range slices.Concat(reads, writes) {
			if x := v.Buffer.(*buffer); x.words != nil {
				left = append(left, weak.Make(&x.words[0]))
				v.Buffer.Release()
			}
		}
		runtime.GC()
		for n, p := range left {
			if p.Value() != nil {
				t.Errorf("%v: array %d is still in memory", k, n)
			}
		}
	}
	if err := b.d.Sync(); err != nil {
		t.Fatal(err)
	}
}
