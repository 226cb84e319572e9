// Sets the bit of each row in each column where it has an entry. Setting bits
// needs no order; an entry that comes twice is noted.
void main() {
	uint row = gl_GlobalInvocationID.y;
	if (row >= ROWS) return;
	uvec2 range = row_entries(FROM + row);
	uint bit = 1u << (row & 31u);
	for (uint at = range.x + gl_LocalInvocationID.x; at < range.y; at += gl_WorkGroupSize.x) {
		uint col = column(at) - FIRST_COL;
		if (col >= COL_COUNT) continue;
		uint before = atomicOr(MARK(col, row >> 5), bit);
		if ((before & bit) != 0u) atomicOr(TWICE, 1u);
	}
}
