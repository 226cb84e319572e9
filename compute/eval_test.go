package compute

import (
	"math"
	"testing"
)

var inf, nan = math.Inf(1), math.NaN()

// same compares numbers, NaN with NaN.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// TestEvalFloats has every operation on floats, against math or by hand.
func TestEvalFloats(t *testing.T) {
	functions := map[Op]func(float64) float64{
		OpNeg: func(x float64) float64 { return -x }, OpAbs: math.Abs, OpFloor: math.Floor, OpRound: math.RoundToEven, OpSqrt: math.Sqrt,
		OpExp: math.Exp, OpExpm1: math.Expm1, OpLog: math.Log, OpLog1p: math.Log1p, OpSin: math.Sin, OpCos: math.Cos, OpTanh: math.Tanh, OpErf: math.Erf,
		OpSigmoid: func(x float64) float64 { return 0.5 * (1 + math.Tanh(x/2)) },
		OpRelu:    func(x float64) float64 { return math.Max(x, 0) },
		OpSign: func(x float64) float64 {
			if x == 0 || math.IsNaN(x) {
				return x
			}
			return math.Copysign(1, x)
		},
	}
	for op, f := range functions {
		e := Unary(op)
		for _, x := range []float64{0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-6, 20, -20, 700, inf, -inf, nan} {
			if got, want := e.Eval([]float64{x}, 0)[0], f(x); !same(got, want) && math.Abs(got-want) > 1e-15*math.Max(1, math.Abs(want)) {
				t.Errorf("%v(%g) = %g, want %g", op, x, got, want)
			}
		}
	}
	for _, c := range []struct {
		op         Op
		x, y, want float64
	}{
		{OpAdd, 1, 2, 3}, {OpSub, 1, 2, -1}, {OpMul, 3, -2, -6}, {OpDiv, 1, 4, 0.25}, {OpDiv, 1, 0, inf}, {OpDiv, 0, 0, nan},
		{OpPow, 2, 10, 1024}, {OpPow, -2, 3, -8}, {OpPow, -2, 0.5, nan}, {OpPow, nan, 0, 1}, {OpPow, 0, -1, inf},
		{OpMin, 1, 2, 1}, {OpMin, nan, 2, nan}, {OpMin, 2, nan, nan}, {OpMin, -inf, nan, nan}, {OpMin, nan, -inf, nan},
		{OpMax, 1, 2, 2}, {OpMax, nan, 2, nan}, {OpMax, 2, nan, nan}, {OpMax, inf, nan, nan}, {OpMax, nan, inf, nan}, {OpMax, -inf, inf, inf},
	} {
		if got := Binary(c.op).Eval([]float64{c.x, c.y}, 0)[0]; !same(got, c.want) {
			t.Errorf("%v(%g, %g) = %g, want %g", c.op, c.x, c.y, got, c.want)
		}
	}
}

func TestEvalTruths(t *testing.T) {
	truths := func(op Op, x, y float64) float64 {
		b := NewBuilder(Float, Float)
		args := []Value{b.Input(0), b.Input(1)}
		if op == OpAnd || op == OpOr || op == OpNot {
			for i := range args {
				args[i] = b.Apply(OpEqual, args[i], b.Float(1))
			}
		}
		return b.MustBuild(b.Apply(OpToFloat, b.Apply(op, args[:op.Arity()]...))).Eval([]float64{x, y}, 0)[0]
	}
	for _, c := range []struct {
		op         Op
		x, y, want float64
	}{
		{OpLess, 1, 2, 1}, {OpLess, 2, 2, 0}, {OpLess, nan, 2, 0}, {OpLess, 2, nan, 0}, {OpLessEq, 2, 2, 1}, {OpLessEq, 3, 2, 0}, {OpLessEq, nan, nan, 0},
		{OpEqual, 2, 2, 1}, {OpEqual, 2, 3, 0}, {OpEqual, nan, nan, 0}, {OpEqual, 0, math.Copysign(0, -1), 1},
		{OpAnd, 1, 1, 1}, {OpAnd, 1, 0, 0}, {OpOr, 0, 1, 1}, {OpOr, 0, 0, 0}, {OpNot, 0, 0, 1}, {OpNot, 1, 0, 0},
		{OpFinite, 1, 0, 1}, {OpFinite, nan, 0, 0}, {OpFinite, inf, 0, 0}, {OpFinite, -inf, 0, 0},
	} {
		if got := truths(c.op, c.x, c.y); got != c.want {
			t.Errorf("%v(%g, %g) = %g, want %g", c.op, c.x, c.y, got, c.want)
		}
	}
	b := NewBuilder(Float, Float)
	e := b.MustBuild(b.Apply(OpSelect, b.Apply(OpLess, b.Input(0), b.Float(0)), b.Input(1), b.Float(7)))
	if got := e.Eval([]float64{-1, nan}, 0)[0]; !math.IsNaN(got) {
		t.Errorf("select(true, NaN, 7) = %g, want NaN", got)
	}
	if got := e.Eval([]float64{1, nan}, 0)[0]; got != 7 {
		t.Errorf("select(false, NaN, 7) = %g, want 7: the value not taken must not matter", got)
	}
}

