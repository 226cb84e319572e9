// loss = -sum t log softmax(x) of a row, grad = SCALE (softmax(x) sum(t) - t). A term
// whose target is 0 counts as 0; a label that is no class gives NaN.
void main() {
	uint group = gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y;
	uint own = group * TOGETHER + gl_LocalInvocationID.y;
	uint row = min(own, ROWS - 1u);
	int label = LABEL;
	bool wrong = LABELS && (label < 0 || label >= int(COLS));
	float largest = uintBitsToFloat(0xFF800000u);
	for (uint col = gl_LocalInvocationID.x; col < COLS; col += TEAM) largest = fmax2(largest, uintBitsToFloat(IN(col)));
	largest = team_max(largest);
	float sum = 0.0, targets = 0.0;
	for (uint from = gl_LocalInvocationID.x; from < COLS; from += RUN) {
		float run = 0.0, targets_run = 0.0;
		for (uint col = from; col < min(from + RUN, COLS); col += TEAM) {
			precise float x = uintBitsToFloat(IN(col)) - largest;
			run += fexp(x);
			targets_run += TARGET(col);
		}
		sum += run;
		targets += targets_run;
	}
	sum = team_sum(sum);
	targets = team_sum(targets);
	precise float logsum = flog(sum);
	float loss = 0.0;
	for (uint from = gl_LocalInvocationID.x; from < COLS; from += RUN) {
		float run = 0.0;
		for (uint col = from; col < min(from + RUN, COLS); col += TEAM) {
			precise float x = uintBitsToFloat(IN(col)) - largest;
			float t = TARGET(col);
			precise float term = t * (x - logsum);
			run -= t == 0.0 && !fnan(t) ? 0.0 : term;
			if (WANT_GRAD && own < ROWS) {
				precise float g = (fexp(x) / sum * targets - t) * SCALE;
				if (wrong) g = uintBitsToFloat(0x7FC00000u);
				GRAD(col) = floatBitsToUint(g);
			}
		}
		loss += run;
	}
	loss = team_sum(loss);
	// A NaN or an infinity among the logits shows even where every term is 0.
	if (own < ROWS && gl_LocalInvocationID.x == 0u) LOSS = wrong ? 0x7FC00000u : floatBitsToUint(loss);
}
