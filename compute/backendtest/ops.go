package backendtest

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// accuracy is how far an operation on float32 operands x may be from the
// correctly rounded result.
type accuracy struct {
	ulps     func(x []float64) float64 // nil: as correctly rounded
	absolute func(x []float64) float64 // nil: nothing beyond ulps
}

func constant(n float64) func([]float64) float64 { return func([]float64) float64 { return n } }

// accuracies has every operation on floats. Sums and products are correctly
// rounded everywhere (GLSL 4.30, section 4.7.1, says so too), and what picks,
// compares or rounds to whole numbers makes no error at all. The others:
var accuracies = map[compute.Op]accuracy{
	compute.OpAdd: {}, compute.OpSub: {}, compute.OpMul: {}, compute.OpMin: {}, compute.OpMax: {}, compute.OpNeg: {}, compute.OpAbs: {}, compute.OpSign: {},
	compute.OpFloor: {}, compute.OpRound: {}, compute.OpRelu: {}, compute.OpLess: {}, compute.OpLessEq: {}, compute.OpEqual: {},
	compute.OpAnd: {}, compute.OpOr: {}, compute.OpNot: {}, compute.OpFinite: {}, compute.OpSelect: {}, compute.OpToFloat: {}, compute.OpToInt: {},
	// GLSL: 2.5 ulp, by a reciprocal that is below the normal numbers, and may
	// count as zero, when the divisor is above 2^126.
	compute.OpDiv: {ulps: constant(3), absolute: func(x []float64) float64 {
		if a := math.Abs(x[1]); a > 0x1p126 && !math.IsInf(a, 0) {
			return math.Abs(x[0]) * tiny
		}
		return 0
	}},
	// GLSL: as 1 / inversesqrt(x), 2 ulp and 2.5 ulp.
	compute.OpSqrt: {ulps: constant(5)},
	// GLSL: 3 + 2|x| ulp, which is what rounding x log2(e) once costs.
	compute.OpExp:     {ulps: func(x []float64) float64 { return 4 + 2*math.Abs(x[0]) }},
	compute.OpSigmoid: {ulps: func(x []float64) float64 { return 8 + 2*math.Abs(x[0]) }},
	// Polynomials, with a subtraction or a quotient after; accurate near 0, where
	// the plain formulas lose every digit.
	compute.OpExpm1: {ulps: func(x []float64) float64 { return 8 + 2*math.Abs(x[0]) }},
	compute.OpLog1p: {ulps: constant(8)},
	compute.OpTanh:  {ulps: constant(8)},
	compute.OpErf:   {ulps: constant(16)},
	// GLSL: 3 ulp, and absolutely 2^-21 in [0.5, 2].
	compute.OpLog: {ulps: constant(4), absolute: func(x []float64) float64 {
		if x[0] >= 0.5 && x[0] <= 2 {
			return 0x1p-21
		}
		return 0
	}},
	// exp(y log x), whose exponent is rounded to float32 at best twice.
	compute.OpPow: {ulps: func(x []float64) float64 {
		if e := math.Abs(x[1] * math.Log(math.Abs(x[0]))); e < 1000 {
			return 16 + 4*e
		}
		return 16
	}},
	// Absolutely, growing with the error of taking away multiples of pi.
	compute.OpSin: {ulps: constant(4), absolute: trigonometric},
	compute.OpCos: {ulps: constant(4), absolute: trigonometric},
}

func trigonometric(x []float64) float64 { return 0x1p-21 + math.Abs(x[0])*0x1p-28 }

// within says where an operation is specified.
func within(op compute.Op, x []float64) bool {
	switch op {
	case compute.OpSin, compute.OpCos:
		return !(math.Abs(x[0]) > 5000) || math.IsInf(x[0], 0)
	case compute.OpToInt:
		return math.Abs(x[0]) < 1<<31
	}
	return true
}