// TestEvalIntegers: int32 arithmetic wraps, as Go's does.
func TestEvalIntegers(t *testing.T) {
	values := []int32{0, 1, -1, 7, 65536, -65537, 1<<30 + 3, math.MaxInt32, math.MinInt32}
	build := func(op Op) *Expr {
		b := NewBuilder(Int, Int)
		return b.MustBuild(b.Apply(op, []Value{b.Input(0), b.Input(1)}[:op.Arity()]...))
	}
	for op, f := range map[Op]func(x, y int32) int32{
		OpAdd: func(x, y int32) int32 { return x + y }, OpSub: func(x, y int32) int32 { return x - y },
		OpMul: func(x, y int32) int32 { return x * y }, OpNeg: func(x, _ int32) int32 { return -x },
	} {
		e := build(op)
		for _, x := range values {
			for _, y := range values {
				if got, want := e.Eval([]float64{float64(x), float64(y)}, 0)[0], float64(f(x, y)); got != want {
					t.Errorf("%v(%d, %d) = %g, want %g", op, x, y, got, want)
				}
			}
		}
	}
	b := NewBuilder(Float)
	e := b.MustBuild(b.Apply(OpToInt, b.Input(0)), b.Apply(OpToFloat, b.Int(math.MaxInt32)))
	for x, want := range map[float64]float64{2.9: 2, -2.9: -2, -0.5: 0, 2147483520: 2147483520, -2147483648: -2147483648} {
		if got := e.Eval([]float64{x}, 0); got[0] != want || got[1] != math.MaxInt32 {
			t.Errorf("toint(%g) = %g, want %g; and %g, want 2147483647", x, got[0], want, got[1])
		}
	}
}

func TestEvalRandom(t *testing.T) {
	b := NewBuilder(Int, Int)
	e := b.MustBuild(b.Random(b.Input(0), b.Input(1), -4))
	for element := range 9 {
		minus4 := int32(-4)
		want := UniformAt(math.MaxUint32, uint32(minus4), 3, element) // a seed of -1 is all ones
		if got := e.Eval([]float64{-1, 3}, element)[0]; got != float64(want) {
			t.Errorf("element %d is %g, want %g", element, got, want)
		}
	}
}

// TestEvalKnowsEveryOp: none can be added without its value.
func TestEvalKnowsEveryOp(t *testing.T) {
	for op := OpAdd; op < opCount; op++ {
		b := NewBuilder(Float)
		var args []Value
		for range op.Arity() {
			args = append(args, b.Input(0))
		}
		switch op {
		case OpAnd, OpOr, OpNot, OpToFloat:
			for i := range args {
				args[i] = b.Apply(OpFinite, args[i])
			}
		case OpSelect:
			args[0] = b.Apply(OpFinite, args[0])
		}
		v := b.Apply(op, args...)
		if b.Type(v) == Bool {
			v = b.Apply(OpToFloat, v)
		}
		if got := b.MustBuild(v).Eval([]float64{0.5}, 0); len(got) != 1 || math.IsNaN(got[0]) {
			t.Errorf("%v of 0.5 is %v", op, got)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown operation has a value")
		}
	}()
	(&Expr{Code: []Instr{{Op: opCount}}, Outputs: []int{0}}).Eval(nil, 0)
}
