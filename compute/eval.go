package compute

import "math"

// Eval computes the formula for one element in float64: the reference that
// backends are tested against. inputs holds one value for each operand, Int
// operands as whole numbers; element is the position in the iteration space,
// which only OpRandom looks at.
func (e *Expr) Eval(inputs []float64, element int) []float64 {
	v := make([]float64, len(e.Code))
	for i, in := range e.Code {
		var x, y, z float64
		switch n := in.Op.Arity(); {
		case n > 2:
			z = v[in.Args[2]]
			fallthrough
		case n > 1:
			y = v[in.Args[1]]
			fallthrough
		case n > 0:
			x = v[in.Args[0]]
		}
		v[i] = in.eval(x, y, z, inputs, element)
		if in.Type == Int && in.Op != OpSelect {
			v[i] = float64(int32(int64(v[i])))
		}
	}
	out := make([]float64, len(e.Outputs))
	for i, at := range e.Outputs {
		out[i] = v[at]
	}
	return out
}

func (in Instr) eval(x, y, z float64, inputs []float64, element int) float64 {
	switch in.Op {
	case OpInput:
		return inputs[in.N]
	case OpConst:
		if in.Type == Float {
			return float64(in.Const)
		}
		return float64(in.N)
	case OpRandom:
		return float64(UniformAt(uint32(int32(x)), uint32(in.N), uint32(int32(y)), element))
	case OpAdd:
		return x + y
	case OpSub:
		return x - y
	case OpMul:
		if in.Type == Int {
			return float64(int32(x) * int32(y))
		}
		return x * y
	case OpDiv:
		return x / y
	case OpPow:
		return math.Pow(x, y)
	case OpMin, OpMax:
		// math.Min(-Inf, NaN) is -Inf, and Max alike.
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return math.NaN()
		case in.Op == OpMin:
			return math.Min(x, y)
		}
		return math.Max(x, y)
	case OpNeg:
		return -x
	case OpAbs:
		return math.Abs(x)
	case OpSign:
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return x
	case OpFloor:
		return math.Floor(x)
	case OpRound:
		return math.RoundToEven(x)
	case OpSqrt:
		return math.Sqrt(x)
	case OpExp:
		return math.Exp(x)
	case OpExpm1:
		return math.Expm1(x)
	case OpLog:
		return math.Log(x)
	case OpLog1p:
		return math.Log1p(x)
	case OpSin:
		return math.Sin(x)
	case OpCos:
		return math.Cos(x)
	case OpTanh:
		return math.Tanh(x)
	case OpSigmoid:
		return 1 / (1 + math.Exp(-x))
	case OpErf:
		return math.Erf(x)
	case OpRelu:
		if x <= 0 {
			return 0
		}
		return x
	case OpLess:
		return truth(x < y)
	case OpLessEq:
		return truth(x <= y)
	case OpEqual:
		return truth(x == y)
	case OpAnd:
		return truth(x != 0 && y != 0)
	case OpOr:
		return truth(x != 0 || y != 0)
	case OpNot:
		return truth(x == 0)
	case OpFinite:
		return truth(!math.IsNaN(x) && !math.IsInf(x, 0))
	case OpSelect:
		if x != 0 {
			return y
		}
		return z
	case OpToFloat:
		return x
	case OpToInt:
		return math.Trunc(x)
	}
	panic("compute: Eval does not know " + in.Op.String())
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
