package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
)

// rowLoops writes the loops of sparse products, for 1, 2 and 4 vectors of
// columns, with stored values and without, and those of ScatterAdd.
func rowLoops() {
	for _, vectors := range []int{1, 2, 4} {
		for _, scaled := range []bool{false, true} {
			sumRows(vectors, scaled)
			addToRows(vectors, scaled)
		}
		scatterRows(vectors)
	}
}

// rowArguments loads what both loops take.
func rowArguments(name, doc string, vectors int, scaled bool) (dst, src, stride, col, val, count GPVirtual) {
	kind := ""
	if scaled {
		kind = "Scaled"
	}
	TEXT(fmt.Sprintf("%s%s%sx%d", name, kind, suffix(), vectors), NOSPLIT, "func(dst, src *float32, stride uintptr, col *int32, val *float32, count int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s%s%sx%d is %s, for %d columns and count >= 1 rows; stride counts bytes.", name, kind, suffix(), vectors, doc, vectors*bytes()/4))
	param := func(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }
	return param("dst"), param("src"), param("stride"), param("col"), param("val"), param("count")
}

// sumRows is dst += sum over t of val[t] src[col[t]], in order.
func sumRows(vectors int, scaled bool) {
	dst, src, stride, col, val, count := rowArguments("SumRows", "dst += sum of val[t] src[col[t]]", vectors, scaled)
	acc := make([]VecVirtual, vectors)
	for i := range acc {
		acc[i] = vector()
		VMOVUPS(Mem{Base: dst, Disp: i * bytes()}, acc[i])
	}
	at := GP64()
	Label("loop")
	MOVLQSX(Mem{Base: col}, at)
	IMULQ(stride, at)
	if scaled {
		s := vector()
		VBROADCASTSS(Mem{Base: val}, s)
		for i := range acc {
			x := vector()
			VMULPS(Mem{Base: src, Index: at, Scale: 1, Disp: i * bytes()}, s, x)
			VADDPS(x, acc[i], acc[i])
		}
		ADDQ(Imm(4), val)
	} else {
		for i := range acc {
			VADDPS(Mem{Base: src, Index: at, Scale: 1, Disp: i * bytes()}, acc[i], acc[i])
		}
	}
	ADDQ(Imm(4), col)
	DECQ(count)
	JNZ(LabelRef("loop"))
	for i := range acc {
		VMOVUPS(acc[i], Mem{Base: dst, Disp: i * bytes()})
	}
	VZEROUPPER()
	RET()
}

