// exp(x - max) / sum of a row, or its logarithm. Rows beyond the last are
// computed like the last, so that all of a team meet at its barriers.
void main() {
	uint group = gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y;
	uint own = group * TOGETHER + gl_LocalInvocationID.y;
	uint row = min(own, ROWS - 1u);
	float largest = uintBitsToFloat(0xFF800000u);
	for (uint col = gl_LocalInvocationID.x; col < COLS; col += TEAM) largest = fmax2(largest, uintBitsToFloat(IN(col)));
	largest = team_max(largest);
	float sum = 0.0;
	for (uint from = gl_LocalInvocationID.x; from < COLS; from += RUN) {
		float run = 0.0;
		for (uint col = from; col < min(from + RUN, COLS); col += TEAM) {
			precise float x = uintBitsToFloat(IN(col)) - largest;
			run += fexp(x);
		}
		sum += run;
	}
	sum = team_sum(sum);
	if (own >= ROWS) return;
	precise float logsum = flog(sum);
	for (uint col = gl_LocalInvocationID.x; col < COLS; col += TEAM) {
		precise float x = uintBitsToFloat(IN(col)) - largest;
		precise float y = LOG ? x - logsum : fexp(x) / sum;
		OUT(col) = floatBitsToUint(y);
	}
}
