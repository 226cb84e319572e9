package cpu_fallback

import (
	"fmt"
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// identity is the formula out0 = in0, on floats.
var identity = compute.Identity(compute.Float)

func TestReduceAgreesWithAddingUp(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	square := compute.NewBuilder(compute.Float)
	squared := square.MustBuild(square.Apply(compute.OpMul, square.Input(0), square.Input(0)))
	shapes := []compute.Dims{compute.D(1), compute.D(7), compute.D(3, 4), compute.D(5, 1, 3), compute.D(2, 3, 4, 5), compute.D(1000, 3), compute.D(3, 1000), compute.D(100, 700),
		compute.D(70000), compute.D(40000, 10), compute.D(10, 40000), compute.D(3, 200, 5, 30), compute.D(0, 4), compute.D(4, 0)}
	for _, d := range shapes {
		if testing.Short() && d.Size() > 100_000 {
			continue
		}
		for axes := range 16 {
			marks := [4]bool{axes&1 != 0, axes&2 != 0, axes&4 != 0, axes&8 != 0}
			for op := compute.ReduceSum; op <= compute.ReduceArgMax; op++ {
				for _, transposed := range []bool{false, true} {
					k := &compute.Reduce{Op: op, Expr: squared, Dims: d, Axes: marks}
					if op == compute.ReduceArgMax && k.Reduced() == 0 {
						continue
					}
					x := randoms(r, d.Size())
					in := compute.Full(b.floats(x), d)
					if transposed {
						in.Strides = compute.Strides{1, d[0], d[0] * d[1], d[0] * d[1] * d[2]}
					}
					kept := k.Kept()
					out := b.floats(make([]float32, kept.Size()))
					s := kept.Contiguous()
					for a := range s {
						if marks[a] || kept[a] == 1 {
							s[a] = 0
						}
					}
					k.In, k.Out = []compute.Operand{in}, compute.Operand{View: out, Strides: s}
					b.d.Run(k)
					t.Run(fmt.Sprint(d, marks, op, transposed), func(t *testing.T) {
						want := referenceReduce(k, x)
						got := b.read(out)
						if op == compute.ReduceArgMax {
							for i, g := range got {
								got[i] = float32(int32(math.Float32bits(g)))
							}
						}
						near(t, "reduce", got, want, 1e-5)
					})
					in.Buffer.Release()
					out.Buffer.Release()
				}
			}
		}
	}
}

func referenceReduce(k *compute.Reduce, x []float32) []float64 {
	kept := k.Kept()
	want := make([]float64, kept.Size())
	count := make([]int, kept.Size())
	best := make([]float64, kept.Size())
	for i := range want {
		if k.Op == compute.ReduceMax {
			want[i] = math.Inf(-1)
		}
		best[i] = math.Inf(-1)
	}
	each(k.Dims, func(c compute.Dims, _ int) {
		v := k.Expr.Eval([]float64{float64(x[k.In[0].Strides.Index(c)])}, 0)[0]
		at := k.Out.Strides.Index(c)
		switch k.Op {
		case compute.ReduceSum:
			want[at] += v
		case compute.ReduceMax:
			want[at] = math.Max(want[at], v)
		default:
			if v > best[at] {
				best[at], want[at] = v, float64(count[at])
			}
			count[at]++
		}
	})
	return want
}

func TestMatMulAgreesWithItsFormula(t *testing.T) {
	for _, name := range productNames(t) {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprint(name, threads), func(t *testing.T) {
				b := newBench(t, threads, name)
				for _, s := range [][4]int{{1, 1, 1, 1}, {1, 0, 3, 2}, {1, 3, 2, 0}, {1, 5, 7, 3}, {2, 33, 17, 9}, {3, 64, 192, 20}, {1, 65, 193, 65}, {1, 200, 400, 50}, {1, 1, 300, 1000}, {1, 300, 1, 1000}, {2, 130, 70, 300}, {1, 256, 256, 256}, {1, 12, 32, 700}, {1, 3, 2, 70000}} {
					if testing.Short() && s[0]*s[1]*s[2]*s[3] > 1<<18 {
						continue // minutes with the race detector
					}
					for v := range 32 {
						testMatMul(t, b, s[0], s[1], s[2], s[3], v)
					}
				}
			})
		}
	}
}

