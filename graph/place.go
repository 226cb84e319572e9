package graph

import (
	"sort"

	"github.com/glearn-go/glearn/compute"
)

// arenaAlign is where tensors start in the arena: multiples of 256 bytes, the
// largest alignment that drivers ask of a bound range.
const arenaAlign = 64

// placeAssigns lets the kernel that computes a variable's new value write it
// straight into the variable, where every reader of the old value can run
// before; elsewhere the value is computed aside and copied.
func (c *compiler) placeAssigns() {
	for _, t := range c.g.assigns {
		if t.kind == kindAssign {
			c.placeAssign(t)
			continue
		}
		u := c.unitOf[t]
		for i, part := range t.args {
			target := t.variable.Part("", t.offsets[i], part.Size())
			if !c.placeIn(part, target) {
				c.parts[t][i] = part
			}
		}
		u.bases = nil
		c.orderAfterReaders(u, t.variable)
	}
}

func (c *compiler) placeAssign(t *Tensor) {
	if c.placeIn(t.args[0], t.variable) {
		c.placed[t] = true
		c.dropUnit(c.unitOf[t])
		delete(c.unitOf, t)
		c.forget()
		return
	}
	u := c.unitOf[t]
	if c.readsVariable(c.resolve(t.args[0]).base, t.variable) || c.wouldCycle(u, t.variable) {
		// The old value is an operand of the new one in a way that a copy would
		// tread on, or two variables are exchanged: keep the value aside first.
		aside := c.copyOf(t.args[0])
		t.args = []*Tensor{aside}
		u.bases = nil
		c.before.order(u, c.unitOf[aside])
		// What waited for u to read its operand waits for the copy instead.
		for _, x := range c.units {
			for i, a := range x.after {
				if a == u {
					x.after[i] = c.unitOf[aside]
					c.before.order(x, c.unitOf[aside])
				}
			}
		}
	}
	c.orderAfterReaders(u, t.variable)
}

func (c *compiler) dropUnit(u *unit) {
	for i, x := range c.units {
		if x == u {
			c.units = append(c.units[:i], c.units[i+1:]...)
			return
		}
	}
}

// readsVariable is true of a base that is (part of) v's own storage.
func (c *compiler) readsVariable(base *Tensor, v *Variable) bool {
	return base.kind == kindVar && base.variable.overlaps(v)
}

// readers lists the units that read the old value of v.
func (c *compiler) readers(v *Variable) []*unit {
	var out []*unit
	for _, u := range c.units {
		for _, b := range c.operands(u) {
			if c.readsVariable(b, v) {
				out = append(out, u)
				break
			}
		}
		if u.main != nil && u.main.sparse != nil {
			for _, s := range u.main.sparse.variables() {
				if s.overlaps(v) {
					out = append(out, u)
					break
				}
			}
		}
	}
	return out
}

// wouldCycle is true when some reader of v can only run after u.
func (c *compiler) wouldCycle(u *unit, v *Variable) bool {
	for _, r := range c.readers(v) {
		if r != u && c.reaches(r, u) {
			return true
		}
	}
	return false
}

func (c *compiler) orderAfterReaders(u *unit, v *Variable) {
	for _, r := range c.readers(v) {
		if r != u {
			u.after = append(u.after, r)
			c.before.order(u, r)
		}
	}
}

// placeIn makes v the storage of value, if the unit that computes it may write
// there directly.
func (c *compiler) placeIn(value *Tensor, v *Variable) bool {
	r := c.resolve(value)
	b := r.base
	u := c.unitOf[b]
	if u == nil || r.offset != 0 || !packed(value.shape, r.strides) || b.Size() != value.Size() || b.typ != v.typ {
		return false
	}
	if _, taken := c.places[b]; taken || b.kind == kindAssign || b.kind == kindPack {
		return false
	}
	for _, reader := range c.readers(v) {
		if reader == u {
			if !c.readsInPlace(u, v) {
				return false
			}
		} else if c.reaches(reader, u) {
			return false
		}
	}
	c.places[b] = v.view
	c.orderAfterReaders(u, v)
	return true
}

// readsInPlace is true when u reads v only element for element, at the place
// where it will write.
func (c *compiler) readsInPlace(u *unit, v *Variable) bool {
	if u.main != nil && u.main.sparse != nil {
		return false
	}
	for _, m := range u.mains() {
		for _, b := range c.mainOperands(m) {
			if c.readsVariable(b, v) {
				return false
			}
		}
	}
	inPlace := u.elems
	if u.feeds {
		inPlace = u.then
		for _, e := range u.elems {
			for _, a := range e.args {
				if c.readsVariable(c.resolve(a).base, v) {
					return false
				}
			}
		}
	}
	for _, e := range inPlace {
		for _, a := range e.args {
			r := c.resolve(a)
			if !c.readsVariable(r.base, v) {
				continue
			}
			same := r.base.variable.root == v.root && r.base.variable.at == v.at && r.offset == 0 && r.base.Size() == v.Size()
			if !same || !equal(a.shape, e.shape) || !packed(a.shape, r.strides) {
				return false
			}
		}
	}
	return true
}

