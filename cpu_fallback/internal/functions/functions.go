// Package functions holds the operations on floats that processors have no
// instruction for, as sequences of those that they have. It writes them once for
// two readers: the generator of package vector's assembly, and machine code made
// at run time.
//
// The approximations follow math_portable.go of cpu_fallback step by step, which
// says how they work and where the numbers come from.
package functions

import "math"

// Predicate is how a comparison compares, as VCMPPS numbers it. All are false
// where a number is NaN, but for Unordered.
type Predicate uint8

// The predicates.
const (
	Equal       Predicate = 0x00
	Less        Predicate = 0x11
	LessOrEqual Predicate = 0x12
	Unordered   Predicate = 0x03
)

// Code writes instructions on vectors of 32-bit words. V is the result of one.
type Code[V any] interface {
	Word(bits uint32) V
	Add(x, y V) V
	AddNumber(x V, y float32) V
	Sub(x, y V) V
	Mul(x, y V) V
	MulNumber(x V, y float32) V
	Div(x, y V) V
	RawMin(x, y V) V // y where either is NaN
	RawMax(x, y V) V // y where either is NaN
	And(x, y V) V
	Or(x, y V) V
	Xor(x, y V) V
	AddInt(x, y V) V
	SubInt(x, y V) V
	ShiftLeft(x V, n int) V
	ShiftRight(x V, n int) V // keeps the sign
	FromInt(x V) V
	Compare(p Predicate, x, y V) V // all bits set, or none
	Select(mask, x, y V) V         // x where mask is set
	Where(p Predicate, a, b, x, y V) V
	// Scale is x times 2 to the power of the whole number n. ok is false where
	// there is no such instruction.
	Scale(x, n V) (scaled V, ok bool)
}

const signBit = 1 << 31

func number[V any](c Code[V], x float32) V { return c.Word(math.Float32bits(x)) }

// Negate is -x.
func Negate[V any](c Code[V], x V) V { return c.Xor(x, c.Word(signBit)) }

// Absolute is |x|.
func Absolute[V any](c Code[V], x V) V { return c.And(x, c.Word(signBit-1)) }

// Sign is 1, -1, or x where that is 0 or NaN.
func Sign[V any](c Code[V], x V) V {
	return c.Where(Less, c.Word(0), x, number(c, 1), c.Where(Less, x, c.Word(0), number(c, -1), x))
}

// Relu is x, and 0 where that is negative.
func Relu[V any](c Code[V], x V) V { return c.Where(LessOrEqual, x, c.Word(0), c.Word(0), x) }

// Finite is a mask.
func Finite[V any](c Code[V], x V) V {
	return c.Compare(Less, Absolute(c, x), number(c, float32(math.Inf(1))))
}

// Not is a mask.
func Not[V any](c Code[V], x V) V { return c.Xor(x, c.Word(0xFFFFFFFF)) }

// FromBool is 1 or 0.
func FromBool[V any](c Code[V], x V) V { return c.And(x, number(c, 1)) }

// Maximum is NaN where either is, and 0 of 0 and -0: the two orders of the
// instruction differ only there.
func Maximum[V any](c Code[V], a, b V) V {
	return c.Where(Unordered, a, b, c.Add(a, b), c.And(c.RawMax(a, b), c.RawMax(b, a)))
}

// Minimum is NaN where either is, and -0 of 0 and -0.
func Minimum[V any](c Code[V], a, b V) V {
	return c.Where(Unordered, a, b, c.Add(a, b), c.Or(c.RawMin(a, b), c.RawMin(b, a)))
}

// polynomial is k[0] x^n + k[1] x^(n-1) + ... + k[n].
func polynomial[V any](c Code[V], x V, k ...float32) V {
	r := c.AddNumber(c.MulNumber(x, k[0]), k[1])
	for _, y := range k[2:] {
		r = c.AddNumber(c.Mul(r, x), y)
	}
	return r
}