// addToRows is dst[col[t]] += val[t] src for all t, in order.
func addToRows(vectors int, scaled bool) {
	dst, src, stride, col, val, count := rowArguments("AddToRows", "dst[col[t]] += val[t] src", vectors, scaled)
	row := make([]VecVirtual, vectors)
	for i := range row {
		row[i] = vector()
		VMOVUPS(Mem{Base: src, Disp: i * bytes()}, row[i])
	}
	at := GP64()
	Label("loop")
	MOVLQSX(Mem{Base: col}, at)
	IMULQ(stride, at)
	s := vector()
	if scaled {
		VBROADCASTSS(Mem{Base: val}, s)
		ADDQ(Imm(4), val)
	}
	for i := range row {
		m := Mem{Base: dst, Index: at, Scale: 1, Disp: i * bytes()}
		x := vector()
		if scaled {
			VMULPS(row[i], s, x)
			VADDPS(m, x, x)
		} else {
			VADDPS(m, row[i], x)
		}
		VMOVUPS(x, m)
	}
	ADDQ(Imm(4), col)
	DECQ(count)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// scatterRows is dst[row[t]] += src[t] for all t, in order.
func scatterRows(vectors int) {
	TEXT(fmt.Sprintf("ScatterRows%sx%d", suffix(), vectors), NOSPLIT, "func(dst, src *float32, stride, srcStride uintptr, row *int32, count int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("ScatterRows%sx%d is dst[row[t]] += src[t], for %d columns and count >= 1 rows; strides count bytes.", suffix(), vectors, vectors*bytes()/4))
	param := func(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }
	dst, src, stride, srcStride, row, count := param("dst"), param("src"), param("stride"), param("srcStride"), param("row"), param("count")
	at := GP64()
	Label("loop")
	MOVLQSX(Mem{Base: row}, at)
	IMULQ(stride, at)
	for i := range vectors {
		m := Mem{Base: dst, Index: at, Scale: 1, Disp: i * bytes()}
		x := vector()
		VMOVUPS(m, x)
		VADDPS(Mem{Base: src, Disp: i * bytes()}, x, x)
		VMOVUPS(x, m)
	}
	ADDQ(srcStride, src)
	ADDQ(Imm(4), row)
	DECQ(count)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// folds writes the loops that make one number of a row: 16 running results, of
// which neighbouring halves are then folded.
func folds() {
	for _, f := range []struct {
		name, doc string
		fold      func(a, b VecVirtual) VecVirtual
		start     uint32
	}{
		{"Sum", "the sum", code{}.Add, 0x80000000}, // -0, which changes no number
		{"Max", "the largest, NaN if any is,", apply2(functions.Maximum), 0xFF800000},
	} {
		name := f.name + "Row" + suffix()
		TEXT(name, NOSPLIT, "func(x []float32) float32")
		Pragma("noescape")
		Doc(name + " is " + f.doc + " of x.")
		n := Load(Param("x").Len(), GP64())
		x := Load(Param("x").Base(), GP64()).(GPVirtual)
		start := word(f.start)
		acc := make([]VecVirtual, 64/bytes())
		for i := range acc {
			acc[i] = vector()
			VMOVAPS(start, acc[i])
		}
		fold := func(i int, v VecVirtual) { VMOVAPS(f.fold(acc[i], v), acc[i]) }
		Label("loop")
		CMPQ(n, Imm(16))
		JLT(LabelRef("rest"))
		for i := range acc {
			v := vector()
			VMOVUPS(Mem{Base: x, Disp: i * bytes()}, v)
			fold(i, v)
		}
		ADDQ(Imm(64), x)
		SUBQ(Imm(16), n)
		JMP(LabelRef("loop"))
		Label("rest")
		v := vector()
		VMOVAPS(start, v)
		if wide {
			bits, one := GP64(), GP64()
			MOVQ(U32(1), one)
			SHLXQ(n, one, bits)
			DECQ(bits)
			k := K()
			KMOVW(bits.As32(), k)
			VMOVUPS(Mem{Base: x}, k, v)
			fold(0, v)
		} else {
			restOf16(x, n, start, fold)
		}
		r := acc[0]
		swapped := func(shuffle func(to VecVirtual)) {
			t := vector()
			shuffle(t)
			VMOVAPS(f.fold(r, t), r)
		}
		if wide {
			swapped(func(to VecVirtual) { VSHUFF32X4(Imm(0x0E), r, r, to) })
			swapped(func(to VecVirtual) { VSHUFF32X4(Imm(0x01), r, r, to) })
		} else {
			swapped(func(to VecVirtual) { VMOVAPS(acc[1], to) })
			swapped(func(to VecVirtual) { VPERM2F128(Imm(0x01), r, r, to) })
		}
		swapped(func(to VecVirtual) { VPERMILPS(Imm(0x0E), r, to) })
		swapped(func(to VecVirtual) { VPERMILPS(Imm(0x01), r, to) })
		Store(r.AsX(), ReturnIndex(0))
		VZEROUPPER()
		RET()
	}
}

// restOf16 folds the last n < 16 words into two vectors of AVX2.
func restOf16(x GPVirtual, n Register, start VecVirtual, fold func(i int, v VecVirtual)) {
	masked := func(i int, at Mem) {
		table, m, v := GP64(), YMM(), YMM()
		LEAQ(tail.Offset(32), table)
		SHLQ(Imm(2), n)
		SUBQ(n, table)
		VMOVUPS(Mem{Base: table}, m)
		VMASKMOVPS(at, m, v)
		VBLENDVPS(m, v, start, v)
		fold(i, v)
	}
	CMPQ(n, Imm(8))
	JLT(LabelRef("less"))
	v := YMM()
	VMOVUPS(Mem{Base: x}, v)
	fold(0, v)
	SUBQ(Imm(8), n)
	masked(1, Mem{Base: x, Disp: 32})
	JMP(LabelRef("across"))
	Label("less")
	masked(0, Mem{Base: x})
	Label("across")
}
