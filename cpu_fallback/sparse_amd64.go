package cpu_fallback

import "github.com/glearn-go/glearn/cpu_fallback/internal/vector"

// rowLoop is a loop of sparse products over a few vectors of columns.
type rowLoop = func(dst, src *float32, stride uintptr, col *int32, val *float32, count int)

// rows holds the processor's loops for 4, 2 and 1 vectors of columns: those of
// sparse products without stored values and with them, and those of ScatterAdd.
var rows struct {
	lanes    int // columns in a vector
	sum, add [3][2]rowLoop
	scatter  [3]func(dst, src *float32, stride, srcStride uintptr, row *int32, count int)
}

func init() {
	switch {
	case hasAVX512:
		rows.lanes = 16
		rows.sum = [3][2]rowLoop{{vector.SumRows512x4, vector.SumRowsScaled512x4}, {vector.SumRows512x2, vector.SumRowsScaled512x2}, {vector.SumRows512x1, vector.SumRowsScaled512x1}}
		rows.add = [3][2]rowLoop{{vector.AddToRows512x4, vector.AddToRowsScaled512x4}, {vector.AddToRows512x2, vector.AddToRowsScaled512x2}, {vector.AddToRows512x1, vector.AddToRowsScaled512x1}}
		rows.scatter = [3]func(dst, src *float32, stride, srcStride uintptr, row *int32, count int){vector.ScatterRows512x4, vector.ScatterRows512x2, vector.ScatterRows512x1}
	case hasAVX2:
		rows.lanes = 8
		rows.sum = [3][2]rowLoop{{vector.SumRows256x4, vector.SumRowsScaled256x4}, {vector.SumRows256x2, vector.SumRowsScaled256x2}, {vector.SumRows256x1, vector.SumRowsScaled256x1}}
		rows.add = [3][2]rowLoop{{vector.AddToRows256x4, vector.AddToRowsScaled256x4}, {vector.AddToRows256x2, vector.AddToRowsScaled256x2}, {vector.AddToRows256x1, vector.AddToRowsScaled256x1}}
		rows.scatter = [3]func(dst, src *float32, stride, srcStride uintptr, row *int32, count int){vector.ScatterRows256x4, vector.ScatterRows256x2, vector.ScatterRows256x1}
	default:
		return
	}
	copyAhead = vector.CopyAhead
	rowClear = clearRowsVector
	rowSum, rowAdd, rowScatterAdd, maxWords = sumRowsVector, addToRowsVector, scatterRowsVector, vector.MaxWords
}

// stored is the first column and value of a range of stored values.
func (a *csr) stored(from int) (kind int, col *int32, val *float32) {
	if a.val == nil {
		return 0, &a.col[from], nil
	}
	return 1, &a.col[from], &a.val[from]
}

func sumRowsVector(c []float32, b matrix, a *csr, from, to int) int {
	kind, col, val := a.stored(from)
	done := 0
	for i, vectors := range [3]int{4, 2, 1} {
		for n := vectors * rows.lanes; done+n <= len(c); done += n {
			rows.sum[i][kind](&c[done], &b.data[done], uintptr(b.stride)*4, col, val, to-from)
		}
	}
	return done
}

func addToRowsVector(c matrix, lo int, x []float32, a *csr, from, to int) int {
	kind, col, val := a.stored(from)
	done := 0
	for i, vectors := range [3]int{4, 2, 1} {
		for n := vectors * rows.lanes; done+n <= len(x); done += n {
			rows.add[i][kind](&c.data[lo+done], &x[done], uintptr(c.stride)*4, col, val, to-from)
		}
	}
	return done
}

func scatterRowsVector(s *rowScatter, lo, hi int, numbers []int32) int {
	done := lo
	stride := uintptr(s.table.stride) * 4
	for i, vectors := range [3]int{4, 2, 1} {
		for n := vectors * rows.lanes; done+n <= hi; done += n {
			if s.repeat == 1 {
				rows.scatter[i](&s.table.data[done], &s.in.data[done], stride, uintptr(s.in.stride)*4, &numbers[0], len(numbers))
				continue
			}
			for r := 0; r < len(numbers); r += s.repeat {
				rows.add[i][0](&s.table.data[done], &s.in.data[r/s.repeat*s.in.stride+done], stride, &numbers[r], nil, s.repeat)
			}
		}
	}
	return done
}

func clearRowsVector(m matrix, count, lo, hi int) int {
	blocks := (hi - lo) / 8
	if count > 0 && blocks > 0 {
		vector.ClearRows(&m.data[lo], uintptr(m.stride)*4, count, blocks)
	}
	return lo + 8*blocks
}
