package compute

// Type is what a value in an [Expr] is. Only Float and Int values are stored.
type Type uint8

// The types of a value.
const (
	Float Type = iota // float32
	Int               // int32; arithmetic wraps
	Bool              // the result of a comparison
)

func (t Type) String() string {
	if t > Bool {
		return "type?"
	}
	return [...]string{"float", "int", "bool"}[t]
}

// Op is an elementwise operation. Float operations keep NaN and infinities as
// IEEE 754 has them, on every backend. Results below the smallest normal number,
// 2^-126, may be 0.
type Op uint8

// The elementwise operations. x, y, z are the operands in order.
const (
	OpInput  Op = iota // operand number N of the kernel, at this element
	OpConst            // a constant of Type Float (Const), Int (N) or Bool (N)
	OpRandom           // uniform float in [0, 1), a multiple of 2^-24; see Random

	OpAdd // x + y, Float or Int
	OpSub // x - y, Float or Int
	OpMul // x * y, Float or Int
	OpDiv // x / y
	OpPow // x to the power y; as Go's math.Pow
	OpMin // the smaller; NaN if either is NaN
	OpMax // the larger; NaN if either is NaN

	OpNeg     // -x, Float or Int
	OpAbs     // |x|
	OpSign    // -1, 0 or 1; NaN stays
	OpFloor   // largest whole number not above x
	OpRound   // nearest whole number, ties to even
	OpSqrt    // square root; NaN below 0
	OpExp     // e^x
	OpExpm1   // e^x - 1, accurate near 0
	OpLog     // natural logarithm; -Inf at 0, NaN below
	OpLog1p   // log(1 + x), accurate near 0
	OpSin     // sine, for |x| up to a few thousand
	OpCos     // cosine, for |x| up to a few thousand
	OpTanh    // hyperbolic tangent, accurate near 0
	OpSigmoid // 1 / (1 + e^-x), no overflow at either end
	OpErf     // the error function
	OpRelu    // x where x > 0, else 0; NaN stays

	OpLess    // x < y, Float or Int -> Bool; false with NaN
	OpLessEq  // x <= y, Float or Int -> Bool; false with NaN
	OpEqual   // x == y, Float or Int -> Bool; false with NaN
	OpAnd     // both, Bool
	OpOr      // either, Bool
	OpNot     // the opposite, Bool
	OpFinite  // neither NaN nor infinite -> Bool
	OpSelect  // y where x (Bool) is true, else z; y and z of one type
	OpToFloat // Int or Bool (0, 1) -> Float
	OpToInt   // Float -> Int, towards zero; unspecified outside int32

	opCount
)

// NumOps is the number of operations; every Op is below it.
const NumOps = int(opCount)

type opInfo struct {
	name  string
	arity int
}

var ops = [opCount]opInfo{
	OpInput: {"input", 0}, OpConst: {"const", 0}, OpRandom: {"random", 2},
	OpAdd: {"add", 2}, OpSub: {"sub", 2}, OpMul: {"mul", 2}, OpDiv: {"div", 2}, OpPow: {"pow", 2},
	OpMin: {"min", 2}, OpMax: {"max", 2},
	OpNeg: {"neg", 1}, OpAbs: {"abs", 1}, OpSign: {"sign", 1}, OpFloor: {"floor", 1}, OpRound: {"round", 1},
	OpSqrt: {"sqrt", 1}, OpExp: {"exp", 1}, OpExpm1: {"expm1", 1}, OpLog: {"log", 1}, OpLog1p: {"log1p", 1},
	OpSin: {"sin", 1}, OpCos: {"cos", 1}, OpTanh: {"tanh", 1}, OpSigmoid: {"sigmoid", 1}, OpErf: {"erf", 1}, OpRelu: {"relu", 1},
	OpLess: {"less", 2}, OpLessEq: {"lesseq", 2}, OpEqual: {"equal", 2},
	OpAnd: {"and", 2}, OpOr: {"or", 2}, OpNot: {"not", 1}, OpFinite: {"finite", 1},
	OpSelect: {"select", 3}, OpToFloat: {"tofloat", 1}, OpToInt: {"toint", 1},
}

func (op Op) String() string {
	if int(op) < len(ops) {
		return ops[op].name
	}
	return "op?"
}

// Arity is the number of operands.
func (op Op) Arity() int { return ops[op].arity }

// ResultType is the type of op's result, and whether the operand types fit.
func (op Op) ResultType(args ...Type) (Type, bool) {
	if len(args) != op.Arity() {
		return Float, false
	}
	all := func(t Type) bool {
		for _, a := range args {
			if a != t {
				return false
			}
		}
		return true
	}
	switch op {
	case OpInput, OpConst:
		return Float, true
	case OpRandom:
		return Float, all(Int)
	case OpAdd, OpSub, OpMul, OpNeg:
		return args[0], all(args[0]) && args[0] != Bool
	case OpLess, OpLessEq, OpEqual:
		return Bool, all(args[0]) && args[0] != Bool
	case OpAnd, OpOr, OpNot:
		return Bool, all(Bool)
	case OpFinite:
		return Bool, all(Float)
	case OpSelect:
		return args[1], args[0] == Bool && args[1] == args[2]
	case OpToFloat:
		return Float, args[0] != Float
	case OpToInt:
		return Int, all(Float)
	}
	return Float, all(Float)
}
