//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// formula adds a GLSL function "void name(uint element, T in0.., out T out0..)"
// that computes e. Every float is precise: compilers may otherwise take x * 0
// for 0 and x - x for 0, which NaN and Inf contradict.
func (s *shader) formula(name string, e *compute.Expr) {
	params := []string{"uint element"}
	for i, t := range e.Inputs {
		params = append(params, fmt.Sprintf("%s in%d", glType(t), i))
	}
	for i, at := range e.Outputs {
		params = append(params, fmt.Sprintf("out %s out%d", glType(e.Code[at].Type), i))
	}
	s.line("void %s(%s) {", name, strings.Join(params, ", "))
	for i, in := range e.Code {
		qualifier := ""
		if in.Type == compute.Float {
			qualifier = "precise "
		}
		s.line("\t%s%s v%d = %s;", qualifier, glType(in.Type), i, s.instruction(e, i))
	}
	for i, at := range e.Outputs {
		s.line("\tout%d = v%d;", i, at)
	}
	s.line("}")
}

func glType(t compute.Type) string { return t.String() } // float, int, bool in both

// instruction is the GLSL expression of one instruction.
func (s *shader) instruction(e *compute.Expr, at int) string {
	in := e.Code[at]
	arg := func(k int) string { return fmt.Sprintf("v%d", in.Args[k]) }
	infix := func(op string) string { return arg(0) + " " + op + " " + arg(1) }
	call := func(function, file string) string {
		s.call(file)
		args := make([]string, in.Op.Arity())
		for k := range args {
			args[k] = arg(k)
		}
		return function + "(" + strings.Join(args, ", ") + ")"
	}
	// Comparisons of floats go through functions that know NaN.
	compare := func(op, function string) string {
		if e.Code[in.Args[0]].Type == compute.Int {
			return infix(op)
		}
		return call(function, "special")
	}
	switch in.Op {
	case compute.OpInput:
		return fmt.Sprintf("in%d", in.N)
	case compute.OpConst:
		switch in.Type {
		case compute.Float:
			return s.constant(in.Const, isArgument(e, compute.OpPow, 1, at), in.Const == 0 && isFactor(e, at))
		case compute.Int:
			return fmt.Sprintf("int(%du)", uint32(int32(in.N)))
		}
		return fmt.Sprint(in.N != 0)
	case compute.OpRandom:
		s.call("random")
		return fmt.Sprintf("frandom(%s, %du, %s, element)", arg(0), uint32(int32(in.N)), arg(1))
	case compute.OpAdd:
		return infix("+")
	case compute.OpSub:
		return infix("-")
	case compute.OpMul:
		return infix("*")
	case compute.OpDiv:
		return infix("/")
	case compute.OpPow:
		return call("fpow", "pow")
	case compute.OpMin:
		return call("fmin2", "special")
	case compute.OpMax:
		return call("fmax2", "special")
	case compute.OpNeg:
		return "-" + arg(0)
	case compute.OpAbs:
		return "abs(" + arg(0) + ")"
	case compute.OpSign:
		return call("fsign", "special")
	case compute.OpFloor:
		return "floor(" + arg(0) + ")"
	case compute.OpRound:
		return "roundEven(" + arg(0) + ")"
	case compute.OpSqrt:
		return "sqrt(" + arg(0) + ")"
	case compute.OpExp:
		return call("fexp", "exp")
	case compute.OpExpm1:
		return call("fexpm1", "expm1")
	case compute.OpLog:
		return call("flog", "log")
	case compute.OpLog1p:
		return call("flog1p", "log1p")
	case compute.OpSin:
		return call("fsin", "trig")
	case compute.OpCos:
		return call("fcos", "trig")
	case compute.OpTanh:
		return call("ftanh", "tanh")
	case compute.OpSigmoid:
		return call("fsigmoid", "sigmoid")
	case compute.OpErf:
		return call("ferf", "erf")
	case compute.OpRelu:
		return call("frelu", "special")
	case compute.OpLess:
		return compare("<", "fless")
	case compute.OpLessEq:
		return compare("<=", "flesseq")
	case compute.OpEqual:
		return compare("==", "fequal")
	case compute.OpAnd:
		return infix("&&")
	case compute.OpOr:
		return infix("||")
	case compute.OpNot:
		return "!" + arg(0)
	case compute.OpFinite:
		return call("ffinite", "special")
	case compute.OpSelect:
		return arg(0) + " ? " + arg(1) + " : " + arg(2)
	case compute.OpToFloat:
		return "float(" + arg(0) + ")"
	case compute.OpToInt:
		return "int(" + arg(0) + ")"
	}
	s.fail(fmt.Errorf("opengl: there is no GLSL for %v: %w", in.Op, compute.ErrMisuse))
	return "0"
}

// constant is a constant of a formula. It is a uniform, so that a rate, or one
// over the rows of a batch, makes no program of its own. What formulas are made
// of stays in the text, where the compiler sees it: small whole numbers, a half,
// and exponents, for which most of pow falls away. A factor of 0 is hidden: Mesa
// 22.3 takes x * 0 and 0 / x for 0 even where they are precise, and a NaN would
// be lost.
func (s *shader) constant(x float32, exponent, zeroFactor bool) string {
	small := math.Abs(float64(x)) <= 4 && math.Trunc(float64(x)) == float64(x) && !zeroFactor
	if exponent || small || x == 0.5 || len(s.uniforms) >= mostUniforms {
		return glFloat(x)
	}
	s.uniforms = append(s.uniforms, math.Float32bits(x))
	return fmt.Sprintf("uintBitsToFloat(u[%d])", len(s.uniforms)-1)
}

// mostUniforms leaves half of the 512 words that OpenGL 4.3 promises to sizes
// and strides.
const mostUniforms = 256

// isFactor is true of an instruction that is part of a product or a quotient.
func isFactor(e *compute.Expr, at int) bool {
	for k := range 2 {
		if isArgument(e, compute.OpMul, k, at) || isArgument(e, compute.OpDiv, k, at) {
			return true
		}
	}
	return false
}

// isArgument is true of an instruction that is argument k of some op.
func isArgument(e *compute.Expr, op compute.Op, k, at int) bool {
	return slices.ContainsFunc(e.Code, func(in compute.Instr) bool {
		return in.Op == op && in.Args[k] == at
	})
}

// glFloat is a constant by its bits: decimal text cannot say NaN, and a
// compiler may round it.
func glFloat(x float32) string {
	return fmt.Sprintf("uintBitsToFloat(0x%08Xu)", math.Float32bits(x))
}

// fromBits reads a word as a value of type t, toBits is the way back.
func fromBits(t compute.Type, word string) string {
	if t == compute.Int {
		return "int(" + word + ")"
	}
	return "uintBitsToFloat(" + word + ")"
}

func toBits(t compute.Type, value string) string {
	if t == compute.Int {
		return "uint(" + value + ")"
	}
	return "floatBitsToUint(" + value + ")"
}
