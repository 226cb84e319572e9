// NaN by its bits: compilers may take isnan(x) and x != x for false.
bool fnan(float x) { return (floatBitsToUint(x) & 0x7FFFFFFFu) > 0x7F800000u; }
// Neither NaN nor infinite.
bool ffinite(float x) { return (floatBitsToUint(x) & 0x7F800000u) != 0x7F800000u; }
// The smaller; NaN if either is. GLSL's min may drop a NaN.
float fmin2(float x, float y) { return fnan(x) ? x : (fnan(y) ? y : (x < y ? x : y)); }
// The larger; NaN if either is. GLSL's max may drop a NaN and so hide divergence.
float fmax2(float x, float y) { return fnan(x) ? x : (fnan(y) ? y : (x > y ? x : y)); }
// x where x > 0, else 0; NaN stays.
float frelu(float x) { return fnan(x) ? x : (x > 0.0 ? x : 0.0); }
// -1, 0 or 1; NaN stays.
float fsign(float x) { return fnan(x) ? x : (x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : x)); }
// x < y, false with NaN even where a compiler turns !(x < y) into x >= y.
bool fless(float x, float y) { return x < y && !fnan(x) && !fnan(y); }
// x <= y, false with NaN.
bool flesseq(float x, float y) { return x <= y && !fnan(x) && !fnan(y); }
// x == y, false with NaN.
bool fequal(float x, float y) { return x == y && !fnan(x) && !fnan(y); }