// expParts splits x into n ln 2 + r, and gives e^r - 1, n as a float and the
// bits of n + 1.5 2^23.
func expParts[V any](c Code[V], x V) (m1, n, shifted V) {
	shifted = c.AddNumber(c.MulNumber(x, math.Log2E), 12582912)
	n = c.AddNumber(shifted, -12582912)
	r := c.Sub(c.Sub(x, c.MulNumber(n, 0.693359375)), c.MulNumber(n, -2.12194440e-4))
	p := polynomial(c, r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	return c.Add(c.Mul(p, c.Mul(r, r)), r), n, shifted
}

// Exp is e^x.
func Exp[V any](c Code[V], x V) V {
	x = c.RawMax(number(c, -104), c.RawMin(number(c, 89), x))
	m1, n, shifted := expParts(c, x)
	y := c.AddNumber(m1, 1)
	if scaled, ok := c.Scale(y, n); ok {
		return scaled
	}
	// 2^n may be out of range; 2^(n/2) is not.
	whole := c.SubInt(shifted, number(c, 12582912))
	half := c.ShiftRight(whole, 1)
	power := func(n V) V { return c.ShiftLeft(c.AddInt(n, c.Word(127)), 23) }
	return c.Mul(c.Mul(y, power(half)), power(c.SubInt(whole, half)))
}

// Expm1 is e^x - 1.
func Expm1[V any](c Code[V], x V) V {
	m1, _, _ := expParts(c, x)
	return c.Where(Less, Absolute(c, x), number(c, 0.34), m1, c.AddNumber(Exp(c, x), -1))
}

// Log is the natural logarithm.
func Log[V any](c Code[V], x V) V {
	small := c.Compare(Less, x, number(c, 1.17549435e-38))
	scaled := c.Select(small, c.MulNumber(x, 8388608), x)
	i := c.SubInt(scaled, c.Word(0x3F3504F3))
	e := c.Add(c.FromInt(c.ShiftRight(i, 23)), c.And(small, number(c, -23)))
	m := c.AddNumber(c.AddInt(c.And(i, c.Word(0x7FFFFF)), c.Word(0x3F3504F3)), -1)
	z := c.Mul(m, m)
	y := c.Mul(c.Mul(polynomial(c, m, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1), m), z)
	y = c.Add(y, c.MulNumber(e, -2.12194440e-4))
	y = c.Sub(y, c.MulNumber(z, 0.5))
	y = c.Add(c.Add(m, y), c.MulNumber(e, 0.693359375))
	// Infinity and NaN are their own logarithms.
	y = c.Where(Less, x, c.Word(0x7F800000), y, x)
	y = c.Where(Equal, x, c.Word(0), c.Word(0xFF800000), y)
	return c.Where(Less, x, c.Word(0), c.Word(0x7FC00000), y)
}

// Log1p is the logarithm of 1 + x.
func Log1p[V any](c Code[V], x V) V {
	u := c.AddNumber(x, 1)
	lost := c.Sub(x, c.AddNumber(u, -1))
	l := Log(c, u)
	y := c.Add(l, c.Div(lost, u))
	y = c.Where(Less, number(c, 1e9), u, l, y)
	y = c.Where(Equal, u, c.Word(0), c.Word(0xFF800000), y)
	return c.Where(Equal, u, number(c, 1), x, y)
}

// Tanh is the hyperbolic tangent.
func Tanh[V any](c Code[V], x V) V {
	a := Absolute(c, x)
	z := c.Mul(x, x)
	near := polynomial(c, z, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
	near = c.Add(c.Mul(c.Mul(near, z), x), x)
	far := c.Sub(number(c, 1), c.Div(number(c, 2), c.AddNumber(Exp(c, c.Add(a, a)), 1)))
	far = c.Or(far, c.And(x, c.Word(signBit)))
	return c.Where(Less, a, number(c, 0.625), near, far)
}

// Sigmoid is 1 / (1 + e^-x).
func Sigmoid[V any](c Code[V], x V) V {
	e := Exp(c, c.Or(x, c.Word(signBit)))
	return c.Div(c.Where(Less, x, c.Word(0), e, number(c, 1)), c.AddNumber(e, 1))
}

// Erf is the error function.
func Erf[V any](c Code[V], x V) V {
	x = c.RawMax(number(c, -4), c.RawMin(number(c, 4), x))
	z := c.Mul(x, x)
	p := polynomial(c, z, -2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)
	q := polynomial(c, z, -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02)
	return c.Mul(x, c.Div(p, q))
}
