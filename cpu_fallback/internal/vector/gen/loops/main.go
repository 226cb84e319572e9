// Command loops writes the elementwise loops: dst[i] = op(x[i], y[i], z[i]).
// No loop fuses a multiplication with an addition, so that each gives the bits
// of the portable Go loop of the same name, but that products and quotients
// below the smallest normal number are 0.
package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
)

// wide is true while AVX-512 code is written, false for AVX2.
var wide bool

func bytes() int {
	if wide {
		return 64
	}
	return 32
}

func suffix() string {
	if wide {
		return "512"
	}
	return "256"
}

func vector() VecVirtual {
	if wide {
		return ZMM()
	}
	return YMM()
}

// operation is one loop: body computes a vector of results from vectors of
// operands.
type operation struct {
	name    string
	operand string // one letter each: v a block, s a single value
	unroll  int
	body    func(x ...VecVirtual) VecVirtual
	flush   bool // results below the smallest normal number are 0
}

// flushToZero is the bit of MXCSR that makes them 0.
const flushToZero = 0x8000

// flushResults sets the bit, and gives what puts back the register as it was.
// A subnormal result costs a hundred times a normal one, and moving averages of
// gradients that have become 0 get there and stay. Go does not stop a goroutine
// within assembly, so nobody else computes with the bit set.
func flushResults() (restore func()) {
	kept, changed := AllocLocal(4), AllocLocal(4)
	STMXCSR(kept)
	control := GP32()
	MOVL(kept, control)
	ORL(U32(flushToZero), control)
	MOVL(control, changed)
	LDMXCSR(changed)
	return func() { LDMXCSR(kept) }
}

func main() {
	ConstraintExpr("amd64")
	tailMasks()
	for _, w := range []bool{true, false} {
		wide = w
		for _, o := range operations() {
			o.write()
		}
		addScaled()
		rowLoops()
		folds()
	}
	wide = false
	transpose8()
	copyPanel()
	maxWords()
	dotRows()
	Generate()
}

// tail is a table whose 8 words from 8-n on select the first n lanes.
var tail Mem

func tailMasks() {
	tail = GLOBL("tail", RODATA|NOPTR)
	for i := range 8 {
		DATA(i*4, U32(0xFFFFFFFF))
	}
	for i := range 8 {
		DATA(32+i*4, U32(0))
	}
}

func (o operation) write() {
	TEXT(o.name+suffix(), NOSPLIT, "func(dst, x, y, z []float32)")
	Pragma("noescape")
	Doc(o.name + suffix() + " is the loop " + o.name + ".")
	n := Load(Param("dst").Len(), GP64())
	dst := Load(Param("dst").Base(), GP64())
	pointers := make([]Register, len(o.operand))
	singles := make([]VecVirtual, len(o.operand))
	for i, kind := range o.operand {
		pointers[i] = Load(Param(string("xyz"[i])).Base(), GP64())
		if kind == 's' {
			singles[i] = vector()
			VBROADCASTSS(Mem{Base: pointers[i].(GPVirtual)}, singles[i])
		}
	}
	b := bytes()
	at := GP64()
	XORQ(at, at)
	restore := func() {}
	if o.flush {
		restore = flushResults()
	}
	step := func(count int, load func(m Mem, to VecVirtual), store func(from VecVirtual, m Mem)) {
		for u := range count {
			args := make([]VecVirtual, len(o.operand))
			for i, kind := range o.operand {
				if kind == 's' {
					args[i] = singles[i]
					continue
				}
				args[i] = vector()
				load(Mem{Base: pointers[i].(GPVirtual), Index: at, Scale: 1, Disp: u * b}, args[i])
			}
			store(o.body(args...), Mem{Base: dst.(GPVirtual), Index: at, Scale: 1, Disp: u * b})
		}
	}
	plainLoad := func(m Mem, to VecVirtual) { VMOVUPS(m, to) }
	plainStore := func(from VecVirtual, m Mem) { VMOVUPS(from, m) }
	loop := func(label string, count int) {
		Label(label)
		CMPQ(n, Imm(uint64(count*b/4)))
		JLT(LabelRef(label + "done"))
		step(count, plainLoad, plainStore)
		ADDQ(U32(count*b), at)
		SUBQ(Imm(uint64(count*b/4)), n)
		JMP(LabelRef(label))
		Label(label + "done")
	}
	if o.unroll > 1 {
		loop("many", o.unroll)
	}
	loop("one", 1)
	TESTQ(n, n)
	JE(LabelRef("end"))
	if wide {
		bits, one := GP64(), GP64()
		MOVQ(U32(1), one)
		SHLXQ(n, one, bits)
		DECQ(bits)
		k := K()
		KMOVW(bits.As32(), k)
		step(1, func(m Mem, to VecVirtual) { VMOVUPS_Z(m, k, to) }, func(from VecVirtual, m Mem) { VMOVUPS(from, k, m) })
	} else {
		table, m := GP64(), YMM()
		LEAQ(tail.Offset(32), table)
		SHLQ(Imm(2), n)
		SUBQ(n, table)
		VMOVUPS(Mem{Base: table}, m)
		step(1, func(from Mem, to VecVirtual) { VMASKMOVPS(from, m, to) }, func(from VecVirtual, to Mem) { VMASKMOVPS(from, m, to) })
	}
	Label("end")
	restore()
	VZEROUPPER()
	RET()
}

