package cpu_fallback

import (
	"errors"
	"fmt"
	"math"
)

// errWrong marks products that fail their self-test.
var errWrong = errors.New("wrong products on this processor")

// selfTest holds products against sums in float64, at sizes around the blocks
// that implementations use and in all four layouts. Some builds of OpenBLAS
// compute wrong results on processors newer than they are.
func (p *products) selfTest() error {
	w := &worker{panel: alignedWords(p.panel)}
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 7}, {16, 16, 16}, {33, 17, 65}, {64, 96, 40}, {7, 200, 130}, {130, 70, 300}, {1, 64, 513}} {
		for v := range 8 { // layouts
			g := &gemm{m: s[0], n: s[1], k: s[2], transA: v&1 != 0, transB: v&2 != 0, add: v&4 != 0}
			if err := p.testOne(w, g); err != nil {
				return fmt.Errorf("%s computes %w: %v", p.name, errWrong, err)
			}
		}
	}
	return nil
}

func (p *products) testOne(w *worker, g *gemm) error {
	g.lda, g.ldb = g.k+1, g.n+2
	if g.transA {
		g.lda = g.m + 1
	}
	if g.transB {
		g.ldb = g.k + 2
	}
	return p.testLaidOut(w, g)
}

// testLaidOut is testOne for factors whose rows are lda and ldb words apart.
func (p *products) testLaidOut(w *worker, g *gemm) error {
	g.ldc, g.rows, g.cols = g.n+3, g.m, g.n
	g.a, g.b = testMatrix(g.m, g.k, g.lda, g.transA, 1), testMatrix(g.k, g.n, g.ldb, g.transB, 2)
	g.c = testValues(g.m*g.ldc, 3)
	before := append([]float32(nil), g.c...)
	p.sgemm(w, g)
	for i := range g.m {
		for j := range g.ldc {
			want := float64(before[i*g.ldc+j])
			if j < g.n {
				want = g.element(i, j, want)
			}
			// Values are below 1, so each of k additions loses at most k 6e-8.
			if got := float64(g.c[i*g.ldc+j]); !(math.Abs(got-want) <= 1e-6+1e-7*float64(g.k)) {
				return fmt.Errorf("m %d, n %d, k %d, transposed %v %v: element [%d, %d] is %v, want %v", g.m, g.n, g.k, g.transA, g.transB, i, j, got, want)
			}
		}
	}
	return nil
}

// element is c[i, j] in float64; before is what stood there.
func (g *gemm) element(i, j int, before float64) float64 {
	sum := 0.0
	if g.add {
		sum = before
	}
	for l := range g.k {
		a, b := i*g.lda+l, l*g.ldb+j
		if g.transA {
			a = l*g.lda + i
		}
		if g.transB {
			b = j*g.ldb + l
		}
		sum += float64(g.a[a]) * float64(g.b[b])
	}
	return sum
}

// testMatrix is rows x cols values, or their transpose, in rows stride words
// apart. Between them stands NaN, which shows in a result that it gets into.
func testMatrix(rows, cols, stride int, transposed bool, seed uint32) []float32 {
	if transposed {
		rows, cols = cols, rows
	}
	x := testValues(rows*stride, seed)
	for i := range x {
		if i%stride >= cols {
			x[i] = float32(math.NaN())
		}
	}
	return x
}

// testValues is n numbers between -1 and 1, always the same.
func testValues(n int, seed uint32) []float32 {
	x := make([]float32, n)
	for i := range x {
		seed = seed*1664525 + 1013904223
		x[i] = float32(int32(seed)) / (1 << 31)
	}
	return x
}
