// WIDTH neighbouring elements of a row of C = A^T B: the sum of the rows of B
// whose bit is set in this column, in order. Values, and entries that come
// twice, are looked up in the row of A.
void main() {
	uint col = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	uint n = gl_GlobalInvocationID.x * WIDTH;
	if (col >= COL_COUNT || n >= N) return;
	float c[WIDTH];
	for (uint j = 0u; j < WIDTH; j++) c[j] = ACCUMULATE && n + j < N ? uintBitsToFloat(C(col, n + j)) : 0.0;
#ifdef ONES
	bool look = TWICE != 0u;
#else
	bool look = true;
#endif
	for (uint word = 0u; word * 32u < ROWS; word++) {
		uint marks = MARK(col, word);
		while (marks != 0u) {
			uint row = word * 32u + uint(findLSB(marks));
			marks &= marks - 1u;
			if (!look) {
				for (uint j = 0u; j < WIDTH; j++) c[j] += B(row, min(n + j, N - 1u));
				continue;
			}
			uvec2 range = row_entries(FROM + row);
			for (uint at = range.x; at < range.y; at++) {
				if (column(at) - FIRST_COL != col) continue;
				float x = value(at);
				for (uint j = 0u; j < WIDTH; j++) c[j] += x * B(row, min(n + j, N - 1u));
			}
		}
	}
	for (uint j = 0u; j < WIDTH; j++) if (n + j < N) C(col, n + j) = floatBitsToUint(c[j]);
}
