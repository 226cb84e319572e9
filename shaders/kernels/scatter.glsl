// Adds the rows that lie in this window of the table, one column an invocation.
void main() {
	uint col = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
	if (col >= COLS) return;
	for (uint row = 0u; row < ROWS; row++) {
		int picked = row_number(ROW0 + row) - FROM;
		if (picked < 0 || picked >= COUNT) continue;
		TABLE(picked, col) = floatBitsToUint(uintBitsToFloat(TABLE(picked, col)) + uintBitsToFloat(IN(row, col)));
	}
}
