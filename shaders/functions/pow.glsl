// uses: special
// The upper 12 bits of a float's fraction, so that products of two are exact.
float fhigh(float x) { return uintBitsToFloat(floatBitsToUint(x) & 0xFFFFF000u); }
// x * 2^n, also where the result leaves the normal numbers.
float fscale(float x, int n) {
	n = clamp(n, -300, 300);
	precise float y = x;
	for (int i = 0; i < 3; i++) {
		int step = clamp(n, -126, 127);
		y = y * uintBitsToFloat(uint(step + 127) << 23);
		n -= step;
	}
	return y;
}
// x^y of a positive finite x: log2(x) in two floats, then 2^(y log2 x), after
// FDLIBM's e_powf.c (Sun Microsystems 1993).
float fpowpos(float x, float y) {
	int n = 0;
	precise float ax = x;
	uint ix = floatBitsToUint(ax);
	if (ix < 0x00800000u) {
		ax = ax * 16777216.0;
		n = -24;
		ix = floatBitsToUint(ax);
	}
	n += int(ix >> 23) - 127;
	uint j = ix & 0x007FFFFFu;
	ix = j | 0x3F800000u;
	bool upper = false;
	if (j > 0x1CC471u) {
		if (j < 0x5DB3D7u) upper = true;
		else { n += 1; ix -= 0x00800000u; }
	}
	ax = uintBitsToFloat(ix);
	precise float bp = upper ? 1.5 : 1.0;
	precise float u = ax - bp;
	precise float v = 1.0 / (ax + bp);
	precise float s = u * v;
	precise float sh = fhigh(s);
	precise float th = uintBitsToFloat((((ix >> 1) & 0xFFFFF000u) | 0x20000000u) + 0x00400000u + (upper ? 0x00200000u : 0u));
	precise float tl = ax - (th - bp);
	precise float sl = v * ((u - sh * th) - sh * tl);
	precise float s2 = s * s;
	precise float r = s2 * s2 * (6.0000002384e-01 + s2 * (4.2857143283e-01 + s2 * (3.3333334327e-01 + s2 * (2.7272811532e-01 + s2 * (2.3066075146e-01 + s2 * 2.0697501302e-01)))));
	r = r + sl * (sh + s);
	s2 = sh * sh;
	th = fhigh(3.0 + s2 + r);
	tl = r - ((th - 3.0) - s2);
	u = sh * th;
	v = sl * th + tl * s;
	precise float ph = fhigh(u + v);
	precise float pl = v - (ph - u);
	precise float zh = 9.6191406250e-01 * ph;
	precise float zl = -1.1736857402e-04 * ph + pl * 9.6179670095e-01 + (upper ? 1.56322085e-06 : 0.0);
	precise float dph = upper ? 5.84960938e-01 : 0.0;
	precise float t = float(n);
	precise float t1 = fhigh(((zh + zl) + dph) + t);
	precise float t2 = zl - (((t1 - t) - dph) - zh);
	precise float y1 = fhigh(y);
	pl = (y - y1) * t1 + y * t2;
	ph = y1 * t1;
	precise float z = pl + ph;
	if (z > 128.1) return uintBitsToFloat(0x7F800000u);
	if (z < -150.1) return 0.0;
	precise float k = floor(z + 0.5);
	ph = ph - k;
	t = fhigh(pl + ph);
	u = t * 6.93145752e-01;
	v = (pl - (t - ph)) * 6.9314718246e-01 + t * 1.42860654e-06;
	z = u + v;
	precise float w = v - (z - u);
	t = z * z;
	t1 = z - t * (1.6666667163e-01 + t * (-2.7777778450e-03 + t * (6.6137559770e-05 + t * (-1.6533901999e-06 + t * 4.1381369442e-08))));
	r = (z * t1) / (t1 - 2.0) - (w + z * w);
	z = 1.0 - (r - z);
	return fscale(z, int(k));
}
// x to the power y, with the special cases of C99's and Go's pow.
float fpow(float x, float y) {
	float inf = uintBitsToFloat(0x7F800000u), nan = uintBitsToFloat(0x7FC00000u);
	if (y == 0.0 && !fnan(y)) return 1.0;
	if (x == 1.0 && !fnan(x)) return 1.0;
	if (fnan(x) || fnan(y)) return nan;
	float a = abs(x);
	bool negative = (floatBitsToUint(x) & 0x80000000u) != 0u;
	bool whole = floor(y) == y;
	bool odd = whole && abs(y) < 16777216.0 && (int(abs(y)) & 1) == 1;
	if (!ffinite(y)) {
		if (a == 1.0) return 1.0;
		return (a > 1.0) == (y > 0.0) ? inf : 0.0;
	}
	float r;
	if (a == 0.0) r = y > 0.0 ? 0.0 : inf;
	else if (!ffinite(a)) r = y > 0.0 ? inf : 0.0;
	else if (negative && !whole) return nan;
	else if (y == 1.0) r = a;
	else if (y == -1.0) { precise float q = 1.0 / a; r = q; }
	else if (y == 2.0) { precise float q = a * a; r = q; }
	else r = fpowpos(a, y);
	return negative && odd ? -r : r;
}
