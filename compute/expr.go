package compute

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Instr is one instruction of an [Expr]. Its result is the value with the
// instruction's own position as number.
type Instr struct {
	Op    Op
	Type  Type    // of the result
	Args  [3]int  // positions of the operands; the first Op.Arity() count
	N     int     // OpInput: operand number; OpRandom: stream; OpConst: an Int or Bool constant
	Const float32 // OpConst of type Float
}

// Expr is an elementwise formula: instructions in order, each using only
// earlier ones. It is immutable; build one with a [Builder].
type Expr struct {
	Code    []Instr
	Inputs  []Type // type of each operand that the kernel loads
	Outputs []int  // position of the value stored to each output (Float or Int)
	key     string
}

// Key identifies the formula: two Exprs compute the same in the same order
// exactly when their keys are equal.
func (e *Expr) Key() string { return e.key }

// Uses counts the instructions of one kind.
func (e *Expr) Uses(op Op) int {
	n := 0
	for _, in := range e.Code {
		if in.Op == op {
			n++
		}
	}
	return n
}

// String is the formula as assignments: a value that is used more than once
// gets a name of its own.
func (e *Expr) String() string {
	uses := make([]int, len(e.Code))
	for _, in := range e.Code {
		for k := range in.Op.Arity() {
			uses[in.Args[k]]++
		}
	}
	named := func(at int) bool { return uses[at] > 1 && e.Code[at].Op.Arity() > 0 }
	var b strings.Builder
	for i := range e.Code {
		if named(i) {
			fmt.Fprintf(&b, "t%d = ", i)
			e.write(&b, i, i, named)
			b.WriteString("; ")
		}
	}
	for i, at := range e.Outputs {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "out%d = ", i)
		e.write(&b, at, -1, named)
	}
	return b.String()
}

// write prints the value at position at, which named values other than def
// stand in for.
func (e *Expr) write(b *strings.Builder, at, def int, named func(int) bool) {
	in := e.Code[at]
	switch {
	case at != def && named(at):
		fmt.Fprintf(b, "t%d", at)
		return
	case in.Op == OpInput:
		fmt.Fprintf(b, "in%d", in.N)
		return
	case in.Op == OpConst && in.Type == Float:
		fmt.Fprintf(b, "%g", in.Const)
		return
	case in.Op == OpConst:
		fmt.Fprintf(b, "%d", in.N)
		return
	}
	b.WriteString(in.Op.String())
	b.WriteByte('(')
	for i := range in.Op.Arity() {
		if i > 0 {
			b.WriteString(", ")
		}
		e.write(b, in.Args[i], -1, named)
	}
	if in.Op == OpRandom {
		fmt.Fprintf(b, ", stream %d", in.N)
	}
	b.WriteByte(')')
}

// Value is a value inside one [Builder].
type Value int

// Builder collects the instructions of one Expr. Equal instructions are kept
// once. Operands of the wrong type are a mistake of the calling code: Build
// returns the first one.
type Builder struct {
	code  []Instr
	types []Type
	seen  map[Instr]Value
	err   error
}

// NewBuilder starts an Expr whose kernel operands have the given types.
func NewBuilder(inputs ...Type) *Builder {
	return &Builder{types: inputs, seen: map[Instr]Value{}}
}

// Input is operand number i of the kernel.
func (b *Builder) Input(i int) Value {
	if i < 0 || i >= len(b.types) || b.types[i] >= Bool {
		b.fail("there is no stored input %d", i)
		return b.Float(0)
	}
	return b.add(Instr{Op: OpInput, Type: b.types[i], N: i})
}

// Float is a constant. NaN and infinities are allowed.
func (b *Builder) Float(x float32) Value {
	// The bits keep -0 and NaN apart as map keys.
	return b.add(Instr{Op: OpConst, Type: Float, Const: x, N: int(math.Float32bits(x))})
}

// Int is an integer constant.
func (b *Builder) Int(n int32) Value { return b.add(Instr{Op: OpConst, Type: Int, N: int(n)}) }

// Bool is a truth constant.
func (b *Builder) Bool(x bool) Value {
	n := 0
	if x {
		n = 1
	}
	return b.add(Instr{Op: OpConst, Type: Bool, N: n})
}

// Random is a uniform float in [0, 1) for every element: the top 24 bits of
// lane i mod 4 of Philox4x32-10 (Salmon et al. 2011) with key (seed, stream)
// and counter (i / 4, step, 0, 0), where i is the element's position in the
// kernel's iteration space, counted row-major. seed and step are Int values;
// stream tells apart several generators of one model.
func (b *Builder) Random(seed, step Value, stream int32) Value {
	return b.apply(Instr{Op: OpRandom, N: int(stream)}, seed, step)
}

// Apply is any operation that is not an input, a constant or Random.
func (b *Builder) Apply(op Op, args ...Value) Value {
	if op == OpInput || op == OpConst || op == OpRandom || op >= opCount {
		b.fail("%v cannot be applied", op)
		return b.Float(0)
	}
	return b.apply(Instr{Op: op}, args...)
}

func (b *Builder) apply(in Instr, args ...Value) Value {
	types := make([]Type, len(args))
	for i, a := range args {
		if !b.has(a) {
			return b.Float(0)
		}
		types[i] = b.code[a].Type
		if i < len(in.Args) {
			in.Args[i] = int(a)
		}
	}
	t, ok := in.Op.ResultType(types...)
	if !ok {
		b.fail("%v does not take %v", in.Op, types)
		return b.Float(0)
	}
	in.Type = t
	return b.add(in)
}

