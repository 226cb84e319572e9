package cpu_fallback

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
	// The whole product has rows x cols elements, of which these are a tile:
	// what decides an order of additions must depend on these.
	rows, cols int
}
