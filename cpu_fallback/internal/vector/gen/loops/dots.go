package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// dotRows multiplies four rows by one vector: 16 running sums each, in two
// registers, which is enough of them to hide how long an addition takes.
func dotRows() {
	TEXT("DotRows", NOSPLIT, "func(sums, a *float32, stride uintptr, x *float32, blocks int)")
	Pragma("noescape")
	Doc("DotRows is sums[16 r + i] = sum over t of a[r][16 t + i] x[16 t + i], for 4 rows", "of a, stride bytes apart, and t from 0 to blocks >= 0.")
	sums, a, x := Load(Param("sums"), GP64()).(GPVirtual), Load(Param("a"), GP64()).(GPVirtual), Load(Param("x"), GP64()).(GPVirtual)
	stride := Load(Param("stride"), GP64()).(GPVirtual)
	blocks := Load(Param("blocks"), GP64())
	three := GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
	rows := []Mem{{Base: a}, {Base: a, Index: stride, Scale: 1}, {Base: a, Index: stride, Scale: 2}, {Base: a, Index: three, Scale: 1}}
	var acc [4][2]VecVirtual
	for r := range acc {
		for i := range acc[r] {
			acc[r][i] = YMM()
			VXORPS(acc[r][i], acc[r][i], acc[r][i])
		}
	}
	TESTQ(blocks, blocks)
	JE(LabelRef("end"))
	Label("loop")
	for i := range 2 {
		v := YMM()
		VMOVUPS(Mem{Base: x, Disp: 32 * i}, v)
		for r, m := range rows {
			m.Disp = 32 * i
			VFMADD231PS(m, v, acc[r][i])
		}
	}
	ADDQ(Imm(64), a)
	ADDQ(Imm(64), x)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	Label("end")
	for r := range acc {
		for i := range acc[r] {
			VMOVUPS(acc[r][i], Mem{Base: sums, Disp: 64*r + 32*i})
		}
	}
	VZEROUPPER()
	RET()
}

// maxWords finds the largest of unsigned words, first in 8 lanes.
func maxWords() {
	TEXT("MaxWords", NOSPLIT, "func(x *int32, blocks int) uint32")
	Pragma("noescape")
	Doc("MaxWords is the largest of 8 blocks words, which count without sign; blocks >= 1.")
	x := Load(Param("x"), GP64()).(GPVirtual)
	blocks := Load(Param("blocks"), GP64())
	top := YMM()
	VPXOR(top, top, top)
	Label("loop")
	VPMAXUD(Mem{Base: x}, top, top)
	ADDQ(Imm(32), x)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	half := XMM()
	VEXTRACTI128(Imm(1), top, half)
	VPMAXUD(top.AsX(), half, half)
	for _, swap := range []uint64{0x4E, 0xB1} { // halves, then neighbours
		other := XMM()
		VPSHUFD(Imm(swap), half, other)
		VPMAXUD(other, half, half)
	}
	result := GP32()
	VMOVD(half, result)
	VZEROUPPER()
	Store(result, ReturnIndex(0))
	RET()
}
