// Command uniform writes the loops of the random generator Philox4x32-10, with
// the numbers of compute.Philox.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The multipliers of the generator, the steps of its key, and its rounds.
const m0, m1, w0, w1, rounds = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85, 10

func main() {
	ConstraintExpr("amd64")
	write(true)
	write(false)
	Generate()
}

// write writes the loop for vectors of 8 or of 4 counters, each in 64 bits. Of
// these only the lower half counts: the multiplication looks at no other.
func write(wide bool) {
	suffix, lanes := "256", 4
	if wide {
		suffix, lanes = "512", 8
	}
	vector := func() VecVirtual {
		if wide {
			return ZMM()
		}
		return YMM()
	}
	// Constants stay in memory: AVX2 has too few registers for them.
	constant := func(name string, c uint64) Mem {
		m := GLOBL(name+suffix, RODATA|NOPTR)
		for lane := range lanes {
			DATA(8*lane, U64(c))
		}
		return m
	}
	next := constant("next", uint64(lanes))
	mul0, mul1, key0, key1 := constant("mulA", m0), constant("mulB", m1), constant("keyA", w0), constant("keyB", w1)
	unit := constant("unit", 0x3380000033800000) // 2^-24 twice

	// The results of even and of odd lanes end up one after the other, so the
	// counters of the first half go to the even lanes.
	order := GLOBL("counters"+suffix, RODATA|NOPTR)
	for lane := range lanes {
		DATA(8*lane, U64(lane/2+lane%2*lanes/2))
	}

	TEXT("Uniform"+suffix, NOSPLIT, "func(dst []float32, counter, step, seed, stream uint32)")
	Pragma("noescape")
	Doc(fmt.Sprintf("Uniform%s fills dst with uniform floats in [0, 1), four for each counter from counter on,", suffix),
		fmt.Sprintf("up to its last whole group of %d.", 4*lanes))
	dst, n := Load(Param("dst").Base(), GP64()), Load(Param("dst").Len(), GP64())
	spread := func(value Register) VecVirtual {
		x, v := XMM(), vector()
		VMOVQ(value, x) // MOVQ, which knows no upper halves, costs 100 ns while they are in use
		VPBROADCASTQ(x, v)
		return v
	}
	param := func(name string) VecVirtual {
		r := GP64()
		XORQ(r, r)
		Load(Param(name), r.As32())
		return spread(r)
	}
	xor3 := func(a, b, to VecVirtual) { // to ^= a ^ b
		if wide {
			VPTERNLOGQ(U8(0x96), a, b, to)
			return
		}
		VPXOR(a, to, to)
		VPXOR(b, to, to)
	}
	counter, step, seed, stream := param("counter"), param("step"), param("seed"), param("stream")
	places := vector()
	VMOVUPS(order, places)
	VPADDD(places, counter, counter)
	odds := K()
	if wide {
		r := GP64()
		MOVQ(U32(0xAAAA), r)
		KMOVW(r.As32(), odds)
	}

	Label("group")
	CMPQ(n, Imm(uint64(4*lanes)))
	JLT(LabelRef("end"))
	c := [4]VecVirtual{vector(), vector(), vector(), vector()}
	k := [2]VecVirtual{vector(), vector()}
	VMOVAPS(counter, c[0])
	VMOVAPS(step, c[1])
	VPSUBD(c[2], c[2], c[2])
	VPSUBD(c[3], c[3], c[3])
	VMOVAPS(seed, k[0])
	VMOVAPS(stream, k[1])
	for round := range rounds {
		if round > 0 {
			VPADDD(key0, k[0], k[0])
			VPADDD(key1, k[1], k[1])
		}
		p0, p1 := vector(), vector()
		VPMULUDQ(mul0, c[0], p0)
		VPMULUDQ(mul1, c[2], p1)
		high0, high1 := vector(), vector()
		VPSRLQ(Imm(32), p0, high0)
		VPSRLQ(Imm(32), p1, high1)
		xor3(c[1], k[0], high1)
		xor3(c[3], k[1], high0)
		c = [4]VecVirtual{high1, p1, high0, p0}
	}
	// Words 0 and 1, and 2 and 3, side by side.
	join := func(first, second VecVirtual) VecVirtual {
		VPSLLQ(Imm(32), second, second)
		if wide {
			VPBLENDMD(second, first, odds, first)
		} else {
			VPBLENDD(Imm(0xAA), second, first, first)
		}
		return first
	}
	a, b := join(c[0], c[1]), join(c[2], c[3])
	even, odd := vector(), vector()
	VPUNPCKLQDQ(b, a, even)
	VPUNPCKHQDQ(b, a, odd)
	for i, words := range []VecVirtual{even, odd} {
		VPSRLD(Imm(8), words, words)
		VCVTDQ2PS(words, words)
		VMULPS(unit, words, words)
		VMOVUPS(words, Mem{Base: dst.(GPVirtual), Disp: i * 8 * lanes})
	}
	VPADDD(next, counter, counter)
	ADDQ(Imm(uint64(16*lanes)), dst)
	SUBQ(Imm(uint64(4*lanes)), n)
	JMP(LabelRef("group"))
	Label("end")
	VZEROUPPER()
	RET()
}
