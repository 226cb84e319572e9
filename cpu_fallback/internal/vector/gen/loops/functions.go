package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// The functions here follow math_portable.go of cpu_fallback step by step,
// which says how they work and where the numbers come from.

// expParts splits x into n ln 2 + r, and gives e^r - 1, n as a float and the
// bits of n + 1.5 2^23.
func expParts(x VecVirtual) (m1, n, shifted VecVirtual) {
	shifted = plusC(timesC(x, math.Log2E), 12582912)
	n = plusC(shifted, -12582912)
	r := minus(minus(x, timesC(n, 0.693359375)), timesC(n, -2.12194440e-4))
	p := polynomial(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	return plus(times(p, times(r, r)), r), n, shifted
}

func exp(x VecVirtual) VecVirtual {
	x = rawMax(number(-104), rawMin(number(89), x))
	m1, n, shifted := expParts(x)
	y := plusC(m1, 1)
	if wide {
		r := vector()
		VSCALEFPS(n, y, r)
		return r
	}
	// 2^n may be out of range; 2^(n/2) is not.
	whole := minusInt(shifted, number(12582912))
	half := shiftRight(whole, 1)
	power := func(n VecVirtual) VecVirtual { return shiftLeft(plusInt(n, word(127)), 23) }
	return times(times(y, power(half)), power(minusInt(whole, half)))
}

func expm1(x VecVirtual) VecVirtual {
	m1, _, _ := expParts(x)
	return where(lessThan, absolute(x), number(0.34), m1, plusC(exp(x), -1))
}

func log(x VecVirtual) VecVirtual {
	small := compare(lessThan, x, number(1.17549435e-38))
	scaled := choose(small, timesC(x, 8388608), x)
	i := minusInt(scaled, word(0x3F3504F3))
	e := plus(toFloat(shiftRight(i, 23)), and(small, number(-23)))
	m := plusC(plusInt(and(i, word(0x7FFFFF)), word(0x3F3504F3)), -1)
	z := times(m, m)
	y := times(times(polynomial(m, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1), m), z)
	y = plus(y, timesC(e, -2.12194440e-4))
	y = minus(y, timesC(z, 0.5))
	y = plus(plus(m, y), timesC(e, 0.693359375))
	// Infinity and NaN are their own logarithms.
	y = where(lessThan, x, word(0x7F800000), y, x)
	y = where(equalTo, x, word(0), word(0xFF800000), y)
	return where(lessThan, x, word(0), word(0x7FC00000), y)
}

func log1p(x VecVirtual) VecVirtual {
	u := plusC(x, 1)
	lost := minus(x, plusC(u, -1))
	l := log(u)
	y := plus(l, over(lost, u))
	y = where(lessThan, number(1e9), u, l, y)
	y = where(equalTo, u, word(0), word(0xFF800000), y)
	return where(equalTo, u, number(1), x, y)
}

func tanh(x VecVirtual) VecVirtual {
	a := absolute(x)
	z := times(x, x)
	near := polynomial(z, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
	near = plus(times(times(near, z), x), x)
	far := minus(number(1), over(number(2), plusC(exp(plus(a, a)), 1)))
	far = or(far, and(x, word(signBit)))
	return where(lessThan, a, number(0.625), near, far)
}

func sigmoid(x VecVirtual) VecVirtual {
	e := exp(or(x, word(signBit)))
	return over(where(lessThan, x, word(0), e, number(1)), plusC(e, 1))
}

func erf(x VecVirtual) VecVirtual {
	c := rawMax(number(-4), rawMin(number(4), x))
	z := times(c, c)
	p := polynomial(z, -2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)
	q := polynomial(z, -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02)
	return times(c, over(p, q))
}
