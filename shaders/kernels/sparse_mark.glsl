// Sets the bit of each row in each column where it has an entry, and in the
// column's summary the bit of each word that has one. Setting bits needs no
// order. Whether an entry comes twice, or before one to its left, is noted.
void main() {
	uint row = gl_GlobalInvocationID.y;
	if (row >= ROWS) return;
	uvec2 range = row_entries(FROM + row);
	uint word = row >> 5, bit = 1u << (row & 31u);
	for (uint at = range.x + gl_LocalInvocationID.x; at < range.y; at += gl_WorkGroupSize.x) {
		uint all = column(at), col = all - FIRST_COL;
		if (at > range.x && column(at - 1u) > all) atomicOr(UNORDERED, 1u);
		if (col >= COL_COUNT) continue;
		uint before = atomicOr(MARK(col, word), bit);
		if (before == 0u) atomicOr(SUMMARY(col), 1u << word);
		if ((before & bit) != 0u) atomicOr(TWICE, 1u);
	}
}
