package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback/internal/jit"
)

// fusable is true of a step that translate knows.
func fusable(s *step) bool {
	if s.random {
		return false
	}
	switch s.op {
	case compute.OpAdd, compute.OpSub, compute.OpMul, compute.OpDiv, compute.OpMin, compute.OpMax, compute.OpNeg, compute.OpAbs,
		compute.OpSign, compute.OpSqrt, compute.OpFloor, compute.OpRound, compute.OpRelu, compute.OpFinite,
		compute.OpLess, compute.OpLessEq, compute.OpEqual:
		return s.of == compute.Float
	case compute.OpAnd, compute.OpOr, compute.OpNot, compute.OpSelect, compute.OpToFloat:
		return true
	}
	return false
}

// translate adds a step to a loop. Each operation is that of package vector.
func translate(b *jit.Builder, s *step, args [3]jit.Value) jit.Value {
	const signBit = 1 << 31
	x, y, z := args[0], args[1], args[2]
	number := func(x float32) jit.Value { return b.Word(math.Float32bits(x)) }
	where := func(p jit.Predicate, x, y, then, otherwise jit.Value) jit.Value {
		return b.Select(b.Compare(p, x, y), then, otherwise)
	}
	switch s.op {
	case compute.OpAdd:
		if s.scaled {
			y = b.Mul(y, z)
		}
		return b.Add(x, y)
	case compute.OpSub:
		return b.Sub(x, y)
	case compute.OpMul:
		return b.Mul(x, y)
	case compute.OpDiv:
		return b.Div(x, y)
	case compute.OpMin:
		return where(jit.Unordered, x, y, b.Add(x, y), b.Or(b.RawMin(x, y), b.RawMin(y, x)))
	case compute.OpMax:
		return where(jit.Unordered, x, y, b.Add(x, y), b.And(b.RawMax(x, y), b.RawMax(y, x)))
	case compute.OpNeg:
		return b.Xor(x, b.Word(signBit))
	case compute.OpAbs:
		return b.And(x, b.Word(signBit-1))
	case compute.OpSign:
		return where(jit.Less, number(0), x, number(1), where(jit.Less, x, number(0), number(-1), x))
	case compute.OpSqrt:
		return b.Sqrt(x)
	case compute.OpFloor:
		return b.Round(x, jit.Down)
	case compute.OpRound:
		return b.Round(x, jit.ToNearest)
	case compute.OpRelu:
		return where(jit.LessOrEqual, x, number(0), number(0), x)
	case compute.OpFinite:
		return b.Compare(jit.Less, b.And(x, b.Word(signBit-1)), number(float32(math.Inf(1))))
	case compute.OpLess:
		return b.Compare(jit.Less, x, y)
	case compute.OpLessEq:
		return b.Compare(jit.LessOrEqual, x, y)
	case compute.OpEqual:
		return b.Compare(jit.Equal, x, y)
	case compute.OpAnd:
		return b.And(x, y)
	case compute.OpOr:
		return b.Or(x, y)
	case compute.OpNot:
		return b.Xor(x, b.Word(^uint32(0)))
	case compute.OpSelect:
		return b.Select(x, y, z)
	}
	// OpToFloat
	if s.of == compute.Bool {
		return b.And(x, number(1))
	}
	return b.FromInt(x)
}
