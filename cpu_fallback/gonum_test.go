package cpu_fallback

import (
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// testGonum runs a product of each layout, overwriting and adding, with rows that
// lie side by side, apart by whole vectors of four words, and apart by less.
func testGonum(t *testing.T, w *worker, m, n, k int) {
	t.Helper()
	for v := range 8 {
		for _, apart := range []int{0, 1, 4} {
			g := &gemm{m: m, n: n, k: k, transA: v&1 != 0, transB: v&2 != 0, add: v&4 != 0}
			g.lda, g.ldb = k+apart, n+apart
			if g.transA {
				g.lda = m + apart
			}
			if g.transB {
				g.ldb = k + apart
			}
			if err := gonumProducts.testLaidOut(w, g); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The sizes at which one form or the other is taken, rows are padded, and gonum's
// loops end in less than a vector.
func TestGonumProductsAroundTheirThresholds(t *testing.T) {
	w := &worker{panel: alignedWords(gonumProducts.panel)}
	step := 1
	if testing.Short() {
		step = 5 // minutes with the race detector
	}
	for k := 1; k <= 70; k += step {
		for n := 1; n <= 49; n += 6 * step {
			for _, m := range []int{1, 7, 35} {
				testGonum(t, w, m, n, k)
			}
		}
	}
}

// Every tile fits the panel, and several blocks of terms add up.
func TestGonumProductsOfManyTerms(t *testing.T) {
	w := &worker{panel: alignedWords(gonumProducts.panel)}
	shapes := [][3]int{{65, 64, gonumDepth + 1}, {40, 33, 2*gonumDepth + 6}}
	for m := 1; m <= 9; m++ {
		for _, n := range []int{5, 12, 20, 40, 48, 76, 192} {
			shapes = append(shapes, [3]int{m, n, gonumDepth})
		}
	}
	for _, s := range shapes {
		if testing.Short() && s[1] > 20 {
			continue
		}
		testGonum(t, w, s[0], s[1], s[2])
	}
}

// A tile of one row or column is computed in the form of the whole, so results
// are equal bit for bit however many threads a product is cut for.
func TestGonumProductsDoNotDependOnTheirCut(t *testing.T) {
	for _, s := range [][3]int{{33, 64, 64}, {65, 130, 46}, {257, 193, 30}, {17, 700, 12}, {49, 40, gonumDepth + 50}, {4, 260, 31}} {
		for v := range 4 {
			var want []float32
			for _, threads := range []int{1, 2, 3, 16} {
				b := newBench(t, threads, "gonum")
				r := rng()
				k := &compute.MatMul{M: s[0], N: s[1], K: s[2], TransA: v&1 != 0, TransB: v&2 != 0}
				a := randoms(r, k.M*k.K)
				for i := range a { // rows or terms with more and more zeros
					if r.IntN(len(a)) < i {
						a[i] = 0
					}
				}
				k.A, k.B = compute.Rows(b.floats(a), k.K), compute.Rows(b.floats(randoms(r, k.K*k.N)), k.N)
				if k.TransA {
					k.A.Stride = k.M
				}
				if k.TransB {
					k.B.Stride = k.K
				}
				k.C = compute.Rows(b.floats(make([]float32, k.M*k.N)), k.N)
				b.d.Run(k)
				got := b.read(k.C.View)
				if want == nil {
					want = got
				}
				for i := range want {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
						t.Fatalf("%v: element %d is %v with %d threads, %v with one", k, i, got[i], threads, want[i])
					}
				}
			}
		}
	}
}

// Rows of A with many zeros, as pictures and what comes out of relu have, are left
// to gonum's loop that skips them, in groups; the others are not.
func TestGonumProductsSkipRowsOfZeros(t *testing.T) {
	for _, transposed := range []bool{false, true} {
		g := &gemm{m: 40, n: 64, k: 300, rows: 40, cols: 64, transA: transposed, lda: 300}
		if transposed {
			g.lda = 40
		}
		g.a = testValues(g.m*g.k, 1)
		for i := range g.m {
			for l := range g.k {
				at := i*g.lda + l
				if transposed {
					at = l*g.lda + i
				}
				if i/16 == 1 && g.a[at] > -0.8 { // nine in ten
					g.a[at] = 0
				}
			}
		}
		if got := g.sparseGroups(); got != 2 {
			t.Errorf("transposed %v: groups %b are sparse, want the second", transposed, got)
		}
	}
}

// A tile's rows may start between vectors though they are whole vectors apart,
// as a weight's do behind a bias of 46.
func TestGonumProductsWhereRowsStartBetweenVectors(t *testing.T) {
	if !gonumVectors {
		t.Skip("nothing is copied here")
	}
	g := &gemm{m: 40, n: 40, k: 32, transB: true, lda: 32, ldb: 32, ldc: 40, rows: 40, cols: 40}
	w := &worker{panel: alignedWords(gonumProducts.panel)}
	a, b := testValues(40*32, 1), testValues(40*32, 2)
	var want []float32
	for _, skip := range []int{0, 1, 2, 3} {
		g.a, g.b, g.c = alignedWords(40*32 + 3)[skip:], alignedWords(40*32 + 3)[skip:], make([]float32, 40*40)
		copy(g.a, a)
		copy(g.b, b)
		gonumProducts.sgemm(w, g)
		if want == nil {
			want = g.c
		}
		for i, x := range g.c {
			if x != want[i] {
				t.Fatalf("%d words behind a vector's start: element %d is %v, at it %v", skip, i, x, want[i])
			}
		}
	}
}

// gonum would start goroutines for larger results than gonumSgemm asks for.
func TestGonumProductsAllocateNothing(t *testing.T) {
	w := &worker{panel: alignedWords(gonumProducts.panel)}
	for v := range 4 {
		rows, cols := gonumTile(700, 700, 30, 1)
		g := &gemm{m: rows, n: cols, k: 30, rows: rows, cols: cols, transA: v&1 != 0, transB: v&2 != 0, lda: 700, ldb: 700, ldc: cols}
		g.a, g.b, g.c = make([]float32, 700*rows), make([]float32, 700*cols), make([]float32, rows*cols)
		if n := testing.AllocsPerRun(3, func() { gonumProducts.sgemm(w, g) }); n != 0 {
			t.Errorf("transposed %v %v: %v allocations", g.transA, g.transB, n)
		}
	}
}
