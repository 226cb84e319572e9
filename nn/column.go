package nn

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
)

// columnKind is how a column's values are kept on the device.
type columnKind uint8

const (
	denseColumn columnKind = iota // floats
	intColumn                     // int32
	csrColumn                     // sparse rows
)

// column is room on the device for rows of one input or target.
type column struct {
	kind  columnKind
	shape []int // of a row
	rows  int   // there is room for
	nnz   int   // stored values there is room for; csrColumn
	ones  bool  // all stored values are 1; csrColumn

	table               *graph.Variable // [rows, shape...]
	rowPtr, colInd, val *graph.Variable // csrColumn
	// staging is where rows are put together before they are sent; kept to
	// allocate nothing per window.
	staging [3][]uint32
}

// newColumn is room for rows rows like those of t. Sparse rows are spread out
// unless sparse is set.
func newColumn(t data.Tensor, rows, nnz int, sparse bool) *column {
	c := &column{shape: append([]int{}, t.RowShape()...), rows: rows}
	switch t := t.(type) {
	case *data.Ints:
		c.kind = intColumn
	case *data.CSR:
		if sparse {
			c.kind, c.nnz, c.ones = csrColumn, max(nnz, 1), t.Val == nil
		}
	}
	return c
}

// takes is true when the rows of t fit in.
func (c *column) takes(t data.Tensor, sparse bool) bool {
	want := newColumn(t, t.Rows(), nonzeros(t, t.Rows()), sparse)
	return want.kind == c.kind && slices.Equal(want.shape, c.shape) && want.ones == c.ones && want.rows <= c.rows && want.nnz <= c.nnz
}

// nonzeros bounds the stored values of any rows rows of t.
func nonzeros(t data.Tensor, rows int) int {
	s, ok := t.(*data.CSR)
	if !ok {
		return 0
	}
	all, longest := int(s.RowPtr[s.Rows()]-s.RowPtr[0]), 0
	for r := range s.Rows() {
		longest = max(longest, int(s.RowPtr[r+1]-s.RowPtr[r]))
	}
	return min(all, longest*rows)
}

// roomFor rounds small numbers of stored values up, so that batches of sparse
// rows can follow each other in the same memory.
func roomFor(nnz int) int {
	if nnz > 1<<18 {
		return nnz
	}
	return bucket(max(nnz, 16))
}

// signature is equal for columns that programs can use in each other's place.
func (c *column) signature() string {
	return fmt.Sprintf("%d%v%d/%d/%v;", c.kind, c.shape, c.rows, c.nnz, c.ones)
}

// words is the longest buffer and the sum of all.
func (c *column) words() (longest, total int) {
	if c.kind != csrColumn {
		n := c.rows * product(c.shape)
		return n, n
	}
	total = c.rows + 1 + c.nnz
	if !c.ones {
		total += c.nnz
	}
	return max(c.nnz, c.rows+1), total
}

func (c *column) allocate(name string, f *feed) error {
	var err error
	make := func(part string, typ compute.Type, shape ...int) *graph.Variable {
		v := graph.NewVariable(name+part, typ, shape...)
		if err == nil {
			err = f.own(v)
		}
		return v
	}
	full := append([]int{c.rows}, c.shape...)
	switch c.kind {
	case denseColumn:
		c.table = make("", compute.Float, full...)
	case intColumn:
		c.table = make("", compute.Int, full...)
	case csrColumn:
		c.rowPtr = make(".rowptr", compute.Int, c.rows+1)
		c.colInd = make(".col", compute.Int, c.nnz)
		if !c.ones {
			c.val = make(".val", compute.Float, c.nnz)
		}
	}
	return err
}

// batch is rows rows of the column: those that index names, from the cursor's
// place on. Without an index it is the first rows.
func (c *column) batch(g *graph.Graph, index, cursor *graph.Variable, rows, stride int) *graph.Tensor {
	if c.kind == csrColumn {
		s := &graph.Sparse{Rows: rows, Cols: c.shape[0], RowPtr: c.rowPtr, Col: c.colInd, Val: c.val}
		if index != nil {
			s.Index, s.Cursor, s.Stride = index, cursor, stride
		}
		return g.Sparse(s)
	}
	if index == nil {
		return graph.SliceAxis(g.Read(c.table), 0, 0, rows)
	}
	return graph.GatherBatch(g.Read(c.table), g.Read(index), g.Read(cursor), rows, stride)
}