// sortUnits orders the units: operands first, otherwise as they were written.
func (c *compiler) sortUnits() {
	last := func(u *unit) int {
		id := -1
		for _, t := range append(u.mains(), u.nodes()...) {
			id = max(id, t.id)
		}
		return id
	}
	sort.SliceStable(c.units, func(i, k int) bool { return last(c.units[i]) < last(c.units[k]) })
	var sorted []*unit
	seen := map[*unit]bool{}
	var visit func(u *unit)
	visit = func(u *unit) {
		if seen[u] {
			return
		}
		seen[u] = true
		deps := c.deps(u)
		sort.SliceStable(deps, func(i, k int) bool { return last(deps[i]) < last(deps[k]) })
		for _, d := range deps {
			visit(d)
		}
		u.order = len(sorted)
		sorted = append(sorted, u)
	}
	for _, u := range c.units {
		visit(u)
	}
	c.units = sorted
}

// slot is a stretch of the arena and the steps during which it is taken.
type slot struct {
	node        *Tensor
	from, to    int // steps, both included
	offset, len int // words
}

// planMemory finds a place in the arena for everything that one unit hands to
// another: tensors whose lifetimes do not meet share words. It returns the
// arena's length in words.
func (c *compiler) planMemory() ([]slot, int) {
	lifetimes := map[*Tensor]*slot{}
	var order []*slot
	touch := func(b *Tensor, step int) {
		if s := lifetimes[b]; s != nil {
			s.to = max(s.to, step)
		}
	}
	for _, u := range c.units {
		for _, n := range c.results(u) {
			if _, fixed := c.places[n]; fixed {
				continue
			}
			s := &slot{node: n, from: u.order, to: u.order, len: (n.Size() + arenaAlign - 1) / arenaAlign * arenaAlign}
			lifetimes[n] = s
			order = append(order, s)
		}
	}
	for _, u := range c.units {
		for _, b := range c.operands(u) {
			touch(b, u.order)
		}
	}
	for _, o := range c.g.outputs {
		touch(c.output(o).base, len(c.units))
	}
	// Large ones first: small ones then fill the gaps between them.
	sort.SliceStable(order, func(i, k int) bool { return order[i].len > order[k].len })
	var done []slot
	total := 0
	for _, s := range order {
		var busy []slot
		for _, d := range done {
			if d.from <= s.to && s.from <= d.to {
				busy = append(busy, d)
			}
		}
		sort.Slice(busy, func(i, k int) bool { return busy[i].offset < busy[k].offset })
		at := 0
		for _, d := range busy {
			if at+s.len <= d.offset {
				break
			}
			at = max(at, d.offset+d.len)
		}
		s.offset = at
		total = max(total, at+s.len)
		done = append(done, *s)
	}
	return done, total
}

// results lists the nodes that u stores: what other units or the caller need.
func (c *compiler) results(u *unit) []*Tensor {
	var out []*Tensor
	for _, e := range u.nodes() {
		_, fixed := c.places[e]
		if fixed || c.leaves(e, u) {
			out = append(out, e)
		}
	}
	if u.main == nil {
		return out
	}
	switch u.main.kind {
	case kindAssign, kindPack:
		return nil // written to their variable
	case kindMatMul, kindSparseMatMul:
		_, fixed := c.places[u.main]
		if len(u.elems) > 0 && !fixed && !c.leaves(u.main, u) {
			return out
		}
	case kindCrossEntropy, kindCrossEntropyGrad:
		for _, t := range c.live {
			if c.unitOf[t] == u {
				out = append(out, t)
			}
		}
		if !contains(out, kindCrossEntropy) {
			// The kernel always stores its losses; only the slope is wanted here.
			loss := &Tensor{g: c.g, id: u.main.id, kind: kindCrossEntropy, typ: compute.Float, shape: u.main.shape[:len(u.main.shape)-1], args: u.main.args, scope: u.main.scope}
			c.unitOf[loss] = u
			c.live = append(c.live, loss)
			out = append(out, loss)
		}
		return out
	}
	return append(out, u.mains()...)
}

func contains(ts []*Tensor, k kind) bool {
	for _, t := range ts {
		if t.kind == k {
			return true
		}
	}
	return false
}
