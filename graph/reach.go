package graph

// before knows which units must run before which: for each unit a set of bits,
// one for each unit that it needs, directly or not. Asking is a look at a bit;
// the sets are kept true when units are made, merged or ordered.
type before struct {
	sets [][]uint64 // by unit.index
}

// add numbers a new unit that needs the given ones.
func (b *before) add(u *unit, needs []*unit) {
	u.index = len(b.sets)
	var s []uint64
	for _, n := range needs {
		s = union(s, b.sets[n.index])
		s = with(s, n.index)
	}
	b.sets = append(b.sets, s)
}

// has says whether from needs u.
func (b *before) has(from, u *unit) bool { return contained(b.sets[from.index], u.index) }

// order makes u, and all that need u, need first as well.
func (b *before) order(u, first *unit) {
	if u == first {
		return
	}
	needs := with(union(nil, b.sets[first.index]), first.index)
	for i, s := range b.sets {
		if i == u.index || contained(s, u.index) {
			b.sets[i] = union(s, needs)
		}
	}
}

// merge makes one unit, a, of a and c.
func (b *before) merge(a, c *unit) {
	needs := union(union(nil, b.sets[a.index]), b.sets[c.index])
	for _, u := range []*unit{a, c} {
		if contained(needs, u.index) {
			needs[u.index/64] &^= 1 << (u.index % 64)
		}
	}
	b.sets[a.index] = needs
	for i, s := range b.sets {
		if i != a.index && (contained(s, a.index) || contained(s, c.index)) {
			b.sets[i] = with(union(s, needs), a.index)
		}
	}
}

func contained(s []uint64, i int) bool { return i/64 < len(s) && s[i/64]>>(i%64)&1 != 0 }

// with is s with bit i, in place where there is room.
func with(s []uint64, i int) []uint64 {
	for len(s) <= i/64 {
		s = append(s, 0)
	}
	s[i/64] |= 1 << (i % 64)
	return s
}

// union adds the bits of t to s, in place where there is room.
func union(s, t []uint64) []uint64 {
	for len(s) < len(t) {
		s = append(s, 0)
	}
	for i, w := range t {
		s[i] |= w
	}
	return s
}
