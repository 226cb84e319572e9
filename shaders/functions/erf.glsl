// uses: exp
// The error function within 1 unit in the last place of its table below 0.93
// and 1 - e^polynomial above (N. Juffa's minimax fits).
float ferf(float x) {
	float t = abs(x);
	precise float s = x * x;
	precise float r;
	if (t > 0.927734375) {
		precise float u = -3.88396438e-3 * t + 2.42546219e-2;
		r = -1.72853470e-5 * t + 3.83197126e-4;
		r = r * s + u;
		r = r * t - 1.06777877e-1;
		r = r * t - 6.34846687e-1;
		r = r * t - 1.28717512e-1;
		r = r * t - t;
		r = 1.0 - fexp(r);
		if (t > 4.0) r = 1.0;
		return x < 0.0 ? -r : r;
	}
	r = -5.96761703e-4;
	r = r * s + 4.99119423e-3;
	r = r * s - 2.67681349e-2;
	r = r * s + 1.12819925e-1;
	r = r * s - 3.76125336e-1;
	r = r * s + 1.28379166e-1;
	r = r * x + x;
	return fnan(x) ? x : r;
}
