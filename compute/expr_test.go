package compute

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func Example() {
	// gelu(x), by its tanh approximation, is written once for every backend.
	b := NewBuilder(Float)
	x := b.Input(0)
	inner := b.Apply(OpMul, b.Float(0.7978846), b.Apply(OpAdd, x, b.Apply(OpMul, b.Float(0.044715), b.Apply(OpPow, x, b.Float(3)))))
	e := b.MustBuild(b.Apply(OpMul, b.Apply(OpMul, b.Float(0.5), x), b.Apply(OpAdd, b.Float(1), b.Apply(OpTanh, inner))))
	fmt.Println(e)
	fmt.Printf("%.4f\n", e.Eval([]float64{1}, 0)[0])
	// Output:
	// out0 = mul(mul(0.5, in0), add(1, tanh(mul(0.7978846, add(in0, mul(0.044715, pow(in0, 3)))))))
	// 0.8412
}

func TestBuilderKeepsEqualInstructionsOnce(t *testing.T) {
	b := NewBuilder(Float, Float)
	sum := func() Value { return b.Apply(OpAdd, b.Input(0), b.Input(1)) }
	e := b.MustBuild(b.Apply(OpMul, sum(), sum()))
	if n := e.Uses(OpAdd); n != 1 {
		t.Errorf("%v: the same sum twice is %d instructions, want 1", e, n)
	}
	if want := "t2 = add(in0, in1); out0 = mul(t2, t2)"; e.String() != want {
		t.Errorf("String() = %q, want %q", e, want)
	}
	if b.Apply(OpSub, b.Input(0), b.Input(1)) == b.Apply(OpSub, b.Input(1), b.Input(0)) {
		t.Error("x - y and y - x are the same value")
	}
	if b.Float(0) == b.Float(float32(math.Copysign(0, -1))) {
		t.Error("0 and -0 are the same value")
	}
	nan := float32(math.NaN())
	if first, second := b.Float(nan), b.Float(nan); first != second {
		t.Error("the same NaN twice is two values")
	}
	if b.Float(1) == b.Int(1) || b.Int(1) == b.Bool(true) {
		t.Error("constants of different types are the same value")
	}
	if b.Random(b.Int(1), b.Int(2), 3) == b.Random(b.Int(1), b.Int(2), 4) {
		t.Error("random numbers of different streams are the same value")
	}
}

func TestBuildDropsDeadCode(t *testing.T) {
	b := NewBuilder(Float, Int)
	x := b.Input(0)
	b.Apply(OpExp, b.Apply(OpTanh, x)) // for nothing
	b.Input(1)
	e := b.MustBuild(b.Apply(OpNeg, x), x)
	if len(e.Code) != 2 {
		t.Errorf("%v has %d instructions, want 2", e.Code, len(e.Code))
	}
	if want := []Type{Float, Int}; !slices.Equal(e.Inputs, want) {
		t.Errorf("Inputs = %v, want %v: the kernel's operands stay, used or not", e.Inputs, want)
	}
	if got := e.Eval([]float64{3, 0}, 0); got[0] != -3 || got[1] != 3 {
		t.Errorf("Eval = %v, want [-3 3]", got)
	}
	first := e.Key()
	b.Apply(OpExp, x)
	if again := b.MustBuild(b.Apply(OpNeg, x), x); again.Key() != first || len(e.Code) != 2 {
		t.Error("a builder that goes on changes what it has built, or builds it differently")
	}
}

