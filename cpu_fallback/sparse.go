package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// csr is a compute.CSR with the memory behind it.
type csr struct {
	rowPtr, col []int32
	val         []float32 // nil is all ones
	cols        int
	rows        index
}

func (b *binder) csr(a compute.CSR) csr {
	s := csr{rowPtr: ints(b.words(a.RowPtr)), col: ints(b.words(a.Col)), cols: a.Cols, rows: b.index(a.Rows)}
	if !a.Val.Empty() {
		s.val = b.words(a.Val)
	}
	return s
}

// row is the range of the stored values of row i. A row that does not exist
// has none.
func (a *csr) row(base, i int) (from, to int) {
	r := a.rows.at(base, i, len(a.rowPtr)-1)
	if r < 0 {
		return 0, 0
	}
	from, to = int(a.rowPtr[r]), int(a.rowPtr[r+1])
	if from < 0 || to > len(a.col) {
		return 0, 0
	}
	return from, to
}

// sparseProduct is SparseMatMul: each row of C is a sum of rows of B.
type sparseProduct struct {
	m, n       int
	a          csr
	b, c       matrix
	result     matrix // see bindEpilogue
	accumulate bool
	epilogue   *program
	chunk      int // rows in a part
	job        *job
}

func (d *device) sparseMatMul(k *compute.SparseMatMul) (op, error) {
	b := binder{d: d}
	s := &sparseProduct{m: k.M, n: k.N, a: b.csr(k.A), b: b.matrix(k.B), accumulate: k.Accumulate}
	var err error
	s.epilogue, s.c, s.result, err = d.bindEpilogue(&b, k.Epilogue, compute.D(k.M, k.N), k.C)
	if err != nil {
		return nil, err
	}
	parts := 0
	if s.n > 0 {
		s.chunk, parts = cut(s.m, s.a.meanRow()*(2*s.n+20), 1)
	}
	s.job = newJob(s, parts)
	return s, nil
}

// meanRow is the number of stored values in a row, on average and at least 1,
// for the choice of parts.
func (a *csr) meanRow() int { return len(a.col)/max(len(a.rowPtr)-1, 1) + 1 }

func (s *sparseProduct) run(p *pool) {
	if s.epilogue != nil {
		s.epilogue.start(p.workers[0])
	}
	p.run(s.job)
}

func (s *sparseProduct) part(w *worker, i int) {
	lo, hi := i*s.chunk, min((i+1)*s.chunk, s.m)
	base := s.a.rows.base()
	for r := lo; r < hi; r++ {
		c := s.c.row(r, s.n)
		switch {
		case !s.accumulate:
			clear(c)
		case s.result.data != nil:
			copy(c, s.result.row(r, s.n))
		}
		s.a.sumRows(c, s.b, base, r)
	}
	if s.epilogue != nil {
		s.epilogue.begin(w)
		s.epilogue.over(w, lo*s.n, hi*s.n)
	}
}

// sumRows adds row r times B to c.
func (a *csr) sumRows(c []float32, b matrix, base, r int) {
	from, to := a.row(base, r)
	if from >= to {
		return
	}
	done := 0
	if rowSum != nil && a.inside(from, to) {
		done = rowSum(c, b, a, from, to)
	}
	if done == len(c) {
		return
	}
	for t := from; t < to; t++ {
		if k := int(a.col[t]); k >= 0 && k < a.cols {
			a.addScaled(c[done:], b.row(k, len(c))[done:], t)
		}
	}
}

// addToRows adds the transpose of row r times x to the rows of C, from column
// lo on.
func (a *csr) addToRows(c matrix, lo int, x []float32, base, r int) {
	from, to := a.row(base, r)
	if from >= to {
		return
	}
	done := 0
	if rowSum != nil && a.inside(from, to) {
		done = rowAdd(c, lo, x, a, from, to)
	}
	if done == len(x) {
		return
	}
	for t := from; t < to; t++ {
		if k := int(a.col[t]); k >= 0 && k < a.cols {
			a.addScaled(c.row(k, lo+len(x))[lo+done:], x[done:], t)
		}
	}
}

