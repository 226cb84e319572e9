package jit

import (
	"errors"
	"math"

	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
)

// MaxArrays is how many arrays a loop can take.
const MaxArrays = 16

// Errors of [Builder.Compile], beside the system's.
var (
	// ErrTooLarge is a formula that needs more arrays or registers than there
	// are.
	ErrTooLarge = errors.New("jit: the formula needs too many registers")
	// ErrFull is one loop more than there is memory for.
	ErrFull = errors.New("jit: the memory for machine code is full")
)

// Value is a value of a [Builder].
type Value int

// kind is what an instruction does.
type kind uint8

const (
	kindLoad   kind = iota // an element of array n
	kindRepeat             // the first element of the row of array n
	kindSingle             // n of the single values
	kindWord               // the bits n
	kindStore              // a to array n
	kindBinary             // a op b
	kindUnary              // op a
	kindShift              // a by n, op's extension names the direction
	kindRound              // a to a whole number, mode n
	kindCompare
	kindSelect // b where the mask a is set, else c
	kindWhere  // c where a and b compare as n says, else d
)

// instruction is one step of a formula: its result is the value of its number.
type instruction struct {
	kind kind
	op   opcode
	n    uint32
	args [4]Value
}

// arity is the number of operands of each kind.
var arity = [...]int{kindStore: 1, kindBinary: 2, kindUnary: 1, kindShift: 1, kindRound: 1, kindCompare: 2, kindSelect: 3, kindWhere: 4}

// hoisted is true of what is the same for all elements.
func (in *instruction) hoisted() bool { return in.kind == kindSingle || in.kind == kindWord }

func (in *instruction) operands() []Value { return in.args[:arity[in.kind]] }

// Builder collects the instructions of a loop, in the order in which they run
// for every element.
//
// It implements [functions.Code].
type Builder struct {
	wide   bool
	code   []instruction
	arrays int
	seen   map[instruction]Value
}

var _ functions.Code[Value] = (*Builder)(nil)

// NewBuilder starts a loop with AVX-512 (F, DQ, VL, and BMI2) where wide is true,
// else with AVX2.
func NewBuilder(wide bool) *Builder { return &Builder{wide: wide, seen: map[instruction]Value{}} }

func (b *Builder) add(in instruction) Value {
	if v, ok := b.seen[in]; ok {
		return v
	}
	v := Value(len(b.code))
	b.code = append(b.code, in)
	b.seen[in] = v
	return v
}

// Array is the number of a further array.
func (b *Builder) Array() int {
	b.arrays++
	return b.arrays - 1
}

// Load is the element of an array. Every call reads it anew.
func (b *Builder) Load(array int) Value {
	b.code = append(b.code, instruction{kind: kindLoad, n: uint32(array)})
	return Value(len(b.code) - 1)
}

// Repeat is the first element of an array's row, for all elements of the row.
func (b *Builder) Repeat(array int) Value {
	b.code = append(b.code, instruction{kind: kindRepeat, n: uint32(array)})
	return Value(len(b.code) - 1)
}

// Store writes the element of an array.
func (b *Builder) Store(array int, v Value) {
	b.code = append(b.code, instruction{kind: kindStore, n: uint32(array), args: [4]Value{v}})
}

// Single is a value that is the same for all elements, by its number in
// Args.Singles.
func (b *Builder) Single(n int) Value { return b.add(instruction{kind: kindSingle, n: uint32(n)}) }

// Word is a constant by its bits.
func (b *Builder) Word(bits uint32) Value { return b.add(instruction{kind: kindWord, n: bits}) }

func (b *Builder) binary(op opcode, x, y Value) Value {
	return b.add(instruction{kind: kindBinary, op: op, args: [4]Value{x, y}})
}

// Add is x + y.
func (b *Builder) Add(x, y Value) Value { return b.binary(opAdd, x, y) }

// Sub is x - y.
func (b *Builder) Sub(x, y Value) Value { return b.binary(opSub, x, y) }

// Mul is x y.
func (b *Builder) Mul(x, y Value) Value { return b.binary(opMul, x, y) }

