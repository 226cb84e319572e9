// Package mt19937 is the Mersenne Twister as NumPy's RandomState runs it, so
// that the seeded shuffles of Keras' data sets come out in Keras' order.
//
// Source: Matsumoto & Nishimura 1998; NumPy's legacy generator, whose streams
// are frozen by NumPy's compatibility policy (NEP 19).
package mt19937

const (
	n = 624 // words of state
	m = 397 // distance of the word that is mixed in
)

// Source is the state of one generator; make it with [New].
type Source struct {
	state [n]uint32
	next  int
}

// New seeds a generator as numpy.random.RandomState(seed) does.
func New(seed uint32) *Source {
	s := &Source{next: n}
	s.state[0] = seed
	for i := uint32(1); i < n; i++ {
		prev := s.state[i-1]
		s.state[i] = 1812433253*(prev^prev>>30) + i
	}
	return s
}

// Uint32 is the next 32 random bits.
func (s *Source) Uint32() uint32 {
	if s.next == n {
		s.twist()
	}
	y := s.state[s.next]
	s.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (s *Source) twist() {
	for i := range n {
		y := s.state[i]&0x80000000 | s.state[(i+1)%n]&0x7fffffff
		s.state[i] = s.state[(i+m)%n] ^ y>>1 ^ (y&1)*0x9908b0df
	}
	s.next = 0
}

// interval is a number in [0, limit]: masked draws until one fits, which is how
// NumPy's legacy random_interval keeps the draws unbiased.
func (s *Source) interval(limit uint32) uint32 {
	mask := limit
	for shift := 1; shift < 32; shift *= 2 {
		mask |= mask >> shift
	}
	for {
		if v := s.Uint32() & mask; v <= limit {
			return v
		}
	}
}

// Shuffled is 0..count-1 in the order that
//
//	indices = numpy.arange(count)
//	rng.shuffle(indices)
//
// leaves in indices. It goes on with the state that earlier calls left.
func (s *Source) Shuffled(count int) []int {
	order := make([]int, count)
	for i := range order {
		order[i] = i
	}
	for i := count - 1; i > 0; i-- {
		j := s.interval(uint32(i))
		order[i], order[j] = order[j], order[i]
	}
	return order
}
