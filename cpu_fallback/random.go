package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// uniform fills a slot with OpRandom's numbers for the elements from position
// on.
func (p *program) uniform(slots [][]float32, s *step, position int) {
	dst, seeds, steps := slots[s.dst], ints(slots[s.x]), ints(slots[s.y])
	if s.seedSteps {
		for i := range dst {
			dst[i] = compute.UniformAt(uint32(seeds[i]), s.stream, uint32(steps[i]), position+i)
		}
		return
	}
	fillUniform(active.uniform, dst, uint32(seeds[0]), s.stream, uint32(steps[0]), position)
}

// fillUniform is compute.UniformAt for consecutive elements: one call of
// Philox gives four of them, and one turn of the loop, if there is one, a group.
func fillUniform(loop uniformLoop, dst []float32, seed, stream, step uint32, position int) {
	if loop.group > 0 {
		head := min(-position&3, len(dst))
		fillFours(dst[:head], seed, stream, step, position)
		dst, position = dst[head:], position+head
		n := len(dst) / loop.group * loop.group
		loop.fill(dst[:n], uint32(position>>2), step, seed, stream)
		dst, position = dst[n:], position+n
	}
	fillFours(dst, seed, stream, step, position)
}

// fillFours is fillUniform by Philox alone.
func fillFours(dst []float32, seed, stream, step uint32, position int) {
	for len(dst) > 0 {
		words := compute.Philox([4]uint32{uint32(position >> 2), step, 0, 0}, [2]uint32{seed, stream})
		four := philoxFloats(words)
		n := copy(dst, four[position&3:])
		dst = dst[n:]
		position += n
	}
}

func philoxFloats(words [4]uint32) (out [4]float32) {
	for i, x := range words {
		out[i] = float32(x>>8) * (1.0 / (1 << 24))
	}
	return out
}