// ofFloats is op as a formula over float operands, whatever types it takes: a
// truth value is in > 0, and as a result 0 or 1.
func ofFloats(op compute.Op) *compute.Expr {
	types := []compute.Type{compute.Float, compute.Float, compute.Float}[:op.Arity()]
	b := compute.NewBuilder(types...)
	args := make([]compute.Value, op.Arity())
	for i := range args {
		args[i] = b.Input(i)
		if op == compute.OpAnd || op == compute.OpOr || op == compute.OpNot || op == compute.OpToFloat || op == compute.OpSelect && i == 0 {
			args[i] = b.Apply(compute.OpLess, b.Float(0), args[i])
		}
	}
	v := b.Apply(op, args...)
	if b.Type(v) == compute.Bool {
		v = b.Apply(compute.OpToFloat, v)
	}
	return b.MustBuild(v)
}

// special are operands at which operations go wrong.
func special() []float32 {
	inf := float32(math.Inf(1))
	xs := []float32{float32(math.NaN()), inf, math.MaxFloat32, 3e38, 0x1p126, 1e30, 16777217, 16777216, 2147483520, 1e9, 5000, 1000.5, 128, 103.9, 89, 88.7, 88, 50, 20, 17, 10, 9.01, 8, 5, 4, 3.5, 3, 2.5, 2, 1.5, 1.0000001, 1, 0.99999994, 0.9, 0.75, 0.5, 0.4999999, 0.3, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-7, 6e-8, 1e-10, 1e-20, 1e-30, tiny, 1e-40, math.SmallestNonzeroFloat32, 0}
	for _, x := range xs {
		xs = append(xs, -x)
	}
	return xs
}

func testOps(d *device) {
	for op := compute.OpAdd; int(op) < compute.NumOps; op++ {
		d.run(op.String(), func(d *device) { d.checkOp(op) })
	}
	d.run("int", testIntOps)
	d.run("constants", func(d *device) {
		inf := float32(math.Inf(1))
		for _, x := range []float32{0, 1, -1, 0.1, 1e-30, 3e38, math.MaxFloat32, 16777215, inf, -inf, float32(math.NaN())} {
			d.check(&compute.Map{Expr: compute.Constant(x), Dims: compute.D(5), Out: []compute.Operand{compute.Full(d.floats(1, 5, d.unread), compute.D(5))}}, exact)
		}
	})
}

// checkOp runs one operation over a grid of values.
func (d *device) checkOp(op compute.Op) {
	d.Helper()
	values := special()
	var columns [3][]float32
	add := func(x ...float32) {
		in := make([]float64, len(x))
		for i := range x {
			in[i] = float64(x[i])
		}
		if within(op, in) {
			for i := range x {
				columns[i] = append(columns[i], x[i])
			}
		}
	}
	switch op.Arity() {
	case 1:
		for _, x := range values {
			add(x)
		}
		for e := -140; e < 128; e++ { // all exponents
			for range 4 {
				add(float32(math.Ldexp(1+d.rng.Float64(), e)))
				add(-float32(math.Ldexp(1+d.rng.Float64(), e)))
			}
		}
		for range 4000 { // and closely where functions bend
			add(float32((d.rng.Float64()*2 - 1) * []float64{1, 10, 100}[d.rng.IntN(3)]))
		}
	case 2:
		for _, x := range values {
			for _, y := range values {
				add(x, y)
			}
		}
		for range 4000 {
			add(float32(math.Exp(20*d.rng.NormFloat64())), float32(3*d.rng.NormFloat64()))
			add(d.real(), d.real())
			x := d.real()
			add(x, x) // equal operands
		}
	case 3:
		for _, x := range values {
			for _, y := range values[:20] {
				add(x, y, values[d.rng.IntN(len(values))])
			}
		}
	}
	e := ofFloats(op)
	n := len(columns[0])
	space := compute.D(n)
	k := &compute.Map{Expr: e, Dims: space, Out: []compute.Operand{compute.Full(d.floats(1, n, d.unread), space)}}
	for _, column := range columns[:op.Arity()] {
		k.In = append(k.In, compute.Full(d.guarded(3, compute.Words(column)), space))
	}
	d.b.Run(k)
	bad := 0
	integer := e.Code[e.Outputs[0]].Type == compute.Int
	for i, w := range d.read(k.Out[0].View) {
		var x []float64
		for _, column := range columns[:op.Arity()] {
			x = append(x, float64(column[i]))
		}
		if acceptable(op, e, x, w, integer) {
			continue
		}
		if bad++; bad <= 3 {
			d.Errorf("%v(%v) = %g (%#x), want %g", op, x, math.Float32frombits(w), w, e.Eval(x, i)[0])
		}
	}
	if bad > 3 {
		d.Errorf("%v: %d of %d results are wrong", op, bad, n)
	}
}

