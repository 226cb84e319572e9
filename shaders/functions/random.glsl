// Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011): 4 random words for a counter under a key.
uvec4 fphilox(uvec4 c, uvec2 k) {
	for (int i = 0; i < 10; i++) {
		uint h0, l0, h1, l1;
		umulExtended(0xD2511F53u, c.x, h0, l0);
		umulExtended(0xCD9E8D57u, c.z, h1, l1);
		c = uvec4(h1 ^ c.y ^ k.x, l1, h0 ^ c.w ^ k.y, l0);
		k += uvec2(0x9E3779B9u, 0xBB67AE85u);
	}
	return c;
}
// A uniform number in [0, 1), a multiple of 2^-24, for one element.
float frandom(int seed, uint stream, int counter, uint element) {
	uvec4 w = fphilox(uvec4(element >> 2, uint(counter), 0u, 0u), uvec2(uint(seed), stream));
	uint lane = element & 3u;
	uint word = lane == 0u ? w.x : (lane == 1u ? w.y : (lane == 2u ? w.z : w.w));
	return float(word >> 8) * (1.0 / 16777216.0);
}
