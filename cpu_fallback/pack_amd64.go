package cpu_fallback

import "github.com/glearn-go/glearn/cpu_fallback/internal/vector"

// packedRows is how many rows of A lie side by side in a packed group: those of
// one register tile with AVX-512, of two with AVX2. A group is a few of these:
// what a transposed A has in a few lines of the cache.
const (
	packedRows = 12
	groupRows  = 4 * packedRows
)

// Rows of A that are a multiple of sameSets words apart would share a few sets
// of the L1 cache and push each other out; spread words apart they do not.
const (
	sameSets = 256
	spread   = nativeDepth + 16
)

// nativePanel holds a block of B and a group of A.
const (
	nativePanel = blockWordsB + (spread+4)*groupRows
	blockWordsB = nativeDepth*nativeCols + nativeCols
)

// groupA is a few rows of a block of the terms of A: the matrix's own memory, or
// a packed copy.
type groupA struct {
	data   []float32
	step   int // words between rows, or between panels of packedRows rows
	packed bool
	long   int // see vector.Tile
}

// row is where row i begins.
func (a *groupA) row(i int) *float32 {
	if a.packed {
		return &a.data[i/packedRows*a.step+i%packedRows]
	}
	return &a.data[i*a.step]
}

// groupOfA is the terms of A from k0 on, in the rows from i on, as w's tile is
// told to read them. Where they are used for several panels of B, the columns of
// a transposed A are moved together, and rows that push each other out of the
// cache are moved apart.
func (s kernelShape) groupOfA(w *worker, g *gemm, k0, i int) groupA {
	t := &w.vectors.tile
	few := g.n <= 2*s.cols
	rows := min(groupRows, g.m-i)
	if !g.transA {
		a, step := g.a[i*g.lda+k0:], g.lda
		if !few && g.lda%sameSets == 0 {
			copySpread(w.panel[blockWordsB:], a, step, rows, t.K)
			a, step = w.panel[blockWordsB:], spread
		}
		t.ARow, t.ACol = uintptr(step)*4, 4
		return groupA{data: a, step: step, long: 1}
	}
	a := g.a[k0*g.lda+i:]
	t.ARow, t.ACol = 4, uintptr(g.lda)*4
	// Packing pays after a few panels of B, or the second where the rows of A push
	// each other out of the L1 cache in between.
	panels := 4
	if g.lda%(4*sameSets) == 0 || g.lda%sameSets == 0 && t.K >= 256 {
		panels = 1
	}
	if g.n <= panels*s.cols || g.m <= 2*s.rows {
		return groupA{data: a, step: 1, long: vector.LongApart}
	}
	group := w.panel[blockWordsB:]
	pack(group, packedRows, a, g.lda, t.K, rows, g.m-i)
	t.ACol = packedRows * 4
	return groupA{data: group, step: panelWords(packedRows, t.K), packed: true, long: 1}
}

// copySpread copies rows of depth words and moves them apart. Each fetches the
// row that comes a few rows later: rows that lie pages apart are nothing that the
// processor fetches by itself.
func copySpread(dst, src []float32, stride, rows, depth int) {
	if depth < 16 {
		copyRows(dst, spread, src, stride, rows, depth)
		return
	}
	blocks := depth / 16
	for i := range rows {
		s, d := src[i*stride:][:depth], dst[i*spread:]
		next := min(i+4, rows-1) * stride
		vector.CopyAhead(&d[0], &s[0], &src[next], blocks)
		copy(d[blocks*16:], s[blocks*16:])
	}
}

// panelWords is the words of a packed panel, with room for what its last row
// writes beyond it, which also keeps panels out of each other's sets.
func panelWords(width, depth int) int { return width*depth + 16 }

// pack lays depth rows of cols words in panels of width columns, row by row;
// readable words can be read in a row. Columns that do not exist hold anything.
func pack(panels []float32, width int, rows []float32, stride, depth, cols, readable int) {
	// A few rows at a time, so that what is read lies in few pages.
	const together = 16
	for l := 0; l < depth; l += together {
		n := min(together, depth-l)
		src := rows[l*stride:]
		for c := 0; c < cols; c += width {
			panel := panels[c/width*panelWords(width, depth)+l*width:]
			i := 0
			// A panel's row may end in words that its next row replaces.
			for ; i < width && i < cols-c && c+i+16 <= readable; i += 16 {
				vector.CopyPanel(&panel[i], uintptr(width)*4, &src[c+i], uintptr(stride)*4, n)
			}
			if i < width && i < cols-c {
				copyRows(panel[i:], width, src[c+i:], stride, n, min(width, cols-c)-i)
			}
		}
	}
}

// blockB is a block of the terms of B in panels of columns: the matrix's own
// memory, or a packed copy.
type blockB struct {
	data   []float32
	step   int // words between panels
	packed bool
}

// blockOfB is the terms of B from k0 on, as w's tile is told to read them.
func (s kernelShape) blockOfB(w *worker, g *gemm, k0 int) blockB {
	t := &w.vectors.tile
	if s.takesDirectly(g) {
		t.BRow = uintptr(g.ldb) * 4
		return blockB{data: g.b[k0*g.ldb:], step: s.cols}
	}
	s.packB(w.panel, g, k0, t.K)
	t.BRow = uintptr(s.cols) * 4
	return blockB{data: w.panel, step: panelWords(s.cols, t.K), packed: true}
}

// takesDirectly is true where B is as good where it lies: few rows of C use it,
// or two of its rows and more share a page, so that fetching them ahead is all it
// takes. Without masks, columns that do not exist must not be read.
func (s kernelShape) takesDirectly(g *gemm) bool {
	const near = 512 // words between rows
	return !g.transB && (s == shape512 || g.n%s.cols == 0) && (g.m <= 2*s.rows || g.ldb <= near)
}

// packB lays terms [k0, k0+depth) of op(B) in panels of s.cols columns, term by
// term. Columns that do not exist hold anything.
func (s kernelShape) packB(block []float32, g *gemm, k0, depth int) {
	if g.transB {
		for j := 0; j < g.n; j += s.cols {
			s.packTransposed(block[j/s.cols*panelWords(s.cols, depth):], g, k0, depth, j, min(s.cols, g.n-j))
		}
		return
	}
	pack(block, s.cols, g.b[k0*g.ldb:], g.ldb, depth, g.n, g.n)
}

// packTransposed lays cols rows of B from row j on as columns of a panel.
func (s kernelShape) packTransposed(panel []float32, g *gemm, k0, depth, j, cols int) {
	row := uintptr(s.cols) * 4
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
}
