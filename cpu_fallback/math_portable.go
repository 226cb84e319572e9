package cpu_fallback

import "math"

// The functions here work in float32 with one rounding at a time, so that the
// assembly loops give the same bits. The conversions to float32 around products
// keep the compiler from fusing them with additions on other processors.
// Polynomials are those of the Cephes library (Moshier), as are the ranges;
// math_test.go holds each to its bound, in units in the last place.

var (
	negInf = float32(math.Inf(-1))
	inf    = float32(math.Inf(1))
	nan    = math.Float32frombits(0x7FC00000)
)

// roundShift added to a float32 below 2^22 leaves a whole number, to nearest,
// in the last bits.
const roundShift = 12582912 // 1.5 x 2^23

// ln 2 in two parts: a product of ln2Hi with a whole number up to 2^14 is
// exact.
const (
	ln2Hi = 0.693359375
	ln2Lo = -2.12194440e-4
)

// expParts splits x into n ln 2 + r, and gives e^r - 1 and n. It needs
// |x| < 2^21.
func expParts(x float32) (m1 float32, n int32) {
	shifted := float32(x*math.Log2E) + roundShift
	whole := shifted - roundShift
	r := x - float32(whole*ln2Hi) - float32(whole*ln2Lo)
	p := float32(r*1.9875691500e-4) + 1.3981999507e-3
	p = float32(p*r) + 8.3334519073e-3
	p = float32(p*r) + 4.1665795894e-2
	p = float32(p*r) + 1.6666665459e-1
	p = float32(p*r) + 5.0000001201e-1
	return float32(p*float32(r*r)) + r, int32(math.Float32bits(shifted) - math.Float32bits(roundShift))
}

func exp32(x float32) float32 {
	switch {
	case x != x:
		return x
	case x > 89:
		x = 89 // infinite already
	case x < -104:
		x = -104 // 0 already
	}
	m1, n := expParts(x)
	// 2^n may be out of range; 2^(n/2) is not.
	return float32((m1+1)*power2(n>>1)) * power2(n-n>>1)
}

func power2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

func expm132(x float32) float32 {
	if x < 0.34 && x > -0.34 { // n is 0
		m1, _ := expParts(x)
		return m1
	}
	return exp32(x) - 1
}

func log32(x float32) float32 {
	switch {
	case x < 0:
		return nan
	case x == 0:
		return negInf
	case !(x < inf):
		return x
	}
	e := float32(0)
	scaled := x
	if x < 1.17549435e-38 { // below the normal range
		scaled, e = x*8388608, -23
	}
	// scaled = (1 + m) 2^e with 1+m from sqrt(1/2) to sqrt(2).
	const root = 0x3F3504F3
	i := int32(math.Float32bits(scaled) - root)
	e += float32(i >> 23)
	m := math.Float32frombits(uint32(i)&0x7FFFFF+root) - 1
	z := float32(m * m)
	p := float32(m*7.0376836292e-2) - 1.1514610310e-1
	p = float32(p*m) + 1.1676998740e-1
	p = float32(p*m) - 1.2420140846e-1
	p = float32(p*m) + 1.4249322787e-1
	p = float32(p*m) - 1.6668057665e-1
	p = float32(p*m) + 2.0000714765e-1
	p = float32(p*m) - 2.4999993993e-1
	p = float32(p*m) + 3.3333331174e-1
	y := float32(float32(p*m)*z) + float32(e*ln2Lo)
	y -= float32(z * 0.5)
	return m + y + float32(e*ln2Hi)
}

func log1p32(x float32) float32 {
	u := x + 1
	switch {
	case u == 1:
		return x
	case u == 0:
		return negInf
	case u > 1e9:
		return log32(u)
	}
	// What the addition of 1 lost, to first order.
	lost := x - (u - 1)
	return log32(u) + lost/u
}

func tanh32(x float32) float32 {
	a := absolute32(x)
	if a < 0.625 {
		z := float32(x * x)
		p := float32(z*-5.70498872745e-3) + 2.06390887954e-2
		p = float32(p*z) - 5.37397155531e-2
		p = float32(p*z) + 1.33314422036e-1
		p = float32(p*z) - 3.33332819422e-1
		return float32(float32(p*z)*x) + x
	}
	y := 1 - 2/(exp32(a+a)+1)
	return math.Float32frombits(math.Float32bits(y) | math.Float32bits(x)&(1<<31))
}

func absolute32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func sigmoid32(x float32) float32 {
	e := exp32(-absolute32(x))
	if x < 0 {
		return e / (e + 1)
	}
	return 1 / (e + 1)
}

// erf32 is the rational minimax approximation of Eigen's and XLA's erf.
func erf32(x float32) float32 {
	switch {
	case x > 4:
		x = 4
	case x < -4:
		x = -4
	}
	z := float32(x * x)
	p := float32(z*-2.72614225801306e-10) + 2.77068142495902e-08
	p = float32(p*z) - 2.10102402082508e-06
	p = float32(p*z) - 5.69250639462346e-05
	p = float32(p*z) - 7.34990630326855e-04
	p = float32(p*z) - 2.95459980854025e-03
	p = float32(p*z) - 1.60960333262415e-02
	q := float32(z*-1.45660718464996e-05) - 2.13374055278905e-04
	q = float32(q*z) - 1.68282697438203e-03
	q = float32(q*z) - 7.37332916720468e-03
	q = float32(q*z) - 1.42647390514189e-02
	return x * (p / q)
}
