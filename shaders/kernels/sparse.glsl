// WIDTH neighbouring elements of a row of C = A B: the sum of the rows of B that
// the row's entries name, those in this pass's window only.
void main() {
	uint m = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	uint n = gl_GlobalInvocationID.x * WIDTH;
	if (m >= M || n >= N) return;
	float c[WIDTH];
	for (uint j = 0u; j < WIDTH; j++) c[j] = 0.0;
	uvec2 range = row_entries(m);
	range.x = min(range.x + SKIP, range.y);
	range.y = min(range.x + MOST, range.y);
	for (uint at = range.x; at < range.y; at += 2u) {
		for (uint step = 0u; step < 2u; step++) {
			uint row = column(min(at + step, range.y - 1u)) - FIRST_COL;
			if (at + step >= range.y || row >= COL_COUNT) continue;
			float x = value(at + step);
			for (uint j = 0u; j < WIDTH; j++) c[j] += x * B(row, min(n + j, N - 1u));
		}
	}
	for (uint j = 0u; j < WIDTH; j++) if (n + j < N) finish(0u, m, n + j, c[j]);
}
