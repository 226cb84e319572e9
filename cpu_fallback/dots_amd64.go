package cpu_fallback

import "github.com/glearn-go/glearn/cpu_fallback/internal/vector"

// dots is a product with one column, both factors read along the terms: an
// inner product for each row of A.
func (w *worker) dots(g *gemm) {
	const together = 4 // rows
	i := 0
	for ; i+together <= g.m; i += together {
		w.dotRows(g, i, together, uintptr(g.lda)*4)
	}
	for ; i < g.m; i++ {
		w.dotRows(g, i, 1, 0) // the same row four times, of which one counts
	}
}

// dotRows computes a few elements of C from row i on. Each is 16 running sums,
// added up in order, and then the terms that are left.
func (w *worker) dotRows(g *gemm, i, rows int, stride uintptr) {
	blocks, sums := g.k/lanes, &w.vectors.dots
	vector.DotRows(&sums[0], &g.a[i*g.lda], stride, &g.b[0], blocks)
	for r := range rows {
		sum := float32(0)
		for _, s := range sums[r*lanes : (r+1)*lanes] {
			sum += s
		}
		a := g.a[(i+r)*g.lda:]
		for l := blocks * lanes; l < g.k; l++ {
			sum += a[l] * g.b[l]
		}
		if c := &g.c[(i+r)*g.ldc]; g.add {
			*c += sum
		} else {
			*c = sum
		}
	}
}
