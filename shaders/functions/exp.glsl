// uses: special
// 2^n for -126 <= n <= 127, exactly.
float fpow2(int n) { return uintBitsToFloat(uint(n + 127) << 23); }
// e^x within 1 unit in the last place, 0 and Inf at the ends, NaN stays. The
// argument is reduced by ln 2 in two parts (Cody & Waite 1980); the polynomial
// is Cephes' expf (Moshier 1984).
float fexp(float x) {
	precise float n = floor(x * 1.44269504 + 0.5);
	n = clamp(n, -150.0, 129.0);
	precise float r = (x - n * 0.693359375) - n * -2.12194440e-4;
	precise float p = 1.9875691500e-4;
	p = p * r + 1.3981999507e-3;
	p = p * r + 8.3334519073e-3;
	p = p * r + 4.1665795894e-2;
	p = p * r + 1.6666665459e-1;
	p = p * r + 5.0000001201e-1;
	p = p * r * r + r + 1.0;
	int k = int(n);
	int half_k = k / 2; // in two factors: 2^n alone leaves the range of normal numbers
	precise float y = p * fpow2(half_k) * fpow2(k - half_k);
	if (x > 88.7228391) y = uintBitsToFloat(0x7F800000u);
	if (x < -103.972084) y = 0.0;
	return fnan(x) ? x : y;
}
