package cpu_fallback

import "github.com/glearn-go/glearn/cpu_fallback/internal/vector"

// packedRows is how many rows of A lie side by side in a packed block: those of
// one register tile with AVX-512, of two with AVX2.
const packedRows = 12

// Rows of A that are a multiple of sameSets words apart would share a few sets
// of the L1 cache and push each other out; spread words apart they do not.
const (
	sameSets = 256
	spread   = nativeDepth + 16
)

// nativePanel holds a column panel of B and a row block of A.
const nativePanel = nativeDepth*32 + spread*nativeRows

// blockA is a block of the terms of A: the matrix's own memory, or a packed
// copy.
type blockA struct {
	data   []float32
	step   int // words between rows, or between panels of packedRows rows
	packed bool
}

// row is where row i begins.
func (a *blockA) row(i int) *float32 {
	if a.packed {
		return &a.data[i/packedRows*a.step+i%packedRows]
	}
	return &a.data[i*a.step]
}

// blockOfA is the terms of A from k0 on, as w's tile is told to read them. Where
// they are used for several panels of B, the columns of a transposed A are moved
// together, and rows that push each other out of the cache are moved apart.
func (s kernelShape) blockOfA(w *worker, g *gemm, k0 int) blockA {
	t := &w.vectors.tile
	few := g.n <= 2*s.cols || g.m <= 2*s.rows
	if !g.transA {
		a, step := g.a[k0:], g.lda
		if !few && g.lda%sameSets == 0 {
			copyRows(w.panel[nativeDepth*32:], spread, a, step, g.m, t.K)
			a, step = w.panel[nativeDepth*32:], spread
		}
		t.ARow, t.ACol = uintptr(step)*4, 4
		return blockA{data: a, step: step}
	}
	t.ARow, t.ACol = 4, uintptr(g.lda)*4
	if few {
		return blockA{data: g.a[k0*g.lda:], step: 1}
	}
	block := w.panel[nativeDepth*32:]
	packA(block, g, k0, t.K)
	t.ACol = packedRows * 4
	return blockA{data: block, step: packedRows * t.K, packed: true}
}

// packA lays terms [k0, k0+depth) of all rows of a transposed A in panels of
// packedRows rows, term by term.
func packA(block []float32, g *gemm, k0, depth int) {
	a := g.a[k0*g.lda:]
	i := 0
	for ; i+16 <= g.m; i += packedRows {
		// Each row of 16 words ends in four that the next one replaces.
		vector.CopyPanel(&block[i*depth], packedRows*4, &a[i], uintptr(g.lda)*4, depth)
	}
	for ; i < g.m; i += packedRows {
		copyRows(block[i*depth:], packedRows, a[i:], g.lda, depth, min(packedRows, g.m-i))
	}
}

// takesDirectly is true where a panel of B is as good where it lies: few rows
// of C use it, or its rows are near each other. Without masks, columns that do
// not exist must not be read.
func (s kernelShape) takesDirectly(g *gemm, cols int) bool {
	const near = 64 // words between rows
	return !g.transB && (s == shape512 || cols == s.cols) && (g.m <= 2*s.rows || g.ldb <= near)
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