// write fills the first rows with those of t that order names, or all of t
// where order is nil. It sends t's own memory where that is in order already.
func (c *column) write(b compute.Backend, t data.Tensor, order []int32) {
	switch t := t.(type) {
	case *data.Dense:
		c.writeTable(b, compute.Words(t.Values), t.Rows(), order)
	case *data.Ints:
		c.writeTable(b, compute.Words(t.Values), t.Rows(), order)
	case *data.CSR:
		if c.kind == csrColumn {
			c.writeSparse(b, t, order)
		} else {
			c.writeSpread(b, t, order)
		}
	}
}

// gatherWords is how many words of rows are put together before they are sent:
// they are still in the processor's cache when they are copied to where the
// device takes them.
const gatherWords = 1 << 18

func (c *column) writeTable(b compute.Backend, words []uint32, rows int, order []int32) {
	width := product(c.shape)
	if order == nil {
		b.Write(c.table.View().Slice(0, rows*width), words)
		return
	}
	most := max(1, gatherWords/max(width, 1))
	for from := 0; from < len(order); from += most {
		part := order[from:min(from+most, len(order))]
		b.Write(c.table.View().Slice(from*width, len(part)*width), c.gather(words, width, part))
	}
}

func (c *column) gather(words []uint32, width int, order []int32) []uint32 {
	out := c.stage(0, len(order)*width)
	for i, r := range order {
		copy(out[i*width:(i+1)*width], words[int(r)*width:])
	}
	return out
}

// stage is n words of staging, of which there are three.
func (c *column) stage(k, n int) []uint32 {
	if cap(c.staging[k]) < n {
		c.staging[k] = make([]uint32, n)
	}
	return c.staging[k][:n]
}

// spreadRows is how many sparse rows are written out in full at a time.
const spreadRows = 256

func (c *column) writeSpread(b compute.Backend, t *data.CSR, order []int32) {
	rows := t.Rows()
	if order != nil {
		rows = len(order)
	}
	width := t.Columns
	for from := 0; from < rows; from += spreadRows {
		n := min(spreadRows, rows-from)
		out := c.stage(0, n*width)
		clear(out)
		for i := range n {
			r := from + i
			if order != nil {
				r = int(order[r])
			}
			col, val := t.Row(r)
			for k, j := range col {
				x := float32(1)
				if val != nil {
					x = val[k]
				}
				out[i*width+int(j)] = compute.Words([]float32{x})[0]
			}
		}
		b.Write(c.table.View().Slice(from*width, n*width), out)
	}
}

func (c *column) writeSparse(b compute.Backend, t *data.CSR, order []int32) {
	rows := t.Rows()
	if order != nil {
		rows = len(order)
	}
	// Every row that there is room for gets an end, so that the unused ones
	// are empty.
	ptr := c.stage(0, c.rows+1)
	nnz := 0
	if order == nil {
		first := t.RowPtr[0]
		for i, p := range t.RowPtr {
			ptr[i] = uint32(p - first)
		}
		nnz = int(t.RowPtr[rows] - first)
		from := int(first)
		b.Write(c.colInd.View().Slice(0, nnz), compute.Words(t.Col[from:from+nnz]))
		if !c.ones {
			b.Write(c.val.View().Slice(0, nnz), compute.Words(t.Val[from:from+nnz]))
		}
	} else {
		for _, r := range order {
			nnz += int(t.RowPtr[r+1] - t.RowPtr[r])
		}
		cols := c.stage(1, nnz)
		var vals []uint32
		if !c.ones {
			vals = c.stage(2, nnz)
		}
		at := 0
		for i, r := range order {
			ptr[i] = uint32(at)
			col, val := t.Row(int(r))
			copy(cols[at:], compute.Words(col))
			if !c.ones {
				copy(vals[at:], compute.Words(val))
			}
			at += len(col)
		}
		b.Write(c.colInd.View().Slice(0, nnz), cols)
		if !c.ones {
			b.Write(c.val.View().Slice(0, nnz), vals)
		}
	}
	for i := rows; i <= c.rows; i++ {
		ptr[i] = uint32(nnz)
	}
	b.Write(c.rowPtr.View(), ptr)
}
