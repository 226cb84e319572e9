//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// sparsePass is the part of a sparse product that one run does: the stored
// entries [entries[0], +entries[1]) of all, those from skip on of each row, and
// the rows [factor[0], +factor[1]) of B.
type sparsePass struct {
	entries, factor [2]int
	skip            int
}

// rowEntries is how many entries of a row one run adds.
const rowEntries = maxLoop

// entryWindows cuts the entries of a into runs that fit a storage block.
func (l *lowering) entryWindows(a compute.CSR) [][2]int {
	return l.windows(compute.Rows(a.Col, 1), a.Col.Len, 1)
}

// sparseMatMul lowers SparseMatMul: an invocation computes a few neighbouring
// elements of a row of C. What does not fit a storage block, or a loop, is done
// in passes, whose sums wait in scratch memory for the last one.
func (l *lowering) sparseMatMul(k *compute.SparseMatMul) error {
	if k.M == 0 || k.N == 0 {
		return nil
	}
	fin := newFinishing(k.Epilogue, k.C, k.Accumulate, k.M, k.N)
	for _, a := range fin.arrays() {
		if span := (space{dims: []int{1, k.M, k.N}}).span(*a); !l.fits(span) {
			// Rows of C are independent, but rows of A are picked by number.
			return l.sparseHalves(k)
		}
	}
	var passes []sparsePass
	// A row has at most one entry for each column, or is short.
	longest := min(k.A.Col.Len, max(k.A.Cols, rowEntries))
	for _, e := range l.entryWindows(k.A) {
		for _, b := range l.windows(k.B, k.A.Cols, k.N) {
			for skip := 0; skip == 0 || skip < longest; skip += rowEntries {
				passes = append(passes, sparsePass{e, b, skip})
			}
		}
	}
	var sum array
	for i, p := range passes {
		f := fin
		if len(passes) > 1 && i < len(passes)-1 {
			if i == 0 {
				sum = array{l.temp(k.M * k.N), []int{k.M * k.N, k.N, 1}}
			}
			f = finishing{c: sum, accumulate: i > 0, m: k.M, n: k.N}
		} else if len(passes) > 1 {
			f.partials = sum
		}
		if err := l.sparsePass(k, p, f); err != nil {
			return err
		}
	}
	return nil
}

// sparseHalves lowers k as two products of half the rows.
func (l *lowering) sparseHalves(k *compute.SparseMatMul) error {
	half := k.M / 2
	if half == 0 {
		return l.sparsePass(k, sparsePass{[2]int{0, k.A.Col.Len}, [2]int{0, k.A.Cols}, 0}, newFinishing(k.Epilogue, k.C, k.Accumulate, k.M, k.N))
	}
	for _, part := range [][2]int{{0, half}, {half, k.M - half}} {
		p := *k
		p.M = part[1]
		p.C.View = window(k.C, part[0], part[1], k.N)
		p.A.Rows = rowsFrom(k.A, part[0], part[1])
		if p.A.Rows.Empty() && part[0] > 0 {
			p.A.RowPtr = k.A.RowPtr.Slice(part[0], k.A.RowPtr.Len-part[0])
		}
		if k.Epilogue != nil {
			p.Epilogue = epilogueFrom(k.Epilogue, part[0])
		}
		sub := &lowering{dev: l.dev, lim: l.lim, used: l.used}
		if err := sub.sparseMatMul(&p); err != nil {
			return err
		}
		l.list, l.used = append(l.list, sub.list...), sub.used
	}
	return nil
}

// rowsFrom is the index of n rows of a from row from on.
func rowsFrom(a compute.CSR, from, n int) compute.Index {
	x := a.Rows
	if !x.Empty() {
		x.View = x.View.Slice(from, x.Len-from)
	}
	return x
}

func epilogueFrom(e *compute.Epilogue, from int) *compute.Epilogue {
	moved := *e
	moved.In = append([]compute.Operand(nil), e.In...)
	moved.Out = append([]compute.Operand(nil), e.Out...)
	for _, list := range [][]compute.Operand{moved.In, moved.Out} {
		for i := range list {
			list[i].Offset += from * list[i].Strides[2]
			list[i].Len -= from * list[i].Strides[2]
		}
	}
	return &moved
}

