// uses: special
// sin(x + quadrant pi/2) for |x| up to a few thousand: the argument is reduced
// by pi/2 in three parts (Cody & Waite 1980); the polynomials are Cephes' sinf
// and cosf (Moshier 1984). NaN for infinities and NaN.
float fsinq(float x, int quadrant) {
	precise float n = floor(x * 0.636619772 + 0.5);
	precise float r = ((x - n * 1.5703125) - n * 4.83751296997e-4) - n * 7.54953362048e-8;
	precise float z = r * r;
	precise float y;
	int q = (int(n) + quadrant) & 3;
	if ((q & 1) == 0) {
		y = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
	} else {
		y = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
	}
	if (q > 1) y = -y;
	return ffinite(x) ? y : uintBitsToFloat(0x7FC00000u);
}
// Sine, for |x| up to a few thousand.
float fsin(float x) { return fsinq(x, 0); }
// Cosine, for |x| up to a few thousand.
float fcos(float x) { return fsinq(x, 1); }
