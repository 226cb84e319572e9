// Eight elements of a row of C = A B, in two runs of four: the sum of the rows of
// B that the row's entries name, those in this pass's window only.
void main() {
	uint m = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	uint n0 = (gl_WorkGroupID.x * 2u * gl_WorkGroupSize.x + gl_LocalInvocationID.x) * 4u;
	uint n1 = n0 + 4u * gl_WorkGroupSize.x;
	if (m >= M || n0 >= N) return;
	uint last1 = min(n1, (N - 1u) & ~3u); // where B has columns
	vec4 c0 = vec4(0.0), c1 = vec4(0.0);
	uvec2 range = row_entries(m);
	range.x = min(range.x + SKIP, range.y);
	range.y = min(range.x + MOST, range.y);
	for (uint at = range.x; at < range.y; at++) {
		uint row = column(at) - FIRST_COL;
		if (row >= COL_COUNT) continue;
		float x = value(at);
		c0 += x * B4(row, n0);
		c1 += x * B4(row, last1);
	}
	for (uint j = 0u; j < 8u; j++) {
		uint n = (j < 4u ? n0 : n1) + (j & 3u);
		if (n < N) finish(0u, m, n, j < 4u ? c0[j] : c1[j - 4u]);
	}
}