func (l *lowering) sparsePass(k *compute.SparseMatMul, p sparsePass, f finishing) error {
	across := lanes(k.N)
	s := l.shader("SparseMatMul", across, 64/across)
	s.finish(f, 1, k.M, k.N)
	s.csr(k.A, p.entries)
	s.define("M", s.number(k.M))
	s.define("SKIP", s.number(p.skip))
	s.define("MOST", s.number(rowEntries))
	s.define("FIRST_COL", s.number(p.factor[0]))
	s.define("COL_COUNT", s.number(p.factor[1]))
	b := window(k.B, p.factor[0], p.factor[1], k.N)
	if b.Empty() {
		b = k.C.View.Slice(0, 0) // no columns in A: never read
	}
	s.fours("B", b, k.B.Stride, k.N)
	s.include("sparse")
	y, z := l.grid(ceil(k.M, s.local[1]))
	return s.run(ceil(k.N, 8*across), y, z)
}

// lanes is how many invocations stand side by side for rows of n elements, of
// which each computes eight.
func lanes(n int) int {
	across := 1
	for across < 8 && 8*across < n {
		across *= 2
	}
	return across
}

// fours adds "vec4 NAME4(row, col)", four neighbouring elements from column
// col on, a multiple of 4, of the matrix v with columns columns. What lies
// beyond the last column is any number. Rows that start at whole vec4s are read
// as such: a renderer on a CPU is quickest at that through a buffer texture.
func (s *shader) fours(name string, v compute.View, stride, columns int) {
	s.define("N", s.number(columns))
	wide := v.Len > 0 && wholeQuads(v, stride)
	switch {
	case wide && s.l.lim.software && s.fitsTexture(v, true):
		texels, base := s.texture(v, true)
		s.define(name+"4(row, col)", fmt.Sprintf("texelFetch(%s, int((%s + (row) * %s + (col)) / 4u))", texels, base, s.number(stride)))
	case wide:
		vectors, base := s.vectors(v)
		s.define(name+"4(row, col)", fmt.Sprintf("%s[(%s + (row) * %s + (col)) / 4u]", vectors, base, s.number(stride)))
	default:
		words, base := s.memory(v, false)
		s.line("vec4 %s4(uint row, uint col) {", name)
		s.line("\tuint at = %s + row * %s, last = N - 1u;", base, s.number(stride))
		s.line("\treturn uintBitsToFloat(uvec4(%s[at + col], %s[at + min(col + 1u, last)], %s[at + min(col + 2u, last)], %s[at + min(col + 3u, last)]));", words, words, words, words)
		s.line("}")
	}
}

// csr adds what reads a sparse operand: "uvec2 row_entries(uint i)", the range
// of row i's entries in the window entries; column(at) and value(at).
func (s *shader) csr(a compute.CSR, entries [2]int) {
	s.rowNumber(a.Rows, [2]int{0, a.Rows.Len})
	words, base := s.memory(a.RowPtr, false)
	first, count := s.number(entries[0]), s.number(entries[1])
	s.line("uvec2 row_entries(uint i) {")
	s.line("\tint r = row_number(i);")
	s.line("\tif (r < 0 || r >= int(%s)) return uvec2(0u);", s.number(max(a.RowPtr.Len-1, 0)))
	s.line("\tuvec2 range = uvec2(%s[%s + uint(r)], %s[%s + uint(r) + 1u]);", words, base, words, base)
	s.line("\treturn clamp(range, uvec2(%s), uvec2(%s + %s));", first, first, count)
	s.line("}")
	if entries[1] == 0 {
		s.define("column(at)", "0u")
		s.define("value(at)", "0.0")
		return
	}
	col, place := s.memory(a.Col.Slice(entries[0], entries[1]), false)
	s.define("column(at)", col+"["+place+" + (at) - "+first+"]")
	if a.Val.Empty() {
		s.define("value(at)", "1.0")
		s.define("ONES", "")
		return
	}
	val, place := s.memory(a.Val.Slice(entries[0], entries[1]), false)
	s.define("value(at)", "uintBitsToFloat("+val+"["+place+" + (at) - "+first+"])")
}
