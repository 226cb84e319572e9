package graph

import (
	"github.com/glearn-go/glearn/compute"
)

// Apply is an elementwise operation over broadcast operands.
func Apply(op compute.Op, args ...*Tensor) *Tensor {
	g := args[0].g
	types := make([]compute.Type, len(args))
	shape := args[0].shape
	for i, a := range args {
		if a.kind == kindSparse {
			g.Fail("graph: %v of a sparse matrix: only MatMul takes one, as its left factor", op)
			return g.placeholder(compute.Float, a.shape)
		}
		types[i] = a.typ
		var ok bool
		if shape, ok = broadcast(shape, a.shape); !ok {
			g.Fail("graph: %v: shapes %v and %v do not fit together", op, args[0].shape, a.shape)
			return g.placeholder(args[0].typ, args[0].shape)
		}
	}
	typ, ok := op.ResultType(types...)
	if !ok || op == compute.OpInput || op == compute.OpConst || op == compute.OpRandom {
		g.Fail("graph: %v does not take operands of type %v", op, types)
		return g.placeholder(compute.Float, shape)
	}
	if folded, ok := fold(op, typ, args, shape); ok {
		return folded
	}
	return g.add(Tensor{kind: kindElem, op: op, typ: typ, shape: shape, args: append([]*Tensor(nil), args...)})
}

// constant is the value of a float constant, however it is repeated.
func (t *Tensor) constant() (float32, bool) {
	for t.kind == kindBroadcast || t.kind == kindReshape || t.kind == kindPermute || t.kind == kindStop {
		t = t.args[0]
	}
	return t.value, t.kind == kindConst && t.typ == compute.Float
}

// foldConstants computes an operation on constants.
func foldConstants(op compute.Op, typ compute.Type, args []*Tensor, shape []int) (*Tensor, bool) {
	b := compute.NewBuilder()
	vs := make([]compute.Value, len(args))
	for i, a := range args {
		k := constantOf(a)
		if k == nil {
			return nil, false
		}
		vs[i] = k.constantIn(b)
	}
	v := b.Apply(op, vs...)
	if typ == compute.Bool {
		v = b.Apply(compute.OpToFloat, v) // what an Expr can store
	}
	x := b.MustBuild(v).Eval(nil, 0)[0]
	result := Tensor{kind: kindConst, typ: typ}
	if typ == compute.Float {
		result.value = float32(x)
	} else {
		result.number = int32(x)
	}
	return BroadcastTo(args[0].g.add(result), shape...), true
}

// constantIn is the constant t in a formula.
func (t *Tensor) constantIn(b *compute.Builder) compute.Value {
	switch t.typ {
	case compute.Float:
		return b.Float(t.value)
	case compute.Int:
		return b.Int(t.number)
	}
	return b.Bool(t.number != 0)
}

// fold drops operations that change nothing: x*1, x/1, x+0, x-0, a choice that
// is always the same, and operations on constants.
func fold(op compute.Op, typ compute.Type, args []*Tensor, shape []int) (*Tensor, bool) {
	if folded, ok := foldConstants(op, typ, args, shape); ok {
		return folded, true
	}
	if k := constantOf(args[0]); k != nil && op == compute.OpSelect {
		if k.number != 0 {
			return BroadcastTo(args[1], shape...), true
		}
		return BroadcastTo(args[2], shape...), true
	}
	if len(args) != 2 || args[0].typ != compute.Float {
		return nil, false
	}
	is := func(i int, x float32) bool {
		c, ok := args[i].constant()
		return ok && c == x
	}
	switch op {
	case compute.OpMul:
		if is(0, 1) {
			return BroadcastTo(args[1], shape...), true
		}
		if is(1, 1) {
			return BroadcastTo(args[0], shape...), true
		}
	case compute.OpAdd:
		if is(0, 0) {
			return BroadcastTo(args[1], shape...), true
		}
		if is(1, 0) {
			return BroadcastTo(args[0], shape...), true
		}
	case compute.OpSub:
		if is(1, 0) {
			return BroadcastTo(args[0], shape...), true
		}
	case compute.OpDiv:
		if is(1, 1) {
			return BroadcastTo(args[0], shape...), true
		}
	}
	return nil, false
}

// broadcast is the shape that two operands share, as in numpy.
func broadcast(a, b []int) ([]int, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]int(nil), a...)
	shift := len(a) - len(b)
	for i, d := range b {
		switch x := a[shift+i]; {
		case x == d, d == 1:
		case x == 1:
			out[shift+i] = d
		default:
			return out, false
		}
	}
	return out, true
}

// Add is a + b.
func Add(a, b *Tensor) *Tensor { return Apply(compute.OpAdd, a, b) }

// Sub is a - b.
func Sub(a, b *Tensor) *Tensor { return Apply(compute.OpSub, a, b) }

// Mul is a * b, element by element.
func Mul(a, b *Tensor) *Tensor { return Apply(compute.OpMul, a, b) }

// Div is a / b, element by element.
func Div(a, b *Tensor) *Tensor { return Apply(compute.OpDiv, a, b) }

// Pow is a to the power b.
func Pow(a, b *Tensor) *Tensor { return Apply(compute.OpPow, a, b) }

// Min is the smaller of a and b; NaN if either is.
func Min(a, b *Tensor) *Tensor { return Apply(compute.OpMin, a, b) }

// Max is the larger of a and b; NaN if either is.
func Max(a, b *Tensor) *Tensor { return Apply(compute.OpMax, a, b) }

