package cpu_fallback

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// products is an implementation of dense products.
type products struct {
	name string
	// sgemm computes C = A B, or C += A B, for one tile, on one goroutine.
	sgemm func(w *worker, g *gemm)
	// tile is how many rows and columns of C one call of sgemm gets. It may
	// depend on the number of threads where the results do not depend on it.
	tile func(m, n, k, threads int) (rows, cols int)
	// panel is the words that sgemm needs of a worker's panel.
	panel int
	// opsPerNS is roughly how many floating-point operations one core does.
	opsPerNS int
}

// gemm is one product of matrices that lie row by row in memory: c of m x n is
// a of m x k, or k x m with transA, times b of k x n, or n x k with transB.
// m, n and k are at least 1.
type gemm struct {
	m, n, k        int
	transA, transB bool
	a              []float32
	lda            int
	b              []float32
	ldb            int
	add            bool // to what stands in c
	c              []float32
	ldc            int
}

// throughBLAS is sgemm by an implementation of gonum's interface.
func throughBLAS(b blas.Float32) func(w *worker, g *gemm) {
	return func(_ *worker, g *gemm) {
		beta := float32(0)
		if g.add {
			beta = 1
		}
		b.Sgemm(transpose(g.transA), transpose(g.transB), g.m, g.n, g.k, 1, g.a, g.lda, g.b, g.ldb, beta, g.c, g.ldc)
	}
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// gonumProducts is gonum's own Go code. Its Sgemm splits a result of four or
// more blocks of 64 x 64 over goroutines of its own, which allocates; three
// blocks it computes on the spot.
var gonumProducts = products{
	name:     "gonum",
	sgemm:    throughBLAS(gonum.Implementation{}),
	tile:     gonumTile,
	opsPerNS: 8,
}

// gonumTile is three of gonum's blocks, or fewer rows where there would be too
// few tiles to share out. Its sums do not depend on the cut: each element is
// added up by itself.
func gonumTile(m, n, k, threads int) (rows, cols int) {
	rows, cols = 64, 192
	const least = 1 << 15 // multiplications in a tile
	for (m+rows-1)/rows*((n+cols-1)/cols) < 4*threads && rows > 8 && rows*min(n, cols)*k > 2*least {
		rows /= 2
	}
	return rows, cols
}