func TestKey(t *testing.T) {
	build := func(f func(b *Builder) []Value, types ...Type) *Expr {
		b := NewBuilder(types...)
		return b.MustBuild(f(b)...)
	}
	all := map[string]string{}
	for name, e := range map[string]*Expr{
		"neg": Unary(OpNeg), "abs": Unary(OpAbs), "add": Binary(OpAdd), "identity": Identity(Float), "identity of int": Identity(Int),
		"0": Constant(0), "-0": Constant(float32(math.Copysign(0, -1))), "1": Constant(1), "NaN": Constant(float32(math.NaN())),
		"int 0":         build(func(b *Builder) []Value { return []Value{b.Int(0)} }),
		"add, reversed": build(func(b *Builder) []Value { return []Value{b.Apply(OpAdd, b.Input(1), b.Input(0))} }, Float, Float),
		"add of ints":   build(func(b *Builder) []Value { return []Value{b.Apply(OpAdd, b.Input(0), b.Input(1))} }, Int, Int),
		"an operand more": build(func(b *Builder) []Value {
			return []Value{b.Apply(OpNeg, b.Input(0))}
		}, Float, Float),
		"two outputs": build(func(b *Builder) []Value { return []Value{b.Input(0), b.Input(0)} }, Float),
		"stream 1":    build(func(b *Builder) []Value { return []Value{b.Random(b.Input(0), b.Int(0), 1)} }, Int),
		"stream 2":    build(func(b *Builder) []Value { return []Value{b.Random(b.Input(0), b.Int(0), 2)} }, Int),
	} {
		if other, ok := all[e.Key()]; ok {
			t.Errorf("%s and %s have the key %q", name, other, e.Key())
		}
		all[e.Key()] = name
	}
	if first, second := Unary(OpTanh).Key(), Unary(OpTanh).Key(); first != second {
		t.Error("a formula built twice has two keys")
	}
}

func TestString(t *testing.T) {
	b := NewBuilder(Float, Int)
	x := b.Input(0)
	drop := b.Apply(OpLess, b.Random(b.Int(7), b.Input(1), 2), b.Float(0.25))
	e := b.MustBuild(b.Apply(OpSelect, drop, b.Float(0), x), b.Apply(OpToInt, x))
	if want := "out0 = select(less(random(7, in1, stream 2), 0.25), 0, in0); out1 = toint(in0)"; e.String() != want {
		t.Errorf("String() = %q, want %q", e, want)
	}
	b = NewBuilder(Float) // names keep a chain of squares short
	v := b.Input(0)
	for range 40 {
		v = b.Apply(OpMul, v, v)
	}
	if s := b.MustBuild(v).String(); len(s) > 2000 {
		t.Errorf("40 squares print as %d bytes", len(s))
	}
}

// TestBuilderMistakes: Build returns the first mistake, as misuse, and nothing
// panics on the way.
func TestBuilderMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		build func(b *Builder) Value
		says  string
	}{
		"input out of range": {func(b *Builder) Value { return b.Input(2) }, "input 2"},
		"negative input":     {func(b *Builder) Value { return b.Input(-1) }, "input -1"},
		"too few operands":   {func(b *Builder) Value { return b.Apply(OpAdd, b.Input(0)) }, "add"},
		"no operands":        {func(b *Builder) Value { return b.Apply(OpSelect) }, "select"},
		"too many operands":  {func(b *Builder) Value { x := b.Input(0); return b.Apply(OpSelect, x, x, x, x) }, "select"},
		"int for float":      {func(b *Builder) Value { return b.Apply(OpTanh, b.Input(1)) }, "tanh does not take [int]"},
		"mixed types":        {func(b *Builder) Value { return b.Apply(OpAdd, b.Input(0), b.Input(1)) }, "add does not take [float int]"},
		"sum of truths":      {func(b *Builder) Value { return b.Apply(OpAdd, b.Bool(true), b.Bool(false)) }, "add"},
		"float condition":    {func(b *Builder) Value { return b.Apply(OpSelect, b.Input(0), b.Input(0), b.Input(0)) }, "select"},
		"branches differ":    {func(b *Builder) Value { return b.Apply(OpSelect, b.Bool(true), b.Input(0), b.Input(1)) }, "select"},
		"float seed":         {func(b *Builder) Value { return b.Random(b.Input(0), b.Input(1), 0) }, "random"},
		"applied input":      {func(b *Builder) Value { return b.Apply(OpInput) }, "input"},
		"unknown op":         {func(b *Builder) Value { return b.Apply(opCount, b.Input(0)) }, "op?"},
		"truth as output":    {func(b *Builder) Value { return b.Bool(true) }, "truth value"},
		"foreign value":      {func(b *Builder) Value { return b.Apply(OpNeg, Value(99)) }, "value 99"},
		"foreign output":     {func(b *Builder) Value { return Value(-3) }, "value -3"},
		"the first of two": {func(b *Builder) Value {
			b.Input(7)
			return b.Apply(OpTanh, b.Input(1))
		}, "input 7"},
	} {
		b := NewBuilder(Float, Int)
		e, err := b.Build(c.build(b))
		if e != nil || !errors.Is(err, ErrMisuse) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v, want misuse that says %q", name, e, err, c.says)
		}
	}
	if _, err := NewBuilder(Float).Build(); !errors.Is(err, ErrMisuse) {
		t.Errorf("no outputs: %v, want misuse", err)
	}
	b := NewBuilder(Float, Bool)
	if _, err := b.Build(b.Input(0)); !errors.Is(err, ErrMisuse) {
		t.Errorf("a truth value as input: %v, want misuse", err)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, ErrMisuse) {
			t.Errorf("MustBuild of a mistake: panic %v, want misuse", err)
		}
	}()
	NewBuilder().MustBuild()
}

