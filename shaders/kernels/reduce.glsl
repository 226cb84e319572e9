// Combines the elements value(r) of one place along the kept axes, every CHUNKS-th
// of them from chunk on: a partial result for each chunk, which a second run
// combines. A team of invocations shares a chunk. Four running results keep a
// sum's rounding errors apart; the order is fixed.
void main() {
	uint own = (gl_WorkGroupID.z * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	uint kept = min(own, KEPT - 1u);
	uint at = gl_GlobalInvocationID.y, chunk = at / TEAM, step = CHUNKS * TEAM;
	if (chunk >= CHUNKS) return;
	begin(kept);
	ACC a0 = NONE, a1 = NONE, a2 = NONE, a3 = NONE;
	uint r = at;
	for (; r + 3u * step < REDUCED; r += 4u * step) {
		a0 = combine(a0, value(r));
		a1 = combine(a1, value(r + step));
		a2 = combine(a2, value(r + 2u * step));
		a3 = combine(a3, value(r + 3u * step));
	}
	for (; r < REDUCED; r += step) a0 = combine(a0, value(r));
	a0 = combine(combine(a0, a1), combine(a2, a3));
#ifdef SHARES
	uint lane = gl_LocalInvocationID.y, row = gl_LocalInvocationID.x;
	shares[lane][row] = a0;
	for (uint half_team = TEAM / 2u; half_team > 0u; half_team /= 2u) {
		barrier();
		if (lane < half_team) shares[lane][row] = combine(shares[lane][row], shares[lane + half_team][row]);
	}
	a0 = shares[0][row]; // lane 0 wrote it itself
	if (lane != 0u) return;
#endif
	if (own < KEPT) store(kept, chunk, a0);
}
