// uses: exp
// e^x - 1, accurate near 0, where it is the Taylor series to x^9.
float fexpm1(float x) {
	if (abs(x) >= 0.5 || fnan(x)) {
		precise float y = fexp(x) - 1.0;
		return y;
	}
	precise float p = 1.0 / 362880.0;
	p = p * x + 1.0 / 40320.0;
	p = p * x + 1.0 / 5040.0;
	p = p * x + 1.0 / 720.0;
	p = p * x + 1.0 / 120.0;
	p = p * x + 1.0 / 24.0;
	p = p * x + 1.0 / 6.0;
	p = p * x + 0.5;
	precise float y = x + x * x * p;
	return y;
}
