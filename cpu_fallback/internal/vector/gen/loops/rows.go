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
		clearRows(vectors)
	}
}

// clearRows sets rows to 0.
func clearRows(vectors int) {
	name := fmt.Sprintf("ClearRows%sx%d", suffix(), vectors)
	TEXT(name, NOSPLIT, "func(dst *float32, stride uintptr, count int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sets %d columns of count >= 1 rows to 0; stride counts bytes.", name, vectors*bytes()/4))
	param := func(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }
	dst, stride, count := param("dst"), param("stride"), param("count")
	zero := vector()
	if wide {
		VPXORD(zero, zero, zero)
	} else {
		VXORPS(zero, zero, zero)
	}
	Label("loop")
	for i := range vectors {
		VMOVUPS(zero, Mem{Base: dst, Disp: i * bytes()})
	}
	ADDQ(stride, dst)
	DECQ(count)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
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

// foldLanes writes the loops that fold whole rows of 16 words into 16 lanes.
func foldLanes() {
	for _, f := range []struct {
		name, doc string
		fold      func(a, b VecVirtual) VecVirtual
	}{{"SumLanes", "lanes[i] += x[16 t + i]", code{}.Add}, {"MaxLanes", "lanes[i] = max(lanes[i], x[16 t + i])", apply2(functions.Maximum)}} {
		TEXT(f.name+suffix(), NOSPLIT, "func(lanes, x *float32, rows int)")
		Pragma("noescape")
		Doc(f.name + suffix() + " is " + f.doc + ", for t from 0 to rows >= 1.")
		lanes := Load(Param("lanes"), GP64()).(GPVirtual)
		x := Load(Param("x"), GP64()).(GPVirtual)
		rows := Load(Param("rows"), GP64())
		acc := make([]VecVirtual, 64/bytes())
		for i := range acc {
			acc[i] = vector()
			VMOVUPS(Mem{Base: lanes, Disp: i * bytes()}, acc[i])
		}
		Label("loop")
		for i := range acc {
			v := vector()
			VMOVUPS(Mem{Base: x, Disp: i * bytes()}, v)
			VMOVAPS(f.fold(acc[i], v), acc[i])
		}
		ADDQ(Imm(64), x)
		DECQ(rows)
		JNZ(LabelRef("loop"))
		for i := range acc {
			VMOVUPS(acc[i], Mem{Base: lanes, Disp: i * bytes()})
		}
		VZEROUPPER()
		RET()
	}
}
