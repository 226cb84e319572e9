package graph

import (
	"slices"

	"github.com/glearn-go/glearn/compute"
)

// fuse merges units where one pass over memory does the work of several.
func (c *compiler) fuse() {
	c.fuseReductions()
	c.joinReductions()
	c.fuseSiblings()
	c.fuseEpilogues()
	c.followReductions()
}

// fuseSiblings merges elementwise units that do not feed each other but are
// cheaper together: scalars, where a kernel costs more than its arithmetic, and
// units that read the same arrays.
func (c *compiler) fuseSiblings() {
	for i := 0; i < len(c.units); i++ {
		a := c.units[i]
		for k := i + 1; k < len(c.units); k++ {
			b := c.units[k]
			if a.main != nil || b.main != nil || !equal(a.shape, b.shape) {
				continue
			}
			if (sizeOf(a.shape) == 1 || c.shareOperand(a, b)) && c.canMerge(a, b) {
				c.merge(a, b)
				k--
			}
		}
	}
}

func (c *compiler) shareOperand(a, b *unit) bool {
	others := c.operands(b)
	for _, x := range c.operands(a) {
		if x.Size() > 1 && slices.Contains(others, x) {
			return true
		}
	}
	return false
}

// fuseEpilogues hangs elementwise units onto the product that feeds them.
func (c *compiler) fuseEpilogues() {
	for _, u := range append([]*unit(nil), c.units...) {
		if u.main == nil || u.main.kind != kindMatMul && u.main.kind != kindSparseMatMul {
			continue
		}
		for _, user := range c.users[u.main] {
			e := c.unitOf[user]
			if user.kind != kindElem || e.main != nil || !equal(e.shape, u.main.shape) {
				continue
			}
			if c.epilogueFits(u, e) && !c.cyclic(u, e) {
				u.shape = e.shape
				c.merge(u, e)
				break
			}
		}
	}
}

// epilogueFits says whether e can run on the elements of u's product as they
// appear: it reads the product only there, at least one of its results is a
// float that is kept, and its other operands have one stride for all the
// product's batches.
func (c *compiler) epilogueFits(u, e *unit) bool {
	if c.throughViewOf(u.main, e) || len(c.operands(e)) > maxOperands-3 {
		return false
	}
	for _, x := range e.elems {
		for _, a := range x.args {
			if a == u.main {
				continue
			}
			r := c.resolve(a)
			strides := stretch(a.shape, r.strides, e.shape)
			if n := len(e.shape); n > 2 {
				if _, ok := collapse(e.shape[:n-2], strides[:n-2]); !ok {
					return false
				}
			}
		}
	}
	for _, x := range e.elems {
		if x.typ == compute.Float && c.leaves(x, e) {
			return true
		}
	}
	return false
}

// throughViewOf is true when e reads main at other places than its own.
func (c *compiler) throughViewOf(main *Tensor, e *unit) bool {
	for _, x := range e.elems {
		for _, a := range x.args {
			if a != main && a.kind != kindConst && c.resolve(a).base == main {
				return true
			}
		}
	}
	return false
}

// leaves is true when a node of u is needed outside u.
func (c *compiler) leaves(t *Tensor, u *unit) bool {
	for _, o := range c.g.outputs {
		if c.resolve(o).base == t {
			return true
		}
	}
	// Users may see t through views, which have no unit.
	var walk func(x *Tensor) bool
	walk = func(x *Tensor) bool {
		for _, user := range c.users[x] {
			if user.isView() || user.kind == kindAssign && c.placed[user] {
				if walk(user) {
					return true
				}
				if user.kind == kindAssign {
					return true
				}
				continue
			}
			if c.unitOf[user] != u {
				return true
			}
			// Inside u, but not at its own place: a copy or a repeat.
			if user.kind == kindElem && !equal(x.shape, user.shape) && sizeOf(x.shape) != 1 {
				return true
			}
		}
		if cp := c.copies[x]; cp != nil && c.unitOf[cp] != u {
			return true
		}
		return false
	}
	return walk(t)
}

// fuseReductions computes a reduction's operand as it is read, where nothing
// else needs it.
func (c *compiler) fuseReductions() {
	for _, u := range append([]*unit(nil), c.units...) {
		if u.main == nil || u.main.kind != kindReduce {
			continue
		}
		x := u.main.args[0]
		e := c.unitOf[x]
		if x.kind != kindElem || e.main != nil || len(c.users[x]) != 1 || c.onlyFeeds(e, x) != nil || c.copies[x] != nil || c.isOutput(x) {
			continue
		}
		u.shape, u.feeds = e.shape, true
		c.merge(u, e)
	}
}

// joinReductions makes one kernel of reductions of the same kind over the same
// axes, such as the sums of a loss and of its metrics.
func (c *compiler) joinReductions() {
	for i := 0; i < len(c.units); i++ {
		a := c.units[i]
		for k := i + 1; k < len(c.units); k++ {
			b := c.units[k]
			if c.canJoin(a, b) {
				a.also = append(a.also, b.mains()...)
				c.unitOf[b.main] = a
				for _, t := range b.also {
					c.unitOf[t] = a
				}
				a.shape, a.feeds = a.main.args[0].shape, true
				c.merge(a, b)
				k--
			}
		}
	}
}

func (c *compiler) canJoin(a, b *unit) bool {
	if a.main == nil || b.main == nil || a.main.kind != kindReduce || b.main.kind != kindReduce {
		return false
	}
	t, s := a.main, b.main
	return t.red == s.red && equal(t.args[0].shape, s.args[0].shape) && equal(t.axes, s.axes) &&
		!c.reaches(a, b) && !c.reaches(b, a) &&
		len(c.operands(a))+len(c.operands(b))+len(a.also)+len(b.also) <= maxOperands
}

// followReductions hangs what is made of single numbers onto the reduction that
// they come from.
func (c *compiler) followReductions() {
	for _, u := range append([]*unit(nil), c.units...) {
		if u.main == nil || u.main.kind != kindReduce || u.main.Size() != 1 {
			continue
		}
		for _, e := range c.units {
			if c.canFollow(u, e) {
				u.then = e.elems
				for _, t := range e.elems {
					c.unitOf[t] = u
				}
				u.after = append(u.after, e.after...)
				u.bases = nil
				c.before.merge(u, e)
				c.dropUnit(e)
				break
			}
		}
	}
}

// canFollow says whether e, elementwise nodes over single numbers, reads u's
// results, nothing else that u computes, and nothing that waits for u.
func (c *compiler) canFollow(u, e *unit) bool {
	if e.main != nil || sizeOf(e.shape) != 1 || len(c.operands(u))+len(c.operands(e)) > maxOperands {
		return false
	}
	reads := false
	for _, b := range c.operands(e) {
		switch {
		case c.unitOf[b] != u:
		case b.kind != kindReduce:
			return false
		default:
			reads = true
		}
	}
	return reads && !c.cyclic(u, e)
}

// onlyFeeds is a node of e other than x that is needed outside e, or nil.
func (c *compiler) onlyFeeds(e *unit, x *Tensor) *Tensor {
	for _, other := range e.elems {
		if other != x && c.leaves(other, e) {
			return other
		}
	}
	return nil
}

func (c *compiler) isOutput(t *Tensor) bool {
	for _, o := range c.g.outputs {
		if c.resolve(o).base == t {
			return true
		}
	}
	return false
}