// acceptable compares a result with the one for x, and with those for x where
// any operands below the normal numbers are taken for zero.
func acceptable(op compute.Op, e *compute.Expr, x []float64, got uint32, integer bool) bool {
	for flushed := range 1 << len(x) {
		in := append([]float64(nil), x...)
		for i := range in {
			if flushed>>i&1 != 0 && math.Abs(in[i]) < tiny {
				in[i] = math.Copysign(0, in[i])
			}
		}
		want := e.Eval(in, 0)[0]
		if integer {
			if int32(got) == int32(want) {
				return true
			}
			continue
		}
		tol, a := tolerance{}, accuracies[op]
		if a.ulps != nil {
			tol.ulps = a.ulps(in)
		}
		scale := 0.0
		if a.absolute != nil {
			tol.scale, scale = 1, a.absolute(in)/eps
		}
		if tol.accepts(math.Float32frombits(got), want, scale) {
			return true
		}
	}
	return false
}

func testIntOps(d *device) {
	values := []int32{0, 1, -1, 2, -2, 3, 7, -100, 12345, 65535, 65536, -65536, 1 << 24, 1<<24 + 1, 1<<30 + 12345, math.MaxInt32, math.MaxInt32 - 1, math.MinInt32, math.MinInt32 + 1}
	var x, y []int32
	for _, a := range values {
		for _, b := range values {
			x, y = append(x, a), append(y, b)
		}
	}
	space := compute.D(len(x))
	in := []compute.Operand{compute.Full(d.integers(1, x...), space), compute.Full(d.integers(2, y...), space)}
	out := func() compute.Operand { return compute.Full(d.floats(3, len(x), d.unread), space) }
	ints := []compute.Type{compute.Int, compute.Int}
	for _, op := range []compute.Op{compute.OpAdd, compute.OpSub, compute.OpMul, compute.OpNeg, compute.OpLess, compute.OpLessEq, compute.OpEqual, compute.OpToFloat} {
		b := compute.NewBuilder(ints...)
		v := b.Apply(op, []compute.Value{b.Input(0), b.Input(1)}[:op.Arity()]...)
		if b.Type(v) == compute.Bool {
			v = b.Apply(compute.OpSelect, v, b.Int(1), b.Int(0))
		}
		d.check(&compute.Map{Expr: b.MustBuild(v), Dims: space, In: in, Out: []compute.Operand{out()}}, exact)
	}
	b := compute.NewBuilder(ints...)
	least := b.Apply(compute.OpSelect, b.Apply(compute.OpLess, b.Input(0), b.Input(1)), b.Input(0), b.Input(1))
	flags := b.Apply(compute.OpAnd, b.Apply(compute.OpNot, b.Apply(compute.OpEqual, b.Input(0), b.Int(7))), b.Apply(compute.OpOr, b.Bool(false), b.Apply(compute.OpLessEq, b.Int(-3), b.Input(1))))
	d.check(&compute.Map{
		Expr: b.MustBuild(least, b.Apply(compute.OpToFloat, flags), b.Int(math.MinInt32)), Dims: space, In: in,
		Out: []compute.Operand{out(), out(), out()},
	}, exact)
}
