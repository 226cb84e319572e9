package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// nanRow is what a row that does not exist is filled with.
var nanRow = math.Float32frombits(0x7FC00000)

// matrix is a compute.Matrix with the memory behind it.
type matrix struct {
	data   []float32
	stride int
	batch  int
}

func (b *binder) matrix(m compute.Matrix) matrix {
	return matrix{b.words(m.View), m.Stride, m.Batch}
}

func (m *matrix) row(r, cols int) []float32 {
	return m.data[r*m.stride : r*m.stride+cols : r*m.stride+cols]
}

// index is a compute.Index with the memory behind it.
type index struct {
	rows   []int32 // nil picks row i for i
	cursor []int32 // nil is 0
	stride int
}

func (b *binder) index(x compute.Index) index {
	if x.Empty() {
		return index{}
	}
	i := index{rows: ints(b.words(x.View)), stride: x.Stride}
	if !x.Cursor.Empty() {
		i.cursor = ints(b.words(x.Cursor))
	}
	return i
}

// base is where the cursor stands now.
func (x *index) base() int {
	if x.cursor == nil {
		return 0
	}
	return int(x.cursor[0]) * x.stride
}

// at is the row number for i, or -1 when it is not below limit.
func (x *index) at(base, i, limit int) int {
	r := i
	if x.rows != nil {
		if base+i < 0 || base+i >= len(x.rows) {
			return -1
		}
		r = int(x.rows[base+i])
	}
	if r < 0 || r >= limit {
		return -1
	}
	return r
}

// numbers is the row numbers of the first n rows, or nil where they are not all
// there in a row.
func (x *index) numbers(base, n int) []int32 {
	if x.rows == nil || base < 0 || base+n > len(x.rows) {
		return nil
	}
	return x.rows[base : base+n]
}

// rowGather is Gather.
type rowGather struct {
	rows, cols, tableRows int
	sum                   int // see compute.Gather
	table, out            matrix
	index                 index
	chunk                 int
	job                   *job
}

func (d *device) gather(k *compute.Gather) (op, error) {
	b := binder{d: d}
	g := &rowGather{rows: k.Rows, cols: k.Cols, tableRows: k.TableRows, sum: k.Sums(), table: b.matrix(k.Table), out: b.matrix(k.Out), index: b.index(k.Index)}
	if b.err != nil {
		return nil, b.err
	}
	var parts int
	if g.cols > 0 {
		g.chunk, parts = cut(g.rows, g.sum*(3*g.cols+100), 1)
	}
	g.job = newJob(g, parts)
	return g, nil
}

func (g *rowGather) run(p *pool) { p.run(g.job) }

func (g *rowGather) part(w *worker, i int) {
	base := g.index.base()
	lo, hi := i*g.chunk, min((i+1)*g.chunk, g.rows)
	if g.sum > 1 {
		for i := lo; i < hi; i++ {
			g.sumRow(w, g.out.row(i, g.cols), base, i*g.sum)
		}
		return
	}
	if g.cols < 16 {
		if picked := g.index.numbers(base+lo, hi-lo); picked != nil {
			g.copyShort(picked, lo)
			return
		}
	}
	ahead := max(1, fetchWords/g.cols)
	for i := lo; i < hi; i++ {
		out := g.out.row(i, g.cols)
		if r := g.index.at(base, i, g.tableRows); r >= 0 {
			g.copyRow(out, r, g.index.at(base, min(i+ahead, hi-1), g.tableRows))
		} else {
			fill(out, nanRow)
		}
	}
}

// copyShort copies rows of a few words to the rows from first on.
func (g *rowGather) copyShort(picked []int32, first int) {
	limit := uint32(g.tableRows) // a negative number is larger, too
	if g.cols == 1 {
		for i, r := range picked {
			x := nanRow
			if uint32(r) < limit {
				x = g.table.data[int(r)*g.table.stride]
			}
			g.out.data[(first+i)*g.out.stride] = x
		}
		return
	}
	for i, r := range picked {
		out := g.out.row(first+i, g.cols)
		if uint32(r) >= limit {
			fill(out, nanRow)
			continue
		}
		copy(out, g.table.data[int(r)*g.table.stride:])
	}
}