func TestResultTypes(t *testing.T) {
	for op := Op(0); op < opCount; op++ {
		if op.String() == "" {
			t.Errorf("operation %d has no name", op)
		}
		if n := op.Arity(); n < 0 || n > 3 {
			t.Errorf("%v takes %d operands", op, n)
		}
		if _, ok := op.ResultType(Float, Float, Float, Float); ok {
			t.Errorf("%v takes four operands", op)
		}
	}
	for _, c := range []struct {
		op   Op
		args []Type
		want Type
	}{
		{OpAdd, []Type{Int, Int}, Int}, {OpNeg, []Type{Int}, Int}, {OpDiv, []Type{Float, Float}, Float}, {OpLess, []Type{Int, Int}, Bool}, {OpNot, []Type{Bool}, Bool},
		{OpFinite, []Type{Float}, Bool}, {OpSelect, []Type{Bool, Int, Int}, Int}, {OpSelect, []Type{Bool, Bool, Bool}, Bool},
		{OpToFloat, []Type{Bool}, Float}, {OpToFloat, []Type{Int}, Float}, {OpToInt, []Type{Float}, Int}, {OpRandom, []Type{Int, Int}, Float},
	} {
		if got, ok := c.op.ResultType(c.args...); !ok || got != c.want {
			t.Errorf("%v of %v is %v, %v, want %v", c.op, c.args, got, ok, c.want)
		}
	}
	for _, c := range []struct {
		op   Op
		args []Type
	}{{OpDiv, []Type{Int, Int}}, {OpToFloat, []Type{Float}}, {OpToInt, []Type{Int}}, {OpAnd, []Type{Float, Float}}, {OpMax, []Type{Int, Int}}, {OpNeg, []Type{Bool}}} {
		if _, ok := c.op.ResultType(c.args...); ok {
			t.Errorf("%v takes %v", c.op, c.args)
		}
	}
	if Op(250).String() != "op?" || Type(9).String() != "type?" || ReduceOp(9).String() != "reduction?" {
		t.Error("an unknown op, type or reduction has no name of its own")
	}
}

// With its condition known, a formula selects nothing by it, and computes what
// it computed.
func TestGiven(t *testing.T) {
	b := NewBuilder(Float, Float)
	x, y := b.Input(0), b.Input(1)
	late := b.Apply(OpLess, b.Float(0), x)
	inner := b.Apply(OpSelect, late, b.Apply(OpMul, y, b.Float(2)), y)
	e := b.MustBuild(b.Apply(OpSelect, late, b.Apply(OpNeg, inner), inner), b.Apply(OpSelect, b.Apply(OpLess, y, x), y, x), b.Apply(OpToFloat, late))
	at := slices.IndexFunc(e.Code, func(in Instr) bool { return in.Op == OpSelect })
	at = e.Code[at].Args[0]
	for _, in := range [][]float64{{1, 3}, {-1, 3}, {5, 3}} {
		truth := in[0] > 0
		if got := e.Truth(at).Eval(in, 0)[0]; (got == 1) != truth {
			t.Errorf("%v of %v is %v", e.Truth(at), in, got)
		}
		given := e.Given(at, truth)
		if n := given.Uses(OpSelect); n != 1 {
			t.Errorf("%v: %d selections, want the one by something else", given, n)
		}
		if got, want := given.Eval(in, 0), e.Eval(in, 0); !slices.Equal(got, want) {
			t.Errorf("%v of %v is %v, want %v", given, in, got, want)
		}
	}
}
