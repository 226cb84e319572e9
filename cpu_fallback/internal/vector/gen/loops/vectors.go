package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
)

// code writes the instructions of package functions, each result into a new
// register.
type code struct{}

var _ functions.Code[VecVirtual] = code{}

// apply and apply2 are functions written so.
func apply(f func(c functions.Code[VecVirtual], x VecVirtual) VecVirtual) func(x VecVirtual) VecVirtual {
	return func(x VecVirtual) VecVirtual { return f(code{}, x) }
}

func apply2(f func(c functions.Code[VecVirtual], x, y VecVirtual) VecVirtual) func(x, y VecVirtual) VecVirtual {
	return func(x, y VecVirtual) VecVirtual { return f(code{}, x, y) }
}

func (code) Word(bits uint32) VecVirtual       { return word(bits) }
func (code) Add(a, b VecVirtual) VecVirtual    { r := vector(); VADDPS(b, a, r); return r }
func (code) Sub(a, b VecVirtual) VecVirtual    { r := vector(); VSUBPS(b, a, r); return r }
func (code) Mul(a, b VecVirtual) VecVirtual    { r := vector(); VMULPS(b, a, r); return r }
func (code) Div(a, b VecVirtual) VecVirtual    { r := vector(); VDIVPS(b, a, r); return r }
func (code) RawMin(a, b VecVirtual) VecVirtual { r := vector(); VMINPS(b, a, r); return r }
func (code) RawMax(a, b VecVirtual) VecVirtual { r := vector(); VMAXPS(b, a, r); return r }
func (code) AddInt(a, b VecVirtual) VecVirtual { r := vector(); VPADDD(b, a, r); return r }
func (code) SubInt(a, b VecVirtual) VecVirtual { r := vector(); VPSUBD(b, a, r); return r }
func (code) FromInt(a VecVirtual) VecVirtual   { r := vector(); VCVTDQ2PS(a, r); return r }

// numberAt is a constant as a memory operand.
func numberAt(x float32) Mem { return constant(math.Float32bits(x)) }

func (code) AddNumber(a VecVirtual, x float32) VecVirtual {
	r := vector()
	VADDPS(numberAt(x), a, r)
	return r
}

func (code) MulNumber(a VecVirtual, x float32) VecVirtual {
	r := vector()
	VMULPS(numberAt(x), a, r)
	return r
}

func (code) And(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPANDD(b, a, r)
	} else {
		VANDPS(b, a, r)
	}
	return r
}

func (code) Or(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPORD(b, a, r)
	} else {
		VORPS(b, a, r)
	}
	return r
}

func (code) Xor(a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VPXORD(b, a, r)
	} else {
		VXORPS(b, a, r)
	}
	return r
}

func (code) ShiftLeft(a VecVirtual, n int) VecVirtual {
	r := vector()
	VPSLLD(Imm(uint64(n)), a, r)
	return r
}

func (code) ShiftRight(a VecVirtual, n int) VecVirtual {
	r := vector()
	VPSRAD(Imm(uint64(n)), a, r)
	return r
}

func (code) Compare(p functions.Predicate, a, b VecVirtual) VecVirtual {
	r := vector()
	if wide {
		k := K()
		VCMPPS(Imm(uint64(p)), b, a, k)
		VPMOVM2D(k, r)
	} else {
		VCMPPS(Imm(uint64(p)), b, a, r)
	}
	return r
}

func (code) Select(mask, y, z VecVirtual) VecVirtual {
	r := vector()
	if wide {
		VMOVAPS(mask, r)
		VPTERNLOGD(Imm(0xCA), z, y, r)
	} else {
		VBLENDVPS(mask, y, z, r)
	}
	return r
}

func (code) Where(p functions.Predicate, a, b, y, z VecVirtual) VecVirtual {
	r := vector()
	if wide {
		k := K()
		VCMPPS(Imm(uint64(p)), b, a, k)
		VBLENDMPS(y, z, k, r)
	} else {
		m := vector()
		VCMPPS(Imm(uint64(p)), b, a, m)
		VBLENDVPS(m, y, z, r)
	}
	return r
}

func (code) Scale(x, n VecVirtual) (VecVirtual, bool) {
	if !wide {
		return x, false
	}
	r := vector()
	VSCALEFPS(n, x, r)
	return r, true
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
