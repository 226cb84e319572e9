// Adds up, for every row, those of its SUM picked rows that lie in this window
// of the table, from number BEGIN of them up to END. The FIRST run starts the
// sums, others go on with them. A row that is nowhere makes its sum NaN, once
// (FIRST_TABLE; FIRST_INDEX for numbers the index does not have).
void main() {
	uint row = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	if (row >= ROWS) return;
	uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
	for (uint col = gl_GlobalInvocationID.x; col < COLS; col += step) {
		float sum = FIRST ? 0.0 : uintBitsToFloat(OUT(row, col));
		bool nowhere = false;
		for (uint i = BEGIN; i < END; i++) {
			int picked = row_number((ROW0 + row) * SUM + i);
			if (picked >= FROM && picked < FROM + COUNT) sum += uintBitsToFloat(TABLE(picked - FROM, col));
			else nowhere = nowhere || FIRST_TABLE && (picked == -1 || picked >= TABLE_ROWS || picked == -3 && FIRST_INDEX);
		}
		OUT(row, col) = nowhere ? 0x7FC00000u : floatBitsToUint(sum);
	}
}
