package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// product is MatMul: tiles of the result, each a call of sgemm with the
// epilogue after it, while the tile is in the cache.
type product struct {
	products
	batches, m, n, k   int
	transA, transB     bool
	a, b               matrix
	c                  matrix // what sgemm fills: C, or memory in front of it
	result             matrix // C where c is not, to add to
	accumulate         bool
	epilogue           *program
	tileRows, tileCols int
	rows, cols         int // tiles of a matrix
	chunk              int // tiles in a part
	job                *job
}

func (d *device) matMul(k *compute.MatMul) (op, error) {
	b := binder{d: d}
	g := &product{products: d.products, batches: k.Batches(), m: k.M, n: k.N, k: k.K, transA: k.TransA, transB: k.TransB,
		a: b.matrix(k.A), b: b.matrix(k.B), c: b.matrix(k.C), accumulate: k.Accumulate}
	var err error
	g.epilogue, g.c, g.result, err = d.bindEpilogue(&b, k.Epilogue, k.Dims(), k.C)
	if err != nil {
		return nil, err
	}
	g.tileRows, g.tileCols = g.products.tile(g.m, g.n, g.k, d.pool.threads())
	g.rows, g.cols = (g.m+g.tileRows-1)/g.tileRows, (g.n+g.tileCols-1)/g.tileCols
	tiles := g.batches * g.rows * g.cols
	parts := 0
	if tiles > 0 {
		// A product of few terms is bound by memory, hence the constant.
		cost := 10 * min(g.tileRows, g.m) * min(g.tileCols, g.n) * (2*g.k/g.opsPerNS + 1)
		g.chunk, parts = cut(tiles, cost, 1)
	}
	g.job = newJob(g, parts)
	d.pool.reserve(0, 0, g.panel)
	return g, nil
}

// bindEpilogue binds what follows a product into C. An epilogue may read C as
// it was before, then the product goes to memory of its own, c, and result is
// C; else c is C itself and result is empty.
func (d *device) bindEpilogue(b *binder, e *compute.Epilogue, dims compute.Dims, out compute.Matrix) (p *program, c, result matrix, err error) {
	c = b.matrix(out)
	var in, outs []operand
	if e != nil {
		in, outs = b.operands(e.In), b.operands(e.Out)
	}
	if e == nil || b.err != nil || dims.Size() == 0 {
		return nil, c, result, b.err
	}
	target := operand{compute.Operand{View: out.View, Strides: compute.Strides{0, out.Batch, out.Stride, 1}}, c.data}
	first := target
	for _, o := range in {
		if o.Overlaps(out.View) {
			result = c
			c = matrix{data: alignedWords(dims.Size()), stride: dims[3], batch: dims[2] * dims[3]}
			first = operand{compute.Operand{Strides: dims.Contiguous()}, c.data}
			break
		}
	}
	p = compile(e.Expr, dims, append([]operand{first}, in...), append([]operand{target}, outs...))
	d.pool.reserve(p.slots, p.scratch(), 0)
	return p, c, result, nil
}

func (g *product) run(p *pool) {
	if g.epilogue != nil {
		g.epilogue.start(p.workers[0])
	}
	p.run(g.job)
}

func (g *product) part(w *worker, i int) {
	if g.epilogue != nil {
		g.epilogue.begin(w)
	}
	for t := i * g.chunk; t < min((i+1)*g.chunk, g.batches*g.rows*g.cols); t++ {
		batch, row, col := t/(g.rows*g.cols), t/g.cols%g.rows, t%g.cols
		r0, c0 := row*g.tileRows, col*g.tileCols
		g.tileOf(w, batch, r0, min(r0+g.tileRows, g.m), c0, min(c0+g.tileCols, g.n))
	}
}

// tileOf computes rows [r0, r1) and columns [c0, c1) of one matrix of the batch.
func (g *product) tileOf(w *worker, batch, r0, r1, c0, c1 int) {
	t := &w.gemm
	*t = gemm{m: r1 - r0, n: c1 - c0, k: g.k, transA: g.transA, transB: g.transB, lda: g.a.stride, ldb: g.b.stride, ldc: g.c.stride, add: g.accumulate, rows: g.m, cols: g.n}
	t.c = g.c.data[batch*g.c.batch+r0*g.c.stride+c0:]
	if g.accumulate && g.result.data != nil {
		copyRows(t.c, t.ldc, g.result.data[batch*g.result.batch+r0*g.result.stride+c0:], g.result.stride, t.m, t.n)
	}
	switch {
	case g.k > 0:
		t.a, t.b = g.a.data[batch*g.a.batch:], g.b.data[batch*g.b.batch:]
		if g.transA {
			t.a = t.a[r0:]
		} else {
			t.a = t.a[r0*g.a.stride:]
		}
		if g.transB {
			t.b = t.b[c0*g.b.stride:]
		} else {
			t.b = t.b[c0:]
		}
		g.sgemm(w, t)
	case !g.accumulate:
		for r := range t.m {
			clear(t.c[r*t.ldc:][:t.n])
		}
	}
	g.finish(w, batch, r0, r1, c0, c1)
}

func copyRows(dst []float32, dstStride int, src []float32, srcStride, rows, cols int) {
	for r := range rows {
		copy(dst[r*dstStride:][:cols], src[r*srcStride:])
	}
}

// finish runs the epilogue over a tile.
func (g *product) finish(w *worker, batch, r0, r1, c0, c1 int) {
	if g.epilogue == nil {
		return
	}
	g.epilogue.tile(w, batch*g.m*g.n+r0*g.n+c0, r1-r0, c1-c0, g.n)
}