// inside is true when all columns of a range of stored values exist.
func (a *csr) inside(from, to int) bool { return allBelow(a.col[from:to], a.cols) }

// allBelow is true when all numbers are in [0, limit).
func allBelow(numbers []int32, limit int) bool {
	worst := uint32(0)
	if blocks := len(numbers) / 8; maxWords != nil && blocks > 0 {
		worst, numbers = maxWords(&numbers[0], blocks), numbers[8*blocks:]
	}
	for _, k := range numbers {
		worst = max(worst, uint32(k))
	}
	return uint64(worst) < uint64(limit)
}

// maxWords is the largest of blocks of 8 words without sign. nil where there is
// no assembly.
var maxWords func(x *int32, blocks int) uint32

// rowClear sets those columns from lo on that make whole vectors and are below
// hi to 0, in the first count rows, and says where they end. nil where there is
// no assembly.
var rowClear func(m matrix, count, lo, hi int) int

// rowSum and rowAdd do the columns that make whole vectors, and say how many:
// c += row times B, and C += row transposed times x. nil where there is no
// assembly.
var (
	rowSum func(c []float32, b matrix, a *csr, from, to int) int
	rowAdd func(c matrix, lo int, x []float32, a *csr, from, to int) int
)

// addScaled adds value t times x to c.
func (a *csr) addScaled(c, x []float32, t int) {
	if a.val == nil {
		addLoop(c, c, x, nil)
		return
	}
	addScaledLoop(c, c, x, a.val[t:t+1])
}

// sparseProductT is SparseMatMulT. Its parts are ranges of columns, so that
// the terms of each element are added in the order of the rows.
type sparseProductT struct {
	m, n       int
	a          csr
	b, c       matrix
	accumulate bool
	chunk      int // columns in a part
	job        *job
}

func (d *device) sparseMatMulT(k *compute.SparseMatMulT) (op, error) {
	b := binder{d: d}
	s := &sparseProductT{m: k.M, n: k.N, a: b.csr(k.A), b: b.matrix(k.B), c: b.matrix(k.C), accumulate: k.Accumulate}
	if b.err != nil {
		return nil, b.err
	}
	parts := 0
	if s.a.cols > 0 {
		s.chunk, parts = d.cutColumns(s.n, 2*s.m*s.a.meanRow()+s.a.cols)
	}
	s.job = newJob(s, parts)
	return s, nil
}

// cutColumns cuts columns of a cost each for kernels that add rows to rows. The
// order of the additions does not depend on the cut, so that it may depend on
// the number of threads: each part reads all row numbers.
func (d *device) cutColumns(columns, cost int) (chunk, parts int) {
	if columns == 0 {
		return 0, 0
	}
	chunk = columns
	if columns*cost > splitCost {
		chunk = (columns + lanes*d.pool.threads() - 1) / (lanes * d.pool.threads()) * lanes
	}
	return chunk, (columns + chunk - 1) / chunk
}

func (s *sparseProductT) run(p *pool) { p.run(s.job) }

func (s *sparseProductT) part(_ *worker, i int) {
	lo, hi := i*s.chunk, min((i+1)*s.chunk, s.n)
	base := s.a.rows.base()
	switch {
	case s.accumulate:
	case hi-lo == s.c.stride:
		clear(s.c.data[:s.a.cols*s.n])
	default:
		from := lo
		if rowClear != nil {
			from = rowClear(s.c, s.a.cols, lo, hi)
		}
		for k := 0; k < s.a.cols && from < hi; k++ {
			clear(s.c.row(k, s.n)[from:hi])
		}
	}
	for r := range s.m {
		s.a.addToRows(s.c, lo, s.b.row(r, s.n)[lo:hi], base, r)
	}
}
