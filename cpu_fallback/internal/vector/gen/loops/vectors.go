package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const signBit = 1 << 31

// Predicates of VCMPPS: ordered, quiet. False with NaN, but for unordered.
const (
	equalTo     = 0x00
	lessThan    = 0x11
	lessOrEqual = 0x12
	unordered   = 0x03
)

func number(x float32) VecVirtual { return word(math.Float32bits(x)) }

// numberAt is a constant as a memory operand.
func numberAt(x float32) Mem { return constant(math.Float32bits(x)) }

func plus(a, b VecVirtual) VecVirtual  { r := vector(); VADDPS(b, a, r); return r }
func minus(a, b VecVirtual) VecVirtual { r := vector(); VSUBPS(b, a, r); return r }
func times(a, b VecVirtual) VecVirtual { r := vector(); VMULPS(b, a, r); return r }
func over(a, b VecVirtual) VecVirtual  { r := vector(); VDIVPS(b, a, r); return r }

func plusC(a VecVirtual, x float32) VecVirtual { r := vector(); VADDPS(numberAt(x), a, r); return r }
func timesC(a VecVirtual, x float32) VecVirtual {
	r := vector()
	VMULPS(numberAt(x), a, r)
	return r
}

func and(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPANDD(b, a, r)
	} else {
		VANDPS(b, a, r)
	}
	return r
}

func or(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPORD(b, a, r)
	} else {
		VORPS(b, a, r)
	}
	return r
}

func xor(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPXORD(b, a, r)
	} else {
		VXORPS(b, a, r)
	}
	return r
}

func plusInt(a, b VecVirtual) VecVirtual  { r := vector(); VPADDD(b, a, r); return r }
func minusInt(a, b VecVirtual) VecVirtual { r := vector(); VPSUBD(b, a, r); return r }
func shiftLeft(a VecVirtual, n int) VecVirtual {
	r := vector()
	VPSLLD(Imm(uint64(n)), a, r)
	return r
}
func shiftRight(a VecVirtual, n int) VecVirtual { // keeps the sign
	r := vector()
	VPSRAD(Imm(uint64(n)), a, r)
	return r
}
func toFloat(a VecVirtual) VecVirtual { r := vector(); VCVTDQ2PS(a, r); return r }

func absolute(x VecVirtual) VecVirtual { return and(x, word(signBit-1)) }

// compare is all ones where a and b fulfil the predicate.
func compare(predicate uint64, a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		k := K()
		VCMPPS(Imm(predicate), b, a, k)
		VPMOVM2D(k, r)
	} else {
		VCMPPS(Imm(predicate), b, a, r)
	}
	return r
}

// choose is y where mask is all ones, else z.
func choose(mask, y, z VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VMOVAPS(mask, r)
		VPTERNLOGD(Imm(0xCA), z, y, r)
	} else {
		VBLENDVPS(mask, y, z, r)
	}
	return r
}

// where is y where a and b fulfil the predicate, else z.
func where(predicate uint64, a, b, y, z VecVirtual) VecVirtual {
	r := vector()
	if wide {
		k := K()
		VCMPPS(Imm(predicate), b, a, k)
		VBLENDMPS(y, z, k, r)
	} else {
		m := vector()
		VCMPPS(Imm(predicate), b, a, m)
		VBLENDVPS(m, y, z, r)
	}
	return r
}

// rawMin and rawMax are b where either is NaN, as the instructions have it.
func rawMin(a, b VecVirtual) VecVirtual { r := vector(); VMINPS(b, a, r); return r }
func rawMax(a, b VecVirtual) VecVirtual { r := vector(); VMAXPS(b, a, r); return r }

// maximum is NaN where either is, and 0 of 0 and -0: the two orders of the
// instruction differ only there.
func maximum(a, b VecVirtual) VecVirtual {
	return where(unordered, a, b, plus(a, b), and(rawMax(a, b), rawMax(b, a)))
}

// minimum is NaN where either is, and -0 of 0 and -0.
func minimum(a, b VecVirtual) VecVirtual {
	return where(unordered, a, b, plus(a, b), or(rawMin(a, b), rawMin(b, a)))
}

// round is to a whole number: mode 8 is to nearest, ties to even, 9 is down.
func round(x VecVirtual, mode uint64) VecVirtual {
	r := vector()
	if wide {
		VRNDSCALEPS(Imm(mode), x, r)
	} else {
		VROUNDPS(Imm(mode), x, r)
	}
	return r
}

// polynomial is c[0] x^n + c[1] x^(n-1) + ... + c[n].
func polynomial(x VecVirtual, c ...float32) VecVirtual {
	r := plusC(timesC(x, c[0]), c[1])
	for _, k := range c[2:] {
		r = plusC(times(r, x), k)
	}
	return r
}