// has says whether v is a value of this builder; it fails where it is not.
func (b *Builder) has(v Value) bool {
	if v < 0 || int(v) >= len(b.code) {
		b.fail("value %d is of another expression", v)
		return false
	}
	return true
}

func (b *Builder) add(in Instr) Value {
	key := in
	key.Const = 0 // stands in N as bits
	if v, ok := b.seen[key]; ok {
		return v
	}
	v := Value(len(b.code))
	b.code = append(b.code, in)
	b.seen[key] = v
	return v
}

func (b *Builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("compute: expression: "+format+": %w", append(args, ErrMisuse)...)
	}
}

// Type is the type of v.
func (b *Builder) Type(v Value) Type { return b.code[v].Type }

// Build finishes the formula. Instructions that no output needs are dropped.
func (b *Builder) Build(outputs ...Value) (*Expr, error) {
	if len(outputs) == 0 {
		b.fail("no outputs")
	}
	for i, t := range b.types {
		if t >= Bool {
			b.fail("input %d is a %v, which is not stored", i, t)
		}
	}
	for _, o := range outputs {
		if b.has(o) && b.code[o].Type == Bool {
			b.fail("an output is a truth value; convert it with OpToFloat")
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	at := make([]int, len(outputs))
	for i, o := range outputs {
		at[i] = int(o)
	}
	return prune(append([]Type(nil), b.types...), b.code, at), nil
}

// prune is the Expr of the instructions that outputs need.
func prune(inputs []Type, code []Instr, outputs []int) *Expr {
	needed := make([]bool, len(code))
	for _, o := range outputs {
		needed[o] = true
	}
	for i := len(code) - 1; i >= 0; i-- {
		if needed[i] {
			for k := range code[i].Op.Arity() {
				needed[code[i].Args[k]] = true
			}
		}
	}
	e := &Expr{Inputs: inputs}
	moved := make([]int, len(code))
	for i, in := range code {
		if !needed[i] {
			continue
		}
		for k := range in.Op.Arity() {
			in.Args[k] = moved[in.Args[k]]
		}
		moved[i] = len(e.Code)
		e.Code = append(e.Code, in)
	}
	for _, o := range outputs {
		e.Outputs = append(e.Outputs, moved[o])
	}
	e.key = e.makeKey()
	return e
}

// Output is the formula of output i alone, with the same inputs.
func (e *Expr) Output(i int) *Expr {
	if len(e.Outputs) == 1 {
		return e
	}
	return prune(e.Inputs, e.Code, e.Outputs[i:i+1])
}

// Truth is the formula of the Bool value at a position, as 0 or 1, with the
// same inputs.
func (e *Expr) Truth(at int) *Expr {
	code := append(e.Code[:len(e.Code):len(e.Code)], Instr{Op: OpToFloat, Type: Float, Args: [3]int{at}})
	return prune(e.Inputs, code, []int{len(e.Code)})
}

// Given is the formula where the Bool value at a position is known, with the
// same inputs: what selects by it is one of its operands.
func (e *Expr) Given(at int, truth bool) *Expr {
	code := append([]Instr(nil), e.Code...)
	stands := make([]int, len(code)) // for each value
	for i := range code {
		in := &code[i]
		for k := range in.Op.Arity() {
			in.Args[k] = stands[in.Args[k]]
		}
		stands[i] = i
		if in.Op == OpSelect && in.Args[0] == at {
			stands[i] = in.Args[2]
			if truth {
				stands[i] = in.Args[1]
			}
		}
	}
	outputs := make([]int, len(e.Outputs))
	for i, o := range e.Outputs {
		outputs[i] = stands[o]
	}
	return prune(e.Inputs, code, outputs)
}

// MustBuild is Build for formulas fixed in code.
func (b *Builder) MustBuild(outputs ...Value) *Expr {
	e, err := b.Build(outputs...)
	if err != nil {
		panic(err)
	}
	return e
}

func (e *Expr) makeKey() string {
	var b []byte
	for _, t := range e.Inputs {
		b = append(b, "fib"[t])
	}
	for _, in := range e.Code {
		b = append(b, ';')
		b = append(b, in.Op.String()...)
		b = append(b, "fib"[in.Type])
		for k := range in.Op.Arity() {
			b = strconv.AppendInt(append(b, ' '), int64(in.Args[k]), 10)
		}
		if in.Op.Arity() == 0 || in.Op == OpRandom {
			b = strconv.AppendInt(append(b, '#'), int64(in.N), 10)
		}
	}
	for _, o := range e.Outputs {
		b = strconv.AppendInt(append(b, '>'), int64(o), 10)
	}
	return string(b)
}

// Unary is the formula out0 = op(in0).
func Unary(op Op) *Expr {
	b := NewBuilder(Float)
	return b.MustBuild(b.Apply(op, b.Input(0)))
}

// Binary is the formula out0 = op(in0, in1).
func Binary(op Op) *Expr {
	b := NewBuilder(Float, Float)
	return b.MustBuild(b.Apply(op, b.Input(0), b.Input(1)))
}

// Identity is the formula out0 = in0.
func Identity(t Type) *Expr {
	b := NewBuilder(t)
	return b.MustBuild(b.Input(0))
}

// Constant is the formula out0 = x.
func Constant(x float32) *Expr {
	b := NewBuilder()
	return b.MustBuild(b.Float(x))
}
