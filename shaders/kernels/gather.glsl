// Copies the words of the picked rows that lie in this window of the table.
// The first run of several (FIRST_TABLE; FIRST_INDEX for numbers the index does
// not have) fills the rows of no table row with NaN bits.
void main() {
	uint row = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_WorkGroupSize.y + gl_LocalInvocationID.y;
	if (row >= ROWS) return;
	int picked = row_number(ROW0 + row);
	bool there = picked >= FROM && picked < FROM + COUNT;
	bool nowhere = FIRST_TABLE && (picked == -1 || picked >= TABLE_ROWS || picked == -3 && FIRST_INDEX);
	if (!there && !nowhere) return;
	uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
	for (uint col = gl_GlobalInvocationID.x; col < COLS; col += step) {
		WORD word = WORD(0x7FC00000u);
		if (there) word = TABLE(picked - FROM, col);
		OUT(row, col) = word;
	}
}
