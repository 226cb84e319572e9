package cpu_fallback

import (
	"github.com/glearn-go/glearn/cpu_fallback/internal/vector"
)

// nativeDepth is how many terms of a product are added up in registers before
// they go to memory: as many rows of a column panel of B as fit the L1 cache
// with room for a few rows of A. It alone decides the order of the additions,
// so results do not depend on how a product is cut into tiles.
const nativeDepth = 256

// nativeRows and nativeCols are the largest tile of C in one call: its part of
// A, of 256 columns, stays in the L2 cache.
const (
	nativeRows = 264
	nativeCols = 256
)

// vectorState is what a worker keeps for native products.
type vectorState struct {
	tile vector.Tile
	edge [6 * 16]float32 // a tile of C at its edge, where there are no masks
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
	products512 = products{name: "glearn AVX-512", sgemm: sgemm512, tile: shape512.tile, panel: nativePanel, opsPerNS: 150}
	products256 = products{name: "glearn AVX2", sgemm: sgemm256, tile: shape256.tile, panel: nativePanel, opsPerNS: 80}
)

// nativePanel holds a column panel of B and a row block of A.
const nativePanel = nativeDepth * (32 + nativeRows)

// tile cuts a product into enough tiles to share out, none of them so small
// that packing its factors shows.
func (s kernelShape) tile(m, n, k int) (rows, cols int) {
	even := func(size, most, unit int) int {
		pieces := (size + most - 1) / most
		return (size + pieces*unit - 1) / (pieces * unit) * unit
	}
	rows, cols = even(max(m, 1), nativeRows, s.rows), even(max(n, 1), nativeCols, s.cols)
	const enough, least = 8, 1 << 20 // tiles, multiplications in one
	for (m+rows-1)/rows*((n+cols-1)/cols) < enough && rows*cols*k > 2*least {
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

func at(s []float32, i int) *float32 { return &s[i] }

// sgemm512 is sgemm with AVX-512.
func sgemm512(w *worker, g *gemm) { shape512.sgemm(w, g) }

// sgemm256 is sgemm with AVX2.
func sgemm256(w *worker, g *gemm) { shape256.sgemm(w, g) }

// sgemm goes over the terms in blocks of nativeDepth, over the columns of C in
// panels and over its rows in register tiles.
func (s kernelShape) sgemm(w *worker, g *gemm) {
	wide := s.cols == 32
	panel, block := w.panel[:nativeDepth*32], w.panel[nativeDepth*32:]
	t := &w.vectors.tile
	for k0 := 0; k0 < g.k; k0 += nativeDepth {
		depth := min(nativeDepth, g.k-k0)
		t.K, t.Add = depth, 1
		if k0 == 0 && !g.add {
			t.Add = 0
		}
		a := g.a[k0:]
		t.ARow, t.ACol = uintptr(g.lda)*4, 4
		if g.transA {
			a = g.a[k0*g.lda:]
			t.ARow, t.ACol = 4, uintptr(g.lda)*4
			// Columns of A that are used for several panels are worth moving
			// together.
			if g.n > 2*s.cols && g.m > 2*s.rows {
				for l := range depth {
					copy(block[l*g.m:(l+1)*g.m], a[l*g.lda:])
				}
				a, t.ACol = block, uintptr(g.m)*4
			}
		}
		for j := 0; j < g.n; j += s.cols {
			cols := min(s.cols, g.n-j)
			t.Mask = 1<<cols - 1
			if direct := wide || cols == s.cols; direct && !g.transB && g.m <= 2*s.rows {
				t.B, t.BRow = at(g.b, k0*g.ldb+j), uintptr(g.ldb)*4
			} else {
				s.packB(panel, g, k0, depth, j, cols)
				t.B, t.BRow = at(panel, 0), uintptr(s.cols)*4
			}
			for i := 0; i < g.m; i += s.rows {
				rows := min(s.rows, g.m-i)
				t.A = at(a, i*int(t.ARow/4))
				if wide {
					t.C, t.CRow = at(g.c, i*g.ldc+j), uintptr(g.ldc)*4
					vector.Tiles512[rows-1][(cols-1)/16](&t.K)
				} else {
					w.tile256(g, rows, cols, i, j)
				}
			}
		}
	}
}

// tile256 runs a tile that writes all 16 columns, through memory of its own
// where C has fewer.
func (w *worker) tile256(g *gemm, rows, cols, i, j int) {
	t := &w.vectors.tile
	c := g.c[i*g.ldc+j:]
	if cols == 16 {
		t.C, t.CRow = &c[0], uintptr(g.ldc)*4
		vector.Tiles256[rows-1](&t.K)
		return
	}
	edge := w.vectors.edge[:]
	t.C, t.CRow = &edge[0], 16*4
	if t.Add != 0 {
		copyRows(edge, 16, c, g.ldc, rows, cols)
	}
	vector.Tiles256[rows-1](&t.K)
	copyRows(c, g.ldc, edge, 16, rows, cols)
}

// packB lays terms [k0, k0+depth) of columns [j, j+cols) of op(B) one behind
// the other, rows of s.cols words. Columns that do not exist hold anything.
func (s kernelShape) packB(panel []float32, g *gemm, k0, depth, j, cols int) {
	row := uintptr(s.cols) * 4
	if g.transB {
		c := 0
		for ; c+8 <= cols && depth >= 8; c += 8 {
			b := g.b[(j+c)*g.ldb+k0:]
			vector.Transpose8(&panel[c], row, &b[0], uintptr(g.ldb)*4, depth/8)
			for r := c; r < c+8; r++ {
				for l := depth &^ 7; l < depth; l++ {
					panel[l*s.cols+r] = g.b[(j+r)*g.ldb+k0+l]
				}
			}
		}
		for ; c < cols; c++ {
			b := g.b[(j+c)*g.ldb+k0:][:depth]
			for l, x := range b {
				panel[l*s.cols+c] = x
			}
		}
		return
	}
	b := g.b[k0*g.ldb+j:]
	c := 0
	for ; c+16 <= cols; c += 16 {
		vector.CopyPanel(&panel[c], row, &b[c], uintptr(g.ldb)*4, depth)
	}
	if c < cols {
		copyRows(panel[c:], s.cols, b[c:], g.ldb, depth, cols-c)
	}
}
