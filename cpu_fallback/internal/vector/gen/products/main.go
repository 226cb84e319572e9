// Command products writes the inner kernels of the dense product: a tile of C
// held in registers while its row of A and its column of B stream by.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of vector.Tile.
const (
	fieldK    = 8 * iota
	fieldA    // *float32
	fieldARow // bytes between rows of A
	fieldACol // bytes between columns of A
	fieldB
	fieldBRow
	fieldC
	fieldCRow
	fieldAdd  // not 0: C += A B
	fieldMask // one bit for each column that exists
	fieldLong // not 0: the loop for many terms, which reads B as if all columns existed
)

// rowsAheadLog is how many rows of B further on a tile fetches into the L1
// cache, as a power of two.
const rowsAheadLog = 4

// longApart is the value of fieldLong for a transposed A whose rows lie apart.
const longApart = 2

// nextOfA is how many bytes further on in a row of A a tile fetches into the L1
// cache where it is transposed: what the next rows of the result need of this
// term. The rows lie too far apart for the processor to guess it.
const nextOfA = 112

func main() {
	ConstraintExpr("amd64")
	for rows := 1; rows <= 12; rows++ {
		for _, width := range []int{1, 2} {
			tile(rows, width, true)
		}
	}
	for rows := 1; rows <= 6; rows++ {
		tile(rows, 2, false)
	}
	Generate()
}

// tile is rows x width vectors of C. wide is AVX-512, with masks for columns
// that do not exist; without it all columns must exist.
func tile(rows, width int, wide bool) {
	name, bytes := fmt.Sprintf("tile256x%d", rows), 32
	vector := func() VecVirtual { return YMM() }
	if wide {
		name, bytes = fmt.Sprintf("tile512x%dx%d", rows, width), 64
		vector = func() VecVirtual { return ZMM() }
	}
	TEXT(name, NOSPLIT, "func(t *int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s computes %d rows and up to %d columns of a product.", name, rows, width*bytes/4))
	t := Load(Param("t"), GP64())
	field := func(offset int) GPVirtual {
		r := GP64()
		MOVQ(Mem{Base: t, Disp: offset}, r)
		return r
	}
	k, aRow, aCol := field(fieldK), field(fieldARow), field(fieldACol)
	b, bRow, c, cRow := field(fieldB), field(fieldBRow), field(fieldC), field(fieldCRow)
	// One base register reaches three rows: at 0, 1 and 2 times the stride.
	bases := []GPVirtual{field(fieldA)}
	for len(bases)*3 < rows {
		next := GP64()
		LEAQ(Mem{Base: bases[len(bases)-1], Index: aRow, Scale: 2}, next)
		ADDQ(aRow, next)
		bases = append(bases, next)
	}
	rowOf := func(i int) Mem {
		m := Mem{Base: bases[i/3]}
		if i%3 > 0 {
			m.Index, m.Scale = aRow, uint8(i%3)
		}
		return m
	}
	var masks []OpmaskVirtual
	if wide {
		bits := GP32()
		MOVL(Mem{Base: t, Disp: fieldMask}, bits)
		for range width {
			m := K()
			KMOVW(bits, m)
			masks = append(masks, m)
			SHRL(U8(16), bits)
		}
	}
	acc := make([][]VecVirtual, rows)
	for i := range acc {
		for range width {
			v := vector()
			if wide {
				VPXORD(v, v, v)
			} else {
				VXORPS(v, v, v)
			}
			acc[i] = append(acc[i], v)
		}
	}
	bs := make([]VecVirtual, width)
	for j := range bs {
		bs[j] = vector()
	}
	at, ahead := GP64(), GP64()
	// A masked load takes one of the two units that multiply.
	loop := func(label string, load func(m Mem, j int), fetch, fetchA bool) {
		Label(label)
		for j := range bs {
			if fetch {
				PREFETCHT0(Mem{Base: ahead, Disp: j * bytes})
			}
			load(Mem{Base: b, Disp: j * bytes}, j)
		}
		if fetchA {
			PREFETCHT0(Mem{Base: bases[0], Disp: nextOfA})
		}
		for i := range acc {
			x := vector()
			VBROADCASTSS(rowOf(i), x)
			for j := range bs {
				VFMADD231PS(x, bs[j], acc[i][j])
			}
		}
		ADDQ(bRow, b)
		if fetch {
			ADDQ(bRow, ahead)
		}
		for _, base := range bases {
			ADDQ(aCol, base)
		}
		DECQ(k)
		JNZ(LabelRef(label))
	}
	if wide {
		CMPQ(Mem{Base: t, Disp: fieldLong}, Imm(0))
		JNE(LabelRef("long"))
		loop("masked", func(m Mem, j int) { VMOVUPS_Z(m, masks[j], bs[j]) }, false, false)
		JMP(LabelRef("add"))
	}
	Label("long")
	// What the tile of C adds to, or overwrites, comes from further than the L1
	// cache. It has as long as the loop takes.
	MOVQ(c, at)
	for i := range rows {
		for j := range width {
			PREFETCHT0(Mem{Base: at, Disp: j * bytes})
		}
		if i+1 < rows {
			ADDQ(cRow, at)
		}
	}
	MOVQ(bRow, ahead)
	SHLQ(Imm(rowsAheadLog), ahead)
	ADDQ(b, ahead)
	whole := func(m Mem, j int) { VMOVUPS(m, bs[j]) }
	CMPQ(Mem{Base: t, Disp: fieldLong}, Imm(longApart))
	JEQ(LabelRef("apart"))
	loop("whole", whole, true, false)
	JMP(LabelRef("add"))
	Label("apart")
	loop("fetching", whole, true, true)

	Label("add")
	CMPQ(Mem{Base: t, Disp: fieldAdd}, Imm(0))
	JEQ(LabelRef("store"))
	MOVQ(c, at)
	for i := range acc {
		for j := range bs {
			m := Mem{Base: at, Disp: j * bytes}
			if wide {
				VADDPS(m, acc[i][j], masks[j], acc[i][j])
			} else {
				VADDPS(m, acc[i][j], acc[i][j])
			}
		}
		if i+1 < rows {
			ADDQ(cRow, at)
		}
	}
	Label("store")
	for i := range acc {
		for j := range bs {
			m := Mem{Base: c, Disp: j * bytes}
			if wide {
				VMOVUPS(acc[i][j], masks[j], m)
			} else {
				VMOVUPS(acc[i][j], m)
			}
		}
		if i+1 < rows {
			ADDQ(cRow, c)
		}
	}
	VZEROUPPER()
	RET()
}
