// Combines the elements value(r) of one place along the kept axes,
// r = chunk, chunk + CHUNKS, ... below REDUCED: a partial result for each
// chunk, which a second run combines. Four running results keep a sum's
// rounding errors apart; the order is fixed.
void main() {
	uint kept = (gl_WorkGroupID.z * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	uint chunk = gl_GlobalInvocationID.y;
	if (kept >= KEPT || chunk >= CHUNKS) return;
	begin(kept);
	ACC a0 = NONE, a1 = NONE, a2 = NONE, a3 = NONE;
	uint r = chunk;
	for (; r + 3u * CHUNKS < REDUCED; r += 4u * CHUNKS) {
		a0 = combine(a0, value(r));
		a1 = combine(a1, value(r + CHUNKS));
		a2 = combine(a2, value(r + 2u * CHUNKS));
		a3 = combine(a3, value(r + 3u * CHUNKS));
	}
	for (; r < REDUCED; r += CHUNKS) a0 = combine(a0, value(r));
	store(kept, chunk, combine(combine(a0, a1), combine(a2, a3)));
}