// productNames are the implementations that this machine has.
func productNames(t testing.TB) []string {
	var names []string
	for _, name := range []string{"gonum", "native", "openblas"} {
		if _, err := chooseProducts(name); err == nil {
			names = append(names, name)
		} else {
			t.Log(err)
		}
	}
	return names
}

// testMatMul runs one product; the bits of v choose its variant.
func testMatMul(t testing.TB, b *bench, batch, m, n, k, v int) {
	r := rng()
	g := &compute.MatMul{Batch: batch, M: m, N: n, K: k, TransA: v&1 != 0, TransB: v&2 != 0, Accumulate: v&4 != 0}
	pad := v >> 3 & 1 * 3
	ar, ac, br, bc := m, k, k, n
	if g.TransA {
		ar, ac = k, m
	}
	if g.TransB {
		br, bc = n, k
	}
	matrix := func(rows, cols int) ([]float32, compute.Matrix) {
		x := randoms(r, batch*rows*(cols+pad))
		return x, compute.Matrix{View: b.floats(x), Stride: cols + pad, Batch: rows * (cols + pad)}
	}
	var a, bb, c []float32
	a, g.A = matrix(ar, ac)
	bb, g.B = matrix(br, bc)
	c, g.C = matrix(m, n)
	bias, old := randoms(r, n), g.C
	if v&16 != 0 {
		e := compute.NewBuilder(compute.Float, compute.Float, compute.Float)
		sum := e.Apply(compute.OpAdd, e.Apply(compute.OpAdd, e.Input(0), e.Input(1)), e.Apply(compute.OpMul, e.Float(0.5), e.Input(2)))
		g.Epilogue = &compute.Epilogue{Expr: e.MustBuild(e.Apply(compute.OpRelu, sum), sum),
			In:  []compute.Operand{compute.RowVector(b.floats(bias)), {View: old.View, Strides: compute.Strides{0, old.Batch, old.Stride, 1}}},
			Out: []compute.Operand{compute.Full(b.floats(make([]float32, batch*m*n)), g.Dims())}}
	}
	b.d.Run(g)
	got := b.read(g.C.View)
	var second []float32
	if g.Epilogue != nil {
		second = b.read(g.Epilogue.Out[0].View)
	}
	if err := b.d.Sync(); err != nil {
		t.Fatal(err)
	}
	// Sums of k products of about 1 reach a few times sqrt(k); each of the k
	// additions loses up to 6e-8 of that, and these errors grow with sqrt(k).
	tolerance := 1e-5 + 3e-7*float64(k)
	for p := range batch {
		for i := range m {
			for j := range n {
				sum := 0.0
				for l := range k {
					ai, bi := i*g.A.Stride+l, l*g.B.Stride+j
					if g.TransA {
						ai = l*g.A.Stride + i
					}
					if g.TransB {
						bi = j*g.B.Stride + l
					}
					sum += float64(a[p*g.A.Batch+ai]) * float64(bb[p*g.B.Batch+bi])
				}
				at := p*g.C.Batch + i*g.C.Stride + j
				if g.Accumulate {
					sum += float64(c[at])
				}
				if g.Epilogue != nil {
					sum += float64(bias[j]) + 0.5*float64(c[at])
					if s := float64(second[(p*m+i)*n+j]); math.Abs(s-sum) > tolerance {
						t.Fatalf("%v: second output [%d, %d, %d] is %v, want %v", g, p, i, j, s, sum)
					}
					sum = max(sum, 0)
				}
				if math.Abs(float64(got[at])-sum) > tolerance {
					t.Fatalf("%v: element [%d, %d, %d] is %v, want %v", g, p, i, j, got[at], sum)
				}
			}
		}
	}
	for p := range batch {
		for i := range m {
			for j := n; j < g.C.Stride; j++ {
				if at := p*g.C.Batch + i*g.C.Stride + j; at < len(c) && got[at] != c[at] {
					t.Fatalf("%v: wrote past column %d of row %d", g, n, i)
				}
			}
		}
	}
	for _, view := range []compute.View{g.A.View, g.B.View, g.C.View} {
		view.Buffer.Release()
	}
}

