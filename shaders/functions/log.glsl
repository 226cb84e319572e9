// uses: special
// The natural logarithm within 1 unit in the last place; -Inf at 0, NaN below,
// Inf and NaN stay. The polynomial is Cephes' logf (Moshier 1984).
float flog(float x) {
	uint bits = floatBitsToUint(x);
	int e = 0;
	if (bits < 0x00800000u) { // below the normal numbers
		precise float scaled = x * 8388608.0;
		bits = floatBitsToUint(scaled);
		e = -23;
	}
	e += int(bits >> 23) - 126;
	precise float m = uintBitsToFloat((bits & 0x007FFFFFu) | 0x3F000000u); // [0.5, 1)
	if (m < 0.707106781) {
		e -= 1;
		m = m + m - 1.0;
	} else {
		m = m - 1.0;
	}
	precise float z = m * m;
	precise float p = 7.0376836292e-2;
	p = p * m - 1.1514610310e-1;
	p = p * m + 1.1676998740e-1;
	p = p * m - 1.2420140846e-1;
	p = p * m + 1.4249322787e-1;
	p = p * m - 1.6668057665e-1;
	p = p * m + 2.0000714765e-1;
	p = p * m - 2.4999993993e-1;
	p = p * m + 3.3333331174e-1;
	precise float y = p * m * z;
	precise float n = float(e);
	y = y + n * -2.12194440e-4;
	y = y - 0.5 * z;
	y = m + y;
	y = y + n * 0.693359375;
	if ((floatBitsToUint(x) & 0x7FFFFFFFu) == 0u || bits == 0u) return uintBitsToFloat(0xFF800000u);
	if ((floatBitsToUint(x) & 0x80000000u) != 0u) return uintBitsToFloat(0x7FC00000u);
	return ffinite(x) ? y : x;
}
