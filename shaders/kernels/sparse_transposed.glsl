// Eight elements of a row of C = A^T B, in two runs of four: the sum of the rows
// of B whose bit is set in this column, in order. One loop walks the bits of all
// words, and the summary skips empty ones: a renderer on a CPU runs a loop's
// body at least once.
vec4 begin(uint col, uint n) {
	vec4 c = vec4(0.0);
#ifdef ACCUMULATE
#ifdef QUADS
	if (n < N) c = uintBitsToFloat(C(col, n / 4u));
#else
	for (uint j = 0u; j < 4u; j++) if (n + j < N) c[j] = uintBitsToFloat(C(col, n + j));
#endif
#endif
	return c;
}
void store(uint col, uint n, vec4 c) {
#ifdef QUADS
	if (n < N) C(col, n / 4u) = floatBitsToUint(c);
#else
	for (uint j = 0u; j < 4u; j++) if (n + j < N) C(col, n + j) = floatBitsToUint(c[j]);
#endif
}
// The sum of the values that row has in column col: found by halving where the
// row's entries stand in order.
float value_at(uint row, uint col) {
	uvec2 range = row_entries(row);
	bool ordered = UNORDERED == 0u;
	for (uint n = ordered ? range.y - range.x : 0u; n > 0u;) {
		uint step = n / 2u;
		bool before = column(range.x + step) < col;
		range.x += before ? step + 1u : 0u;
		n = before ? n - step - 1u : step;
	}
	float x = 0.0;
	for (uint at = range.x; at < range.y; at++) {
		bool here = column(at) == col;
		if (here) x += value(at);
		if (ordered && !here) break;
	}
	return x;
}
void main() {
	uint col = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	uint n0 = (gl_WorkGroupID.x * 2u * gl_WorkGroupSize.x + gl_LocalInvocationID.x) * 4u;
	uint n1 = n0 + 4u * gl_WorkGroupSize.x;
	if (col >= COL_COUNT || n0 >= N) return;
	vec4 c0 = begin(col, n0), c1 = begin(col, n1);
	uint last1 = min(n1, (N - 1u) & ~3u); // where B has columns
	uint words = SUMMARY(col), word = 0u, marks = 0u;
#ifdef ONES
	bool ones = TWICE == 0u;
	uint quick = ones ? words : 0u;
	while ((quick | marks) != 0u) {
		if (marks == 0u) {
			word = uint(findLSB(quick));
			quick &= quick - 1u;
			marks = MARK(col, word);
		}
		uint row = word * 32u + uint(findLSB(marks));
		marks &= marks - 1u;
		c0 += B4(row, n0);
		c1 += B4(row, last1);
	}
	if (ones) words = 0u;
#endif
	while ((words | marks) != 0u) {
		if (marks == 0u) {
			word = uint(findLSB(words));
			words &= words - 1u;
			marks = MARK(col, word);
		}
		uint row = word * 32u + uint(findLSB(marks));
		marks &= marks - 1u;
		float x = value_at(FROM + row, FIRST_COL + col);
		c0 += x * B4(row, n0);
		c1 += x * B4(row, last1);
	}
	store(col, n0, c0);
	store(col, n1, c1);
}
