package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose8 turns 8 rows of src into 8 columns of dst, for count columns of
// src at a time 8.
func transpose8() {
	TEXT("Transpose8", NOSPLIT, "func(dst *float32, dstStride uintptr, src *float32, srcStride uintptr, count int)")
	Pragma("noescape")
	Doc("Transpose8 copies an 8 x (8 count) matrix to a (8 count) x 8 one. Strides", "count bytes between rows.")
	dst, dstStride := Load(Param("dst"), GP64()).(GPVirtual), Load(Param("dstStride"), GP64()).(GPVirtual)
	src, srcStride := Load(Param("src"), GP64()).(GPVirtual), Load(Param("srcStride"), GP64()).(GPVirtual)
	count := Load(Param("count"), GP64())
	src3, src5, dst3, dst5 := GP64(), GP64(), GP64(), GP64()
	multiples := func(base, stride, three, five GPVirtual) {
		LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
		LEAQ(Mem{Base: stride, Index: stride, Scale: 4}, five)
	}
	multiples(src, srcStride, src3, src5)
	multiples(dst, dstStride, dst3, dst5)
	row := func(base, stride, three, five, seven GPVirtual, i int) Mem {
		switch i {
		case 0:
			return Mem{Base: base}
		case 1, 2, 4:
			return Mem{Base: base, Index: stride, Scale: uint8(i)}
		case 3, 6:
			return Mem{Base: base, Index: three, Scale: uint8(i / 3)}
		case 5:
			return Mem{Base: base, Index: five, Scale: 1}
		}
		return Mem{Base: base, Index: seven, Scale: 1}
	}
	src7, dst7 := GP64(), GP64()
	LEAQ(Mem{Base: src3, Index: srcStride, Scale: 4}, src7)
	LEAQ(Mem{Base: dst3, Index: dstStride, Scale: 4}, dst7)
	Label("loop")
	r := make([]VecVirtual, 8)
	for i := range r {
		r[i] = YMM()
		VMOVUPS(row(src, srcStride, src3, src5, src7, i), r[i])
	}
	pair := func(f func(a, b, c Op), a, b VecVirtual) VecVirtual { c := YMM(); f(b, a, c); return c }
	lo := func(a, b VecVirtual) VecVirtual { return pair(func(x, y, z Op) { VUNPCKLPS(x, y, z) }, a, b) }
	hi := func(a, b VecVirtual) VecVirtual { return pair(func(x, y, z Op) { VUNPCKHPS(x, y, z) }, a, b) }
	lo2 := func(a, b VecVirtual) VecVirtual { return pair(func(x, y, z Op) { VUNPCKLPD(x, y, z) }, a, b) }
	hi2 := func(a, b VecVirtual) VecVirtual { return pair(func(x, y, z Op) { VUNPCKHPD(x, y, z) }, a, b) }
	half := func(imm uint64, a, b VecVirtual) VecVirtual { c := YMM(); VPERM2F128(Imm(imm), b, a, c); return c }
	var q [8]VecVirtual
	for g := range 2 {
		a, b, c, d := r[4*g], r[4*g+1], r[4*g+2], r[4*g+3]
		l0, h0, l1, h1 := lo(a, b), hi(a, b), lo(c, d), hi(c, d)
		q[4*g], q[4*g+1], q[4*g+2], q[4*g+3] = lo2(l0, l1), hi2(l0, l1), lo2(h0, h1), hi2(h0, h1)
	}
	for i := range 4 {
		VMOVUPS(half(0x20, q[i], q[4+i]), row(dst, dstStride, dst3, dst5, dst7, i))
		VMOVUPS(half(0x31, q[i], q[4+i]), row(dst, dstStride, dst3, dst5, dst7, i+4))
	}
	ADDQ(Imm(32), src)
	LEAQ(Mem{Base: dst, Index: dstStride, Scale: 8}, dst)
	DECQ(count)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// ahead is how many bytes further on CopyPanel fetches: the panel after the
// next, or the next of twice the width. Rows that lie pages apart are nothing
// that the processor fetches by itself.
const ahead = 128

// copyPanel copies rows of 16 floats.
func copyPanel() {
	TEXT("CopyPanel", NOSPLIT, "func(dst *float32, dstStride uintptr, src *float32, srcStride uintptr, rows int)")
	Pragma("noescape")
	Doc("CopyPanel copies rows of 16 words, at least one, and fetches the words 32", "further on in each row into the cache. Strides count bytes.")
	dst, dstStride := Load(Param("dst"), GP64()).(GPVirtual), Load(Param("dstStride"), GP64()).(GPVirtual)
	src, srcStride := Load(Param("src"), GP64()).(GPVirtual), Load(Param("srcStride"), GP64()).(GPVirtual)
	rows := Load(Param("rows"), GP64())
	Label("loop")
	a, b := YMM(), YMM()
	VMOVUPS(Mem{Base: src}, a)
	VMOVUPS(Mem{Base: src, Disp: 32}, b)
	PREFETCHT1(Mem{Base: src, Disp: ahead})
	VMOVUPS(a, Mem{Base: dst})
	VMOVUPS(b, Mem{Base: dst, Disp: 32})
	ADDQ(srcStride, src)
	ADDQ(dstStride, dst)
	DECQ(rows)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
