// uses: log
// log(1 + x), accurate near 0: the rounding error of 1 + x is put right by the
// factor x / ((1 + x) - 1) (Kahan).
float flog1p(float x) {
	precise float u = 1.0 + x;
	precise float d = u - 1.0;
	if (d == 0.0) return x;
	if (!ffinite(u)) return flog(u);
	precise float y = flog(u) * (x / d);
	return y;
}
