package compute

// Philox is the counter-based generator Philox4x32-10 (Salmon, Moraes, Dror &
// Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): 4 random words
// for every counter, under a key, with no state to carry.
func Philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	const (
		m0, m1 = 0xD2511F53, 0xCD9E8D57 // multipliers
		w0, w1 = 0x9E3779B9, 0xBB67AE85 // Weyl sequence of the key
	)
	c, k := counter, key
	for range 10 {
		p0, p1 := uint64(m0)*uint64(c[0]), uint64(m1)*uint64(c[2])
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ k[0], uint32(p1), uint32(p0>>32) ^ c[3] ^ k[1], uint32(p0)}
		k[0], k[1] = k[0]+w0, k[1]+w1
	}
	return c
}

// UniformAt is the number that OpRandom gives element i of a kernel.
func UniformAt(seed, stream, step uint32, i int) float32 {
	words := Philox([4]uint32{uint32(i >> 2), step, 0, 0}, [2]uint32{seed, stream})
	return float32(words[i&3]>>8) * (1.0 / (1 << 24))
}
