package cpu_fallback

import (
	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
	"github.com/glearn-go/glearn/cpu_fallback/internal/jit"
)

type (
	unary  = func(c functions.Code[jit.Value], x jit.Value) jit.Value
	binary = func(c functions.Code[jit.Value], x, y jit.Value) jit.Value
)

// unaries and binaries are the operations on floats and truth values, as
// package vector has them.
var (
	unaries = map[compute.Op]unary{
		compute.OpNeg: functions.Negate[jit.Value], compute.OpAbs: functions.Absolute[jit.Value],
		compute.OpSign: functions.Sign[jit.Value], compute.OpRelu: functions.Relu[jit.Value],
		compute.OpFinite: functions.Finite[jit.Value], compute.OpNot: functions.Not[jit.Value],
		compute.OpExp: functions.Exp[jit.Value], compute.OpExpm1: functions.Expm1[jit.Value],
		compute.OpLog: functions.Log[jit.Value], compute.OpLog1p: functions.Log1p[jit.Value],
		compute.OpTanh: functions.Tanh[jit.Value], compute.OpSigmoid: functions.Sigmoid[jit.Value],
		compute.OpErf: functions.Erf[jit.Value],
	}
	binaries = map[compute.Op]binary{
		compute.OpAdd: functions.Code[jit.Value].Add, compute.OpSub: functions.Code[jit.Value].Sub,
		compute.OpMul: functions.Code[jit.Value].Mul, compute.OpDiv: functions.Code[jit.Value].Div,
		compute.OpMin: functions.Minimum[jit.Value], compute.OpMax: functions.Maximum[jit.Value],
		compute.OpLess: compare(functions.Less), compute.OpLessEq: compare(functions.LessOrEqual), compute.OpEqual: compare(functions.Equal),
		compute.OpAnd: functions.Code[jit.Value].And, compute.OpOr: functions.Code[jit.Value].Or,
	}
)

func compare(p functions.Predicate) binary {
	return func(c functions.Code[jit.Value], x, y jit.Value) jit.Value { return c.Compare(p, x, y) }
}

// fusable is true of a step that translate knows.
func fusable(s *step) bool {
	switch s.op {
	case compute.OpSelect, compute.OpToFloat:
		return !s.random
	case compute.OpAnd, compute.OpOr, compute.OpNot: // of truth values
		return true
	case compute.OpSqrt, compute.OpFloor, compute.OpRound:
		return true
	}
	return !s.random && s.of == compute.Float && (unaries[s.op] != nil || binaries[s.op] != nil)
}

// translate adds a step to a loop.
func translate(b *jit.Builder, s *step, args [3]jit.Value) jit.Value {
	x, y, z := args[0], args[1], args[2]
	switch s.op {
	case compute.OpSqrt:
		return b.Sqrt(x)
	case compute.OpFloor:
		return b.Round(x, jit.Down)
	case compute.OpRound:
		return b.Round(x, jit.ToNearest)
	case compute.OpSelect:
		return b.Select(x, y, z)
	case compute.OpToFloat:
		if s.of == compute.Bool {
			return functions.FromBool(b, x)
		}
		return b.FromInt(x)
	}
	if f := unaries[s.op]; f != nil {
		return f(b, x)
	}
	if s.scaled {
		y = b.Mul(y, z)
	}
	return binaries[s.op](b, x, y)
}
