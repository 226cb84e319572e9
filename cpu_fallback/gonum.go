package cpu_fallback

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// gonumProducts is gonum's own code, given its factors in the layout that it is
// fast in.
var gonumProducts = products{name: "gonum", sgemm: gonumSgemm, tile: gonumTile, panel: gonumPanel, opsPerNS: 16}

// gonum's Sgemm splits a result of four or more blocks of 64 x 64 over
// goroutines of its own, which allocates; gonumGroup rows of gonumCols columns
// it computes on the spot. Where a form goes by the zeros of A it is that of
// sparseGroup rows, and tiles are a multiple of that.
const (
	gonumRows   = 512
	gonumGroup  = 64
	gonumCols   = 192
	sparseGroup = 16
)

// gonumDepth is the most terms that are added up before they go to memory. It
// is the same for every cut of a product.
const gonumDepth = 1024

// A copy of a part of B, which streams past every row of A, is at most 264 KiB: it
// stays in the L2 cache. One of A is a group of rows.
const (
	gonumWordsB = gonumGroup * (gonumDepth + 2*alignment)
	gonumPanel  = 2 * gonumWordsB
)

// gonumTile is rows enough to be worth a copy of B, but fewer where there would be
// too few tiles to share out.
func gonumTile(m, n, k, threads int) (rows, cols int) {
	const least = 1 << 15 // multiplications in a tile
	rows, cols = evenly(m, gonumRows), evenly(n, gonumCols)
	for rows > sparseGroup && rows*cols*k > 2*least {
		tiles := (m + rows - 1) / rows * ((n + cols - 1) / cols)
		if tiles >= 2*threads || tiles >= threads && rows <= 64 {
			break
		}
		rows = evenly(rows, (rows/2+15)/16*16)
	}
	return rows, cols
}

// evenly cuts size into as few pieces as most, a multiple of 16, allows, of about
// the same size, which is one too.
func evenly(size, most int) int {
	pieces := max((size+most-1)/most, 1)
	return max((size+pieces*16-1)/(pieces*16), 1) * 16
}

// rowStep is the words between copied rows of so many words: rows start on
// cache lines, and not in the same few sets of the cache.
func rowStep(words int) int { return (words+alignment-1)/alignment*alignment + alignment }

// factor is a matrix on its way to gonum.
type factor struct {
	data       []float32
	stride     int
	transposed bool
}

// from is f without its first rows and columns.
func (f factor) from(row, col int) factor {
	if f.transposed {
		row, col = col, row
	}
	f.data = f.data[row*f.stride+col:]
	return f
}

// gonumForm is the layout that gonum gets its factors in.
type gonumForm struct {
	// dots: A as m x k and B as n x k. An element is added up in registers, four
	// terms at a time.
	dots bool
	// sums: B as k x n. A row of B times a number is added to a row of C, but for
	// numbers that are zero.
	sums bool
	// pad: rows of dots that start or end between vectors of four words are
	// copied, with zeros up to the next four.
	pad bool
	// look: rows of A with many zeros are left to sums.
	look bool
}

// times are what both forms take for m rows and at most gonumCols columns, where
// the share dense of A is not zero: nanoseconds, measured on a Xeon.
func (g *gemm) times(m, dense float64) (dots, sums float64) {
	const transposing = 0.5 // a word
	n, k := float64(min(g.cols, gonumCols)), float64(g.k)
	dots = m * n * (3.4 + 0.06*k)
	// What is zero here and not there is what a processor cannot foresee.
	sums = m * k * (dense*(3.5+0.14*n) + 7*min(dense, 1-dense))
	if g.transA {
		dots += transposing * m * k
	}
	return dots, sums
}

// gonumFormOf is the faster form. It goes by the size of the whole product, since
// the two add up in different orders.
func gonumFormOf(g *gemm) gonumForm {
	if !gonumVectors {
		return gonumForm{} // as they lie
	}
	dots, sums := g.times(float64(g.rows), 1)
	transposing := 0.5 * float64(min(g.cols, gonumCols)*g.k)
	if g.transB {
		sums += transposing
	} else {
		dots += transposing
	}
	if dots < sums {
		return gonumForm{dots: true, pad: min(g.rows, g.cols) >= 32, look: !g.transB && g.cols >= 16}
	}
	return gonumForm{sums: true}
}

// zerosPay is whether enough of rows rows of A from row i on is zero for sums. It
// looks at one row for each of up to 256 terms.
func (g *gemm) zerosPay(i, rows int) bool {
	row, term := g.lda, 1
	if g.transA {
		row, term = term, row
	}
	a := masks(g.a[i*row:])
	looked, found := 0, uint32(0)
	for l := 0; l < g.k; l += g.k/256 | 1 {
		x := a[min(looked%sparseGroup, rows-1)*row+l*term] << 1 // without its sign
		found += (x | -x) >> 31
		looked++
	}
	dots, sums := g.times(1, float64(found)/float64(looked))
	return sums < dots
}