// Div is x / y.
func (b *Builder) Div(x, y Value) Value { return b.binary(opDiv, x, y) }

// And is the bits set in both.
func (b *Builder) And(x, y Value) Value { return b.binary(opAnd, x, y) }

// Or is the bits set in either.
func (b *Builder) Or(x, y Value) Value { return b.binary(opOr, x, y) }

// Xor is the bits set in one.
func (b *Builder) Xor(x, y Value) Value { return b.binary(opXor, x, y) }

// RawMin is the smaller of x and y, and y where either is NaN.
func (b *Builder) RawMin(x, y Value) Value { return b.binary(opMin, x, y) }

// RawMax is the larger of x and y, and y where either is NaN.
func (b *Builder) RawMax(x, y Value) Value { return b.binary(opMax, x, y) }

// AddInt is x + y of whole numbers.
func (b *Builder) AddInt(x, y Value) Value { return b.binary(opAddInt, x, y) }

// SubInt is x - y of whole numbers.
func (b *Builder) SubInt(x, y Value) Value { return b.binary(opSubInt, x, y) }

// AddNumber is x + y.
func (b *Builder) AddNumber(x Value, y float32) Value { return b.Add(x, b.Word(math.Float32bits(y))) }

// MulNumber is x y.
func (b *Builder) MulNumber(x Value, y float32) Value { return b.Mul(x, b.Word(math.Float32bits(y))) }

// Scale is x 2^n.
func (b *Builder) Scale(x, n Value) (scaled Value, ok bool) {
	if !b.wide {
		return x, false
	}
	return b.binary(opScale, x, n), true
}

func (b *Builder) shift(direction byte, x Value, n int) Value {
	return b.add(instruction{kind: kindShift, op: opcode{0x72, 1, 1, direction}, n: uint32(n), args: [4]Value{x}})
}

// ShiftLeft moves the bits of x up by n.
func (b *Builder) ShiftLeft(x Value, n int) Value { return b.shift(6, x, n) }

// ShiftRight moves the bits of x down by n and keeps the sign.
func (b *Builder) ShiftRight(x Value, n int) Value { return b.shift(4, x, n) }

// Sqrt is the square root.
func (b *Builder) Sqrt(x Value) Value {
	return b.add(instruction{kind: kindUnary, op: opSqrt, args: [4]Value{x}})
}

// FromInt is an int32 as a float.
func (b *Builder) FromInt(x Value) Value {
	return b.add(instruction{kind: kindUnary, op: opFromInt, args: [4]Value{x}})
}

// The modes of Round.
const (
	ToNearest = 8 // ties to even
	Down      = 9
)

// Round is x as a whole number.
func (b *Builder) Round(x Value, mode uint32) Value {
	return b.add(instruction{kind: kindRound, op: opRound, n: mode, args: [4]Value{x}})
}

// Compare has all bits set where x and y compare as p says, else none.
func (b *Builder) Compare(p functions.Predicate, x, y Value) Value {
	return b.add(instruction{kind: kindCompare, op: opCompare, n: uint32(p), args: [4]Value{x, y}})
}

// Select is x where all bits of mask are set, y where none are.
func (b *Builder) Select(mask, x, y Value) Value {
	if m := b.code[mask]; m.kind == kindCompare {
		return b.Where(functions.Predicate(m.n), m.args[0], m.args[1], x, y)
	}
	return b.add(instruction{kind: kindSelect, args: [4]Value{mask, x, y}})
}

// Where is x where a and b compare as p says, else y.
func (b *Builder) Where(p functions.Predicate, a, c, x, y Value) Value {
	return b.add(instruction{kind: kindWhere, op: opCompare, n: uint32(p), args: [4]Value{a, c, x, y}})
}

// live is the code without what no store needs; its values keep their numbers.
func (b *Builder) live() []bool {
	live := make([]bool, len(b.code))
	for i := len(b.code) - 1; i >= 0; i-- {
		in := &b.code[i]
		live[i] = live[i] || in.kind == kindStore
		if live[i] {
			for _, a := range in.operands() {
				live[a] = true
			}
		}
	}
	return live
}
