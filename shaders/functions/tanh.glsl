// uses: exp
// The hyperbolic tangent, accurate near 0, where GLSL's own may lose digits.
// The polynomial is Cephes' tanhf (Moshier 1984).
float ftanh(float x) {
	float a = abs(x);
	precise float y;
	if (a < 0.625) {
		precise float z = x * x;
		precise float p = -5.70498872745e-3;
		p = p * z + 2.06390887954e-2;
		p = p * z - 5.37397155531e-2;
		p = p * z + 1.33314422036e-1;
		p = p * z - 3.33332819422e-1;
		y = p * z * x + x;
		return y;
	}
	y = 1.0 - 2.0 / (fexp(a + a) + 1.0);
	if (a > 9.1) y = 1.0;
	return fnan(x) ? x : (x < 0.0 ? -y : y);
}