// gonumSgemm goes over the terms in blocks, over the columns that the panel holds,
// and over the rows of C in groups.
func gonumSgemm(w *worker, g *gemm) {
	f := gonumFormOf(g)
	group, sparse := gonumGroup, uint64(0) // a bit for each group with many zeros
	if f.look {
		group, sparse = sparseGroup, g.sparseGroups()
	}
	add := g.add
	for k0 := 0; k0 < g.k; k0 += gonumDepth {
		depth := min(gonumDepth, g.k-k0)
		for i := 0; sparse>>(i/group) != 0; i += group {
			if sparse>>(i/group)&1 != 0 {
				g.ask(i, min(group, g.m-i), 0, g.n, depth, g.partA(i, k0), g.partB(k0, 0), add)
			}
		}
		terms, cols := depth, g.n
		if f.pad {
			terms = (depth + 3) &^ 3
		}
		if f.dots {
			cols = min(cols, gonumWordsB/rowStep(terms))
		}
		for j := 0; j < g.n; j += cols {
			n := min(cols, g.n-j)
			b := f.layB(w.panel, g.partB(k0, j), n, depth, terms)
			for i := 0; i < g.m; i += group {
				if rows := min(group, g.m-i); sparse>>(i/group)&1 == 0 {
					g.ask(i, rows, j, n, terms, f.layA(w.panel, g.partA(i, k0), rows, depth, terms), b, add)
				}
			}
		}
		add = true
	}
}

// sparseGroups has a bit for each group of rows of A that is left to sums.
func (g *gemm) sparseGroups() (groups uint64) {
	for i := 0; i < g.m; i += sparseGroup {
		if g.zerosPay(i, min(sparseGroup, g.m-i)) {
			groups |= 1 << (i / sparseGroup)
		}
	}
	return groups
}

// partA is A from row i and term k0 on, partB B from term k0 and column j on.
func (g *gemm) partA(i, k0 int) factor {
	return factor{data: g.a, stride: g.lda, transposed: g.transA}.from(i, k0)
}

func (g *gemm) partB(k0, j int) factor {
	return factor{data: g.b, stride: g.ldb, transposed: g.transB}.from(k0, j)
}

// ask has gonum compute rows x n elements of C from [i, j] on.
func (g *gemm) ask(i, rows, j, n, terms int, a, b factor, add bool) {
	beta := float32(0)
	if add {
		beta = 1
	}
	gonum.Implementation{}.Sgemm(transpose(a.transposed), transpose(b.transposed), rows, n, terms, 1,
		a.data, a.stride, b.data, b.stride, beta, g.c[i*g.ldc+j:], g.ldc)
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// layA is depth terms of rows rows of A as f wants them, with zeros up to terms.
func (f gonumForm) layA(panel []float32, a factor, rows, depth, terms int) factor {
	if f.dots && (a.transposed || terms != depth) {
		return a.rows(panel[gonumWordsB:], rows, depth, terms, a.transposed)
	}
	return a
}

// layB is the same terms of n columns of B.
func (f gonumForm) layB(panel []float32, b factor, n, depth, terms int) factor {
	switch {
	case f.sums && b.transposed: // k is below 43, by their times
		return b.rows(panel, depth, n, n, true)
	case f.dots && !b.transposed || f.pad && (terms != depth || !aligned(b)):
		b = b.rows(panel, n, depth, terms, !b.transposed)
		b.transposed = true
	}
	return b
}

// aligned is whether all rows start where vectors of four words do.
func aligned(f factor) bool {
	return f.stride%4 == 0 && uintptr(unsafe.Pointer(&f.data[0]))%16 == 0
}

// rows copies rows of words words into panel, with zeros up to padded words; where
// they are to be transposed they are columns of f.
func (f factor) rows(panel []float32, rows, words, padded int, transposing bool) factor {
	step := rowStep(padded)
	if transposing {
		transposeRows(panel, step, f.data, f.stride, words, rows)
	} else {
		copyRows(panel, step, f.data, f.stride, rows, words)
	}
	if padded > words {
		for r := range rows {
			clear(panel[r*step+words : r*step+padded])
		}
	}
	return factor{data: panel, stride: step}
}

// transposeRows lays rows of cols words as columns, eight at a time.
func transposeRows(dst []float32, step int, src []float32, stride, rows, cols int) {
	l := 0
	for ; l+8 <= rows; l += 8 {
		s := src[l*stride:]
		s0, s1, s2, s3 := s[:cols], s[stride:][:cols], s[2*stride:][:cols], s[3*stride:][:cols]
		s4, s5, s6, s7 := s[4*stride:][:cols], s[5*stride:][:cols], s[6*stride:][:cols], s[7*stride:][:cols]
		at := l
		for j := range cols {
			d := (*[8]float32)(dst[at:])
			d[0], d[1], d[2], d[3] = s0[j], s1[j], s2[j], s3[j]
			d[4], d[5], d[6], d[7] = s4[j], s5[j], s6[j], s7[j]
			at += step
		}
	}
	for ; l < rows; l++ {
		at := l
		for _, x := range src[l*stride:][:cols] {
			dst[at] = x
			at += step
		}
	}
}