func TestSparseAgreesWithDense(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	for _, s := range [][3]int{{1, 1, 1}, {5, 3, 4}, {40, 64, 100}, {512, 64, 3000}, {30, 33, 50}, {7, 200, 90}} {
		for v := range 8 {
			m, n, k := s[0], s[1], s[2]
			stored := m + 3
			dense := make([]float32, stored*k)
			rowPtr, col, val := []int32{0}, []int32{}, []float32{}
			for i := range stored {
				for j := range k {
					if r.IntN(8) == 0 {
						x := float32(1)
						if v&1 != 0 {
							x = float32(r.NormFloat64())
						}
						dense[i*k+j] = x
						col, val = append(col, int32(j)), append(val, x)
					}
				}
				rowPtr = append(rowPtr, int32(len(col)))
			}
			rows := make([]int32, 2*m)
			for i := range rows {
				rows[i] = int32(r.IntN(stored))
			}
			picked := make([]float32, 0, m*k)
			for i := range m {
				picked = append(picked, dense[int(rows[m+i])*k:][:k]...)
			}
			a := compute.CSR{RowPtr: b.ints(rowPtr), Col: b.ints(append(col, 0)).Slice(0, len(col)), Cols: k,
				Rows: compute.Index{View: b.ints(rows), Cursor: b.ints([]int32{1}), Stride: m}}
			if v&1 != 0 {
				a.Val = b.floats(append(val, 0)).Slice(0, len(col))
			}
			x, y, start := b.floats(randoms(r, k*n)), b.floats(randoms(r, m*n)), randoms(r, max(m, k)*n)
			sparse, want := b.floats(start), b.floats(start)
			accumulate := v&2 != 0
			var epilogue *compute.Epilogue
			if v&4 != 0 {
				epilogue = &compute.Epilogue{Expr: compute.Binary(compute.OpAdd), In: []compute.Operand{compute.RowVector(b.floats(randoms(r, n)))}}
			}
			da := compute.Rows(b.floats(picked), k)
			b.d.Run(&compute.SparseMatMul{M: m, N: n, A: a, B: compute.Rows(x, n), C: compute.Rows(sparse, n), Accumulate: accumulate, Epilogue: epilogue})
			b.d.Run(&compute.MatMul{M: m, N: n, K: k, A: da, B: compute.Rows(x, n), C: compute.Rows(want, n), Accumulate: accumulate, Epilogue: epilogue})
			near(t, fmt.Sprint("sparse ", s, v), b.read(sparse), wide(b.read(want)), 2e-5)
			sparse, want = b.floats(start), b.floats(start)
			b.d.Run(&compute.SparseMatMulT{M: m, N: n, A: a, B: compute.Rows(y, n), C: compute.Rows(sparse, n), Accumulate: accumulate})
			b.d.Run(&compute.MatMul{M: k, N: n, K: m, TransA: true, A: da, B: compute.Rows(y, n), C: compute.Rows(want, n), Accumulate: accumulate})
			near(t, fmt.Sprint("sparse transposed ", s, v), b.read(sparse), wide(b.read(want)), 2e-5)
		}
	}
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func TestSoftmaxCrossEntropy(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	for _, s := range [][2]int{{1, 1}, {3, 5}, {200, 46}, {2, 3000}, {5000, 10}} {
		rows, cols := s[0], s[1]
		x, target, labels := randoms(r, rows*cols), make([]float32, rows*cols), make([]int32, rows)
		for i := range x {
			x[i] *= 30
			target[i] = r.Float32()
		}
		for i := range labels {
			labels[i] = int32(r.IntN(cols + 1)) // one past the last is out of range
		}
		logits, grad, loss := compute.Rows(b.floats(x), cols), compute.Rows(b.floats(make([]float32, rows*cols)), cols), b.floats(make([]float32, rows))
		soft, logSoft := compute.Rows(b.floats(make([]float32, rows*cols)), cols), compute.Rows(b.floats(make([]float32, rows*cols)), cols)
		b.d.Run(&compute.Softmax{Rows: rows, Cols: cols, In: logits, Out: soft})
		b.d.Run(&compute.Softmax{Rows: rows, Cols: cols, In: logits, Out: logSoft, Log: true})
		wantSoft, wantLog := make([]float64, rows*cols), make([]float64, rows*cols)
		for i := range rows {
			top, sum := math.Inf(-1), 0.0
			for _, v := range x[i*cols : (i+1)*cols] {
				top = max(top, float64(v))
			}
			for _, v := range x[i*cols : (i+1)*cols] {
				sum += math.Exp(float64(v) - top)
			}
			for j := range cols {
				wantLog[i*cols+j] = float64(x[i*cols+j]) - top - math.Log(sum)
				wantSoft[i*cols+j] = math.Exp(wantLog[i*cols+j])
			}
		}
		near(t, "softmax", b.read(soft.View), wantSoft, 1e-6)
		near(t, "log softmax", b.read(logSoft.View), wantLog, 1e-6)
		for _, byLabel := range []bool{false, true} {
			k := &compute.SoftmaxCrossEntropy{Rows: rows, Cols: cols, Logits: logits, Loss: loss, Grad: grad}
			if byLabel {
				k.Labels = b.ints(labels)
			} else {
				k.Targets = compute.Rows(b.floats(target), cols)
			}
			b.d.Run(k)
			wantLoss, wantGrad := make([]float64, rows), make([]float64, rows*cols)
			for i := range rows {
				if byLabel && int(labels[i]) == cols {
					wantLoss[i] = math.NaN()
				}
				total := 0.0
				for j := range cols {
					tv := float64(target[i*cols+j])
					if byLabel {
						tv = 0
						if int(labels[i]) == j {
							tv = 1
						}
					}
					total += tv
					wantLoss[i] -= tv * wantLog[i*cols+j]
				}
				for j := range cols {
					tv := float64(target[i*cols+j])
					if byLabel {
						tv, total = 0, 1
						if int(labels[i]) == j {
							tv = 1
						}
					}
					wantGrad[i*cols+j] = wantSoft[i*cols+j]*total - tv
					if math.IsNaN(wantLoss[i]) {
						wantGrad[i*cols+j] = math.NaN()
					}
				}
			}
			near(t, "loss", b.read(loss), wantLoss, 1e-6)
			near(t, "grad", b.read(grad.View), wantGrad, 1e-6)
		}
	}
}

func TestGatherScatterCopy(t *testing.T) {
	b := newBench(t, 2, "gonum")
	table := b.floats([]float32{0, 1, 10, 11, 20, 21})
	idx := b.ints([]int32{9, 9, 2, 0, 2, -1})
	x := compute.Index{View: idx, Cursor: b.ints([]int32{1}), Stride: 2}
	out := b.floats(make([]float32, 8))
	b.d.Run(&compute.Gather{Rows: 4, Cols: 2, TableRows: 3, Table: compute.Rows(table, 2), Index: x, Out: compute.Rows(out, 2)})
	near(t, "gather", b.read(out), []float64{20, 21, 0, 1, 20, 21, math.NaN(), math.NaN()}, 0)
	in := b.floats([]float32{1, 2, 3, 4, 5, 6, 7, 8})
	b.d.Run(&compute.ScatterAdd{Rows: 4, Cols: 2, TableRows: 3, Table: compute.Rows(table, 2), Index: x, In: compute.Rows(in, 2)})
	near(t, "scatter", b.read(table), []float64{3, 5, 10, 11, 26, 29}, 0)

	for _, d := range []compute.Dims{compute.D(0), compute.D(1), compute.D(3, 4), compute.D(2, 3, 4, 5), compute.D(300, 700), compute.D(100000)} {
		x := randoms(rng(), d.Size())
		from := compute.Operand{View: b.floats(x), Strides: compute.Strides{1, d[0], d[0] * d[1], d[0] * d[1] * d[2]}}
		to := compute.Full(b.floats(make([]float32, d.Size())), d)
		b.d.Run(&compute.Copy{Dims: d, In: from, Out: to})
		got := b.read(to.View)
		each(d, func(c compute.Dims, i int) {
			if got[i] != x[from.Strides.Index(c)] {
				t.Fatalf("copy %v: element %v is %v", d, c, got[i])
			}
		})
	}
}