func operations() []operation {
	var list []operation
	add := func(name, operands string, unroll int, body func(x ...VecVirtual) VecVirtual) {
		list = append(list, operation{name: name, operand: operands, unroll: unroll, body: body})
	}
	binary := func(name string, f func(a, b VecVirtual) VecVirtual, leftSingle bool) {
		body := func(x ...VecVirtual) VecVirtual { return f(x[0], x[1]) }
		add(name, "vv", 4, body)
		add(name+"Single", "vs", 4, body)
		if leftSingle {
			add("Single"+name, "sv", 4, body)
		}
	}
	unary := func(name string, unroll int, f func(x VecVirtual) VecVirtual) {
		add(name, "v", unroll, func(x ...VecVirtual) VecVirtual { return f(x[0]) })
	}
	binary("Add", code{}.Add, false)
	binary("Sub", code{}.Sub, true)
	binary("Mul", code{}.Mul, false)
	binary("Div", code{}.Div, true)
	for i := range list {
		list[i].flush = strings.Contains(list[i].name, "Mul") || strings.Contains(list[i].name, "Div")
	}
	binary("Max", apply2(functions.Maximum), false)
	binary("Min", apply2(functions.Minimum), false)
	compare := func(p functions.Predicate) func(a, b VecVirtual) VecVirtual {
		return func(a, b VecVirtual) VecVirtual { return code{}.Compare(p, a, b) }
	}
	binary("Less", compare(functions.Less), true)
	binary("LessEq", compare(functions.LessOrEqual), true)
	binary("Equal", compare(functions.Equal), false)
	add("And", "vv", 4, func(x ...VecVirtual) VecVirtual { return code{}.And(x[0], x[1]) })
	add("Or", "vv", 4, func(x ...VecVirtual) VecVirtual { return code{}.Or(x[0], x[1]) })
	unary("Not", 4, apply(functions.Not))
	add("Choose", "vvv", 4, func(x ...VecVirtual) VecVirtual { return code{}.Select(x[0], x[1], x[2]) })
	unary("Negate", 4, apply(functions.Negate))
	unary("Absolute", 4, apply(functions.Absolute))
	unary("Sign", 2, apply(functions.Sign))
	unary("SquareRoot", 4, func(x VecVirtual) VecVirtual { r := vector(); VSQRTPS(x, r); return r })
	unary("Relu", 4, apply(functions.Relu))
	unary("Finite", 2, apply(functions.Finite))
	unary("BoolToFloat", 4, apply(functions.FromBool))
	unary("IntToFloat", 4, code{}.FromInt)
	unary("Floor", 4, func(x VecVirtual) VecVirtual { return round(x, 9) })
	unary("Round", 4, func(x VecVirtual) VecVirtual { return round(x, 8) })
	unary("Exp", 1, apply(functions.Exp))
	unary("Expm1", 1, apply(functions.Expm1))
	unary("Log", 1, apply(functions.Log))
	unary("Log1p", 1, apply(functions.Log1p))
	unary("Tanh", 1, apply(functions.Tanh))
	unary("Sigmoid", 1, apply(functions.Sigmoid))
	unary("Erf", 1, apply(functions.Erf))
	return list
}

// addScaled is dst += s x, which adds a stored value's row in sparse products.
func addScaled() {
	operation{name: "AddScaled", operand: "vvs", unroll: 4, flush: true,
		body: func(x ...VecVirtual) VecVirtual { return code{}.Add(x[0], code{}.Mul(x[1], x[2])) }}.write()
}

var constants = map[uint32]Mem{}

// word is a vector that repeats 32 bits.
func word(bits uint32) VecVirtual {
	v := vector()
	VMOVUPS(constant(bits), v)
	return v
}

// constant is 64 bytes of memory that repeat 32 bits.
func constant(bits uint32) Mem {
	m, ok := constants[bits]
	if !ok {
		m = GLOBL(fmt.Sprintf("word%08x", bits), RODATA|NOPTR)
		for i := range 16 {
			DATA(i*4, U32(bits))
		}
		constants[bits] = m
	}
	return m
}
