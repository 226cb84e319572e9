package cpu_fallback

import (
	"github.com/glearn-go/glearn/cpu_fallback/internal/jit"
	"github.com/glearn-go/glearn/cpu_fallback/internal/vector"
)

// nativeDepth is the most terms of a product that are added up in registers
// before they go to memory. It alone decides the order of the additions, so
// results do not depend on how a product is cut into tiles.
const nativeDepth = 512

// nativeRows and nativeCols are the largest tile of C in one call. Its part of
// B, nativeDepth x nativeCols, stays in the L2 cache while it streams past a few
// rows of A at a time, and is used for enough rows to be worth packing.
const (
	nativeRows = 528
	nativeCols = 512
)

// vectorState is what a worker keeps for native products and machine code.
type vectorState struct {
	args jit.Args
	tile vector.Tile
	dots [4 * lanes]float32 // running sums of rows
	edge [6 * 16]float32    // a tile of C at its edge, where there are no masks
}

// register kernels: rows x cols results are held in registers.
type kernelShape struct{ rows, cols int }

var (
	shape512 = kernelShape{12, 32}
	shape256 = kernelShape{6, 16}
)

// nativeProducts are the package's own: packed panels and a kernel in assembly.
func nativeProducts() (products, bool) {
	switch {
	case hasAVX512:
		return products512, true
	case hasAVX2:
		return products256, true
	}
	return products{}, false
}

var (
	products512 = products{name: "glearn AVX-512", sgemm: shape512.sgemm, tile: shape512.tile, panel: nativePanel, opsPerNS: 150}
	products256 = products{name: "glearn AVX2", sgemm: shape256.sgemm, tile: shape256.tile, panel: nativePanel, opsPerNS: 80}
)

// tile cuts a product into enough tiles to share out, none of them so small
// that packing its factors shows.
func (s kernelShape) tile(m, n, k, threads int) (rows, cols int) {
	even := func(size, most, unit int) int {
		pieces := (size + most - 1) / most
		return (size + pieces*unit - 1) / (pieces * unit) * unit
	}
	rows, cols = even(max(m, 1), nativeRows, s.rows), even(max(n, 1), nativeCols, s.cols)
	const least = 1 << 18 // multiplications in a tile
	for (m+rows-1)/rows*((n+cols-1)/cols) < 2*threads && rows*cols*k > 2*least {
		switch {
		case cols > 2*s.cols:
			cols = even(n, cols/2, s.cols)
		case rows > 4*s.rows:
			rows = even(m, rows/2, s.rows)
		default:
			return rows, cols
		}
	}
	return rows, cols
}

// sgemm goes over the terms in blocks, over the rows of C in groups that A is
// packed for, and over a group in register tiles: a few rows of A stay in the L1
// cache while the block of B streams by.
func (s kernelShape) sgemm(w *worker, g *gemm) {
	if g.n == 1 && g.ldc == 1 && g.transA {
		// A column as a row: A then is read along its rows, vector by vector.
		g.m, g.n, g.ldc = g.n, g.m, g.m
		g.a, g.b, g.lda, g.ldb, g.transA, g.transB = g.b, g.a, g.ldb, g.lda, !g.transB, false
	}
	if g.n == 1 && !g.transA && (g.transB || g.ldb == 1) {
		w.dots(g)
		return
	}
	t := &w.vectors.tile
	depth := depthOf(g.k)
	for k0 := 0; k0 < g.k; k0 += depth {
		t.K, t.Add = min(depth, g.k-k0), 1
		if k0 == 0 && !g.add {
			t.Add = 0
		}
		b := s.blockOfB(w, g, k0)
		for i := 0; i < g.m; i += groupRows {
			a := s.groupOfA(w, g, k0, i)
			for r := i; r < min(i+groupRows, g.m); r += s.rows {
				t.A = a.row(r - i)
				s.across(w, g, &b, min(s.rows, g.m-r), r, a.long)
			}
		}
	}
}

// longLoop is how many terms take longer than fetching C into the cache takes.
const longLoop = 64

// depthOf cuts k terms into blocks of about the same size.
func depthOf(k int) int {
	blocks := (k + nativeDepth - 1) / nativeDepth
	return (k + blocks - 1) / blocks
}

// across computes a few rows of C from row i on. long is the loop that reads A
// where there are many terms.
func (s kernelShape) across(w *worker, g *gemm, b *blockB, rows, i, long int) {
	t := &w.vectors.tile
	for j, at := 0, 0; j < g.n; j, at = j+s.cols, at+b.step {
		cols := min(s.cols, g.n-j)
		t.B, t.Mask, t.Long = &b.data[at], 1<<cols-1, 0
		if t.K >= longLoop && (b.packed || cols%16 == 0) {
			t.Long = long
		}
		s.run(w, g, rows, cols, i, j)
	}
}

// run computes rows x cols elements of C from [i, j] on; w's tile is ready but
// for C. Without masks, a tile that lacks columns goes through memory of its
// own.
func (s kernelShape) run(w *worker, g *gemm, rows, cols, i, j int) {
	t := &w.vectors.tile
	c := g.c[i*g.ldc+j:]
	t.C, t.CRow = &c[0], uintptr(g.ldc)*4
	switch {
	case s == shape512:
		vector.Tiles512[rows-1][(cols-1)/16](&t.K)
	case cols == s.cols:
		vector.Tiles256[rows-1](&t.K)
	default:
		edge := w.vectors.edge[:]
		t.C, t.CRow = &edge[0], uintptr(s.cols)*4
		if t.Add != 0 {
			copyRows(edge, s.cols, c, g.ldc, rows, cols)
		}
		vector.Tiles256[rows-1](&t.K)
		copyRows(c, g.ldc, edge, s.cols, rows, cols)
	}
}