// Scale is c * x.
func Scale(x *Tensor, c float32) *Tensor { return Mul(x, x.Const(c)) }

// Shift is x + c.
func Shift(x *Tensor, c float32) *Tensor { return Add(x, x.Const(c)) }

// OneMinus is 1 - x.
func OneMinus(x *Tensor) *Tensor { return Sub(x.Const(1), x) }

// Clip limits x to [lo, hi].
func Clip(x *Tensor, lo, hi float32) *Tensor { return Min(Max(x, x.Const(lo)), x.Const(hi)) }

// Neg is -x.
func Neg(x *Tensor) *Tensor { return Apply(compute.OpNeg, x) }

// Abs is |x|.
func Abs(x *Tensor) *Tensor { return Apply(compute.OpAbs, x) }

// Sign is -1, 0 or 1.
func Sign(x *Tensor) *Tensor { return Apply(compute.OpSign, x) }

// Floor is the largest whole number not above x.
func Floor(x *Tensor) *Tensor { return Apply(compute.OpFloor, x) }

// Round is the nearest whole number, ties to even.
func Round(x *Tensor) *Tensor { return Apply(compute.OpRound, x) }

// Square is x * x.
func Square(x *Tensor) *Tensor { return Mul(x, x) }

// Sqrt is the square root.
func Sqrt(x *Tensor) *Tensor { return Apply(compute.OpSqrt, x) }

// Exp is e^x.
func Exp(x *Tensor) *Tensor { return Apply(compute.OpExp, x) }

// Expm1 is e^x - 1, accurate near 0.
func Expm1(x *Tensor) *Tensor { return Apply(compute.OpExpm1, x) }

// Log is the natural logarithm.
func Log(x *Tensor) *Tensor { return Apply(compute.OpLog, x) }

// Log1p is log(1 + x), accurate near 0.
func Log1p(x *Tensor) *Tensor { return Apply(compute.OpLog1p, x) }

// Sin is the sine.
func Sin(x *Tensor) *Tensor { return Apply(compute.OpSin, x) }

// Cos is the cosine.
func Cos(x *Tensor) *Tensor { return Apply(compute.OpCos, x) }

// Tanh is the hyperbolic tangent.
func Tanh(x *Tensor) *Tensor { return Apply(compute.OpTanh, x) }

// Sigmoid is 1 / (1 + e^-x).
func Sigmoid(x *Tensor) *Tensor { return Apply(compute.OpSigmoid, x) }

// Erf is the error function.
func Erf(x *Tensor) *Tensor { return Apply(compute.OpErf, x) }

// Relu is x where x > 0, else 0.
func Relu(x *Tensor) *Tensor { return Apply(compute.OpRelu, x) }

// Softplus is log(1 + e^x), without overflow.
func Softplus(x *Tensor) *Tensor {
	return Add(Max(x, x.Const(0)), Log1p(Exp(Neg(Abs(x)))))
}

// Less is a < b, a truth value.
func Less(a, b *Tensor) *Tensor { return Apply(compute.OpLess, a, b) }

// LessEq is a <= b, a truth value.
func LessEq(a, b *Tensor) *Tensor { return Apply(compute.OpLessEq, a, b) }

// Equal is a == b, a truth value.
func Equal(a, b *Tensor) *Tensor { return Apply(compute.OpEqual, a, b) }

// And is true where both are.
func And(a, b *Tensor) *Tensor { return Apply(compute.OpAnd, a, b) }

// Or is true where either is.
func Or(a, b *Tensor) *Tensor { return Apply(compute.OpOr, a, b) }

// Not is true where a is not.
func Not(a *Tensor) *Tensor { return Apply(compute.OpNot, a) }

// Finite is true where x is neither NaN nor infinite.
func Finite(x *Tensor) *Tensor { return Apply(compute.OpFinite, x) }

// Select is a where cond is true, else b.
func Select(cond, a, b *Tensor) *Tensor { return Apply(compute.OpSelect, cond, a, b) }

// ToFloat turns whole numbers and truth values (0, 1) into floats.
func ToFloat(x *Tensor) *Tensor {
	if x.typ == compute.Float {
		return x
	}
	return Apply(compute.OpToFloat, x)
}

// ToInt cuts floats towards zero.
func ToInt(x *Tensor) *Tensor { return Apply(compute.OpToInt, x) }

// Random is a tensor of uniform floats in [0, 1): the same for equal seed,
// step (both Int scalars), stream and element, on every backend.
func Random(seed, step *Tensor, stream int32, shape ...int) *Tensor {
	if seed.typ != compute.Int || step.typ != compute.Int || seed.Size() != 1 || step.Size() != 1 {
		seed.g.Fail("graph: random needs Int scalars as seed and step, got %v and %v", seed, step)
		return seed.g.placeholder(compute.Float, shape)
	}
	return seed.g.add(Tensor{kind: kindElem, op: compute.OpRandom, typ: compute.Float, shape: append([]int(nil), shape...), args: []*Tensor{seed, step}, number: stream})
}

// RandomNormal is a tensor of standard normal floats (Box & Muller 1958), from
// the streams stream and stream + 1.
func RandomNormal(seed, step *Tensor, stream int32, shape ...int) *Tensor {
	u, v := Random(seed, step, stream, shape...), Random(seed, step, stream+1, shape...)
	// 1 - u lies in (0, 1], where the logarithm is finite.
	return Mul(Sqrt(Scale(Log(OneMinus(u)), -2)), Cos(Scale(v, 6.2831853)))
}
