// Sums are taken over runs of columns whose sums are then added: a term that is
// added to a long sum of others loses digits.
#define RUN (64u * TEAM)
// The sum, or the largest, of every invocation's x over the team of a row, the
// same for all of them and always combined in the same order.
float team_sum(float x) {
#ifdef SHARES
	uint lane = gl_LocalInvocationID.x, row = gl_LocalInvocationID.y;
	barrier();
	shares[row][lane] = x;
	for (uint half_team = TEAM / 2u; half_team > 0u; half_team /= 2u) {
		barrier();
		if (lane < half_team) shares[row][lane] += shares[row][lane + half_team];
	}
	barrier();
	x = shares[row][0];
#endif
	return x;
}
float team_max(float x) {
#ifdef SHARES
	uint lane = gl_LocalInvocationID.x, row = gl_LocalInvocationID.y;
	barrier();
	shares[row][lane] = x;
	for (uint half_team = TEAM / 2u; half_team > 0u; half_team /= 2u) {
		barrier();
		if (lane < half_team) shares[row][lane] = fmax2(shares[row][lane], shares[row][lane + half_team]);
	}
	barrier();
	x = shares[row][0];
#endif
	return x;
}