// sumRow is out = the sum of the rows of the table whose numbers stand from
// base + first on. As in a reduction, few are added up at a time.
func (g *rowGather) sumRow(w *worker, out []float32, base, first int) {
	clear(out)
	for k := first; k < first+g.sum; k += float32Rows {
		n := min(float32Rows, first+g.sum-k)
		if g.cols > len(w.block) || n == g.sum {
			g.addRows(out, base, k, n)
			continue
		}
		few := w.block[:g.cols]
		clear(few)
		g.addRows(few, base, k, n)
		addLoop(out, out, few, nil)
	}
}

// addRows adds n rows of the table to acc, in order.
func (g *rowGather) addRows(acc []float32, base, first, n int) {
	done := 0
	if picked := (csr{col: g.index.numbers(base+first, n), cols: g.tableRows}); rowSum != nil && picked.col != nil && picked.inside(0, n) {
		done = rowSum(acc, g.table, &picked, 0, n)
	}
	if done == len(acc) {
		return
	}
	for i := first; i < first+n; i++ {
		if r := g.index.at(base, i, g.tableRows); r >= 0 {
			addLoop(acc[done:], acc[done:], g.table.row(r, g.cols)[done:], nil)
		} else {
			fill(acc[done:], nanRow)
		}
	}
}

// fetchWords is how far ahead rows are fetched into the cache: the time that
// memory takes to answer, at the speed of a copy. A shuffled row is nothing
// that the processor fetches by itself.
const fetchWords = 2048

// copyRow copies row r of the table while row next, if it exists, is fetched.
func (g *rowGather) copyRow(out []float32, r, next int) {
	row := g.table.row(r, g.cols)
	if blocks := g.cols / 16; copyAhead != nil && blocks > 0 {
		at := &row[0]
		if next >= 0 {
			at = &g.table.row(next, g.cols)[0]
		}
		copyAhead(&out[0], &row[0], at, blocks)
		out, row = out[16*blocks:], row[16*blocks:]
	}
	copy(out, row)
}

// copyAhead copies blocks of 16 words and fetches others into the cache. nil
// where there is no assembly.
var copyAhead func(dst, src, next *float32, blocks int)

// rowScatter is ScatterAdd. Its parts are ranges of columns, so that the rows
// are added in order whatever their numbers.
type rowScatter struct {
	rows, cols, tableRows int
	repeat                int // see compute.ScatterAdd
	in, table             matrix
	index                 index
	chunk                 int
	job                   *job
}

func (d *device) scatterAdd(k *compute.ScatterAdd) (op, error) {
	b := binder{d: d}
	s := &rowScatter{rows: k.Rows, cols: k.Cols, tableRows: k.TableRows, repeat: k.Repeats(), in: b.matrix(k.In), table: b.matrix(k.Table), index: b.index(k.Index)}
	if b.err != nil {
		return nil, b.err
	}
	var parts int
	if s.rows > 0 {
		s.chunk, parts = d.cutColumns(s.cols, s.rows)
	}
	s.job = newJob(s, parts)
	return s, nil
}

func (s *rowScatter) run(p *pool) { p.run(s.job) }

func (s *rowScatter) part(_ *worker, i int) {
	base := s.index.base()
	lo, hi := i*s.chunk, min((i+1)*s.chunk, s.cols)
	if rowScatterAdd != nil {
		if numbers := s.index.numbers(base, s.rows); numbers != nil && allBelow(numbers, s.tableRows) {
			lo = rowScatterAdd(s, lo, hi, numbers)
		}
	}
	if lo == hi {
		return
	}
	for i := range s.rows {
		if r := s.index.at(base, i, s.tableRows); r >= 0 {
			to := s.table.row(r, s.cols)[lo:hi]
			addLoop(to, to, s.in.row(i/s.repeat, s.cols)[lo:hi], nil)
		}
	}
}

// rowScatterAdd adds the rows to those of numbers, in order, in those columns
// from lo on that make whole vectors and are below hi, and says where they end.
// nil where there is no assembly.
var rowScatterAdd func(s *rowScatter, lo, hi int, numbers []int32) int
