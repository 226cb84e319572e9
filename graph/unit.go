package graph

import (
	"sort"

	"github.com/glearn-go/glearn/compute"
)

// unit is what will become one kernel (a few for concatenations and the like):
// elementwise nodes that run together, or another operation with the
// elementwise nodes fused onto it.
type unit struct {
	main  *Tensor   // the operation, nil for a unit of elementwise nodes alone
	also  []*Tensor // further reductions of the same kind and over the same axes
	then  []*Tensor // elementwise nodes over the reductions' results, which are single numbers
	elems []*Tensor // fused elementwise nodes, operands before users
	shape []int     // iteration space of elems
	// feeds is true when elems are computed before main (the operand of a
	// reduction), false when after it (the epilogue of a product).
	feeds bool
	after []*unit   // units whose work must come first though nothing is read from them
	order int       // place in the program
	index int       // in before
	bases []*Tensor // what operands lists, and u's own; nil until it is asked for
}

// compiler holds the state of one Compile.
type compiler struct {
	g      *Graph
	live   []*Tensor // nodes that the program needs, in the order of their making
	users  map[*Tensor][]*Tensor
	unitOf map[*Tensor]*unit
	units  []*unit
	before before
	copies map[*Tensor]*Tensor
	places map[*Tensor]compute.View // storage of materialised nodes
	placed map[*Tensor]bool         // assignments whose value is computed in place
	parts  map[*Tensor][]*Tensor    // of a pack: the copies of what could not be placed
}

// isView is true of nodes that only look at another's elements.
func (t *Tensor) isView() bool {
	switch t.kind {
	case kindReshape, kindPermute, kindSlice, kindBroadcast, kindStop:
		return true
	}
	return false
}

// strided is a tensor as a window on the storage of a base node.
type strided struct {
	base    *Tensor
	offset  int
	strides []int // words, one for each axis of the tensor
}

func contiguous(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = n
		n *= shape[i]
	}
	return s
}

// packed is true when strides run over shape without gaps; axes of length 1
// may have any stride.
func packed(shape, strides []int) bool {
	for i, s := range contiguous(shape) {
		if shape[i] != 1 && strides[i] != s && sizeOf(shape) > 0 {
			return false
		}
	}
	return true
}

// resolve follows views down to the node that has storage. A reshape of
// something that does not lie in a row needs a copy of it.
func (c *compiler) resolve(t *Tensor) strided {
	switch t.kind {
	case kindAssign:
		if c.placed[t] {
			return c.resolve(t.args[0])
		}
	case kindStop:
		return c.resolve(t.args[0])
	case kindReshape:
		x := t.args[0]
		r := c.resolve(x)
		if !packed(x.shape, r.strides) {
			r = strided{base: c.copyOf(x)}
		}
		return strided{base: r.base, offset: r.offset, strides: contiguous(t.shape)}
	case kindPermute:
		r := c.resolve(t.args[0])
		strides := make([]int, len(t.axes))
		for i, p := range t.axes {
			strides[i] = r.strides[p]
		}
		return strided{base: r.base, offset: r.offset, strides: strides}
	case kindSlice:
		r := c.resolve(t.args[0])
		for i, from := range t.axes {
			r.offset += from * r.strides[i]
		}
		return r
	case kindBroadcast:
		r := c.resolve(t.args[0])
		return strided{base: r.base, offset: r.offset, strides: stretch(t.args[0].shape, r.strides, t.shape)}
	}
	return strided{base: t, strides: contiguous(t.shape)}
}

// stretch is the strides of an operand laid over a larger shape, as numpy
// broadcasts: 0 along the axes where it repeats.
func stretch(shape, strides, over []int) []int {
	out := make([]int, len(over))
	shift := len(over) - len(shape)
	for i := range shape {
		if shape[i] != 1 || over[shift+i] == 1 {
			out[shift+i] = strides[i]
		}
	}
	return out
}

// copyOf is a node that holds x without gaps; the unit that fills it is made
// with it.
func (c *compiler) copyOf(x *Tensor) *Tensor {
	if n, ok := c.copies[x]; ok {
		return n
	}
	n := &Tensor{g: c.g, id: x.id, kind: kindCopy, typ: x.typ, shape: x.shape, args: []*Tensor{x}, scope: x.scope}
	c.copies[x] = n
	c.newUnit(n)
	return n
}

func (c *compiler) newUnit(main *Tensor) *unit {
	u := &unit{main: main}
	c.unitOf[main] = u
	c.units = append(c.units, u)
	c.before.add(u, c.deps(u))
	return u
}

// flat is x as a base node without gaps, copied if it is not one.
func (c *compiler) flat(x *Tensor) strided {
	r := c.resolve(x)
	if r.base.kind == kindConst || !packed(x.shape, r.strides) {
		return strided{base: c.copyOf(x), strides: contiguous(x.shape)}
	}
	return r
}

// output is where an output can be read after a run: not in a variable that the
// program itself changes.
func (c *compiler) output(x *Tensor) strided {
	r := c.flat(x)
	if r.base.kind != kindVar {
		return r
	}
	for _, a := range c.g.assigns {
		if a.variable.overlaps(r.base.variable) {
			return strided{base: c.copyOf(x), strides: contiguous(x.shape)}
		}
	}
	return r
}

// matrix is x as batches of a row-major matrix, transposed where that is how
// it lies; copied where it is neither.
func (c *compiler) matrix(x *Tensor) (m strided, rowStride, batchStride int, transposed bool) {
	n := len(x.shape)
	rows, cols := x.shape[n-2], x.shape[n-1]
	r := c.resolve(x)
	batch, ok := collapse(x.shape[:n-2], r.strides[:n-2])
	if r.base.kind != kindConst && ok {
		sr, sc := r.strides[n-2], r.strides[n-1]
		switch {
		case (sc == 1 || cols == 1) && (sr >= cols || rows == 1):
			return r, max(sr, cols), batch, false
		case (sr == 1 || rows == 1) && (sc >= rows || cols == 1):
			return r, max(sc, rows), batch, true
		}
	}
	r = strided{base: c.copyOf(x), strides: contiguous(x.shape)}
	return r, cols, rows * cols, false
}

// collapse is the one stride of several axes taken as one, if they have one.
func collapse(shape, strides []int) (int, bool) {
	stride, size := 0, 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] == 1 {
			continue
		}
		if size == 1 {
			stride = strides[i]
		} else if strides[i] != stride*size {
			return 0, false
		}
		size *= shape[i]
	}
	return stride, true
}

// operands lists the base nodes that u reads from other units or variables.
func (c *compiler) operands(u *unit) []*Tensor {
	if u.bases == nil {
		u.bases = c.basesOf(u)
	}
	out := make([]*Tensor, 0, len(u.bases))
	for _, b := range u.bases {
		if c.unitOf[b] != u {
			out = append(out, b)
		}
	}
	return out
}

// basesOf lists the base nodes that u's nodes read, each once.
func (c *compiler) basesOf(u *unit) []*Tensor {
	seen := map[*Tensor]bool{}
	out := []*Tensor{}
	note := func(b *Tensor) {
		if b.kind != kindConst && !seen[b] {
			seen[b] = true
			out = append(out, b)
		}
	}
	for _, e := range u.nodes() {
		for _, a := range e.args {
			note(c.resolve(a).base)
		}
	}
	for _, m := range u.mains() {
		for _, b := range c.mainOperands(m) {
			note(b)
		}
	}
	return out
}

// forget has every unit's operands found anew: what nodes resolve to changed.
func (c *compiler) forget() {
	for _, u := range c.units {
		u.bases = nil
	}
}

// mains lists u's operations that are not elementwise.
func (u *unit) mains() []*Tensor {
	if u.main == nil {
		return nil
	}
	return append([]*Tensor{u.main}, u.also...)
}

// nodes lists u's elementwise nodes.
func (u *unit) nodes() []*Tensor { return append(u.elems[:len(u.elems):len(u.elems)], u.then...) }

// mainOperands lists the bases that an operation reads in the layout it needs.
func (c *compiler) mainOperands(t *Tensor) []*Tensor {
	var out []*Tensor
	switch t.kind {
	case kindMatMul:
		for _, a := range t.args {
			m, _, _, _ := c.matrix(a)
			out = append(out, m.base)
		}
	case kindReduce, kindConcat, kindPad, kindCopy, kindAssign:
		for _, a := range t.args {
			out = append(out, c.resolve(a).base)
		}
	case kindScatter:
		in, _ := c.scattered(t)
		out = append(out, in.base, c.flat(t.args[1]).base)
	case kindPack:
		for i, a := range t.args {
			if p := c.parts[t][i]; p != nil {
				a = p
			}
			out = append(out, c.resolve(a).base)
		}
	default:
		for _, a := range t.args {
			out = append(out, c.flat(a).base)
		}
	}
	return out
}

// deps lists the units that must run before u.
func (c *compiler) deps(u *unit) []*unit {
	var out []*unit
	for _, b := range c.operands(u) {
		if d := c.unitOf[b]; d != nil && d != u {
			out = append(out, d)
		}
	}
	return append(out, u.after...)
}

// reaches is true when running from needs one of targets to have run, or is
// one.
func (c *compiler) reaches(from *unit, targets ...*unit) bool {
	for _, t := range targets {
		if from == t || c.before.has(from, t) {
			return true
		}
	}
	return false
}

// cyclic is true when a and b cannot be one kernel: something between them
// needs one and feeds the other.
func (c *compiler) cyclic(a, b *unit) bool {
	for _, u := range []*unit{a, b} {
		for _, d := range c.deps(u) {
			if d != a && d != b && c.reaches(d, a, b) {
				return true
			}
		}
	}
	return false
}

// findLive collects what the assignments and outputs need.
func (c *compiler) findLive() {
	seen := map[*Tensor]bool{}
	var walk func(t *Tensor)
	walk = func(t *Tensor) {
		if seen[t] {
			return
		}
		seen[t] = true
		c.live = append(c.live, t)
		for _, a := range t.args {
			walk(a)
		}
	}
	for _, t := range append(append([]*Tensor(nil), c.g.assigns...), c.g.outputs...) {
		walk(t)
	}
	sort.Slice(c.live, func(i, k int) bool { return c.live[i].id < c.live[k].id })
	for _, t := range c.live {
		for _, a := range t.args {
			c.users[a] = append(c.users[a], t)
		}
	}
}

// makeUnits gives every operation a unit; elementwise nodes join the unit of
// an operand where they can.
func (c *compiler) makeUnits() {
	slopes := map[[2]*Tensor]*unit{} // that still lack a loss or a slope
	for _, t := range c.live {
		switch {
		case t.isView(), t.kind == kindConst, t.kind == kindVar, t.kind == kindSparse:
		case t.kind == kindElem:
			c.joinElementwise(t)
		case t.kind == kindCrossEntropy, t.kind == kindCrossEntropyGrad:
			// The loss and its slope come from one kernel.
			key := [2]*Tensor{t.args[0], t.args[1]}
			if u, ok := slopes[key]; ok && u.main.kind != t.kind {
				c.unitOf[t] = u
				delete(slopes, key)
				continue
			}
			slopes[key] = c.newUnit(t)
		case t.kind == kindPack:
			c.parts[t] = make([]*Tensor, len(t.args))
			c.newUnit(t)
		default:
			c.newUnit(t)
		}
	}
}

func (c *compiler) joinElementwise(t *Tensor) {
	alone := &unit{elems: []*Tensor{t}, shape: t.shape}
	c.unitOf[t] = alone
	c.before.add(alone, c.deps(alone))
	// A truth value goes where it is used: recomputing a comparison beside its
	// user is cheaper than keeping it in memory until then.
	if t.typ != compute.Bool {
		c.joinOperands(t, alone, map[*Tensor]bool{})
	}
	if c.unitOf[t] == alone {
		c.units = append(c.units, alone)
	}
}

// joinOperands merges the unit of the new node t with those of x's operands,
// and of the operands of the truth values among them.
func (c *compiler) joinOperands(x *Tensor, alone *unit, seen map[*Tensor]bool) {
	for _, a := range x.args {
		a = peel(a)
		if a.kind != kindElem || seen[a] {
			continue
		}
		seen[a] = true
		if u := c.unitOf[a]; u != alone && equal(u.shape, alone.shape) {
			t := alone.elems[len(alone.elems)-1]
			if c.canMerge(u, c.unitOf[t]) {
				c.merge(u, c.unitOf[t])
			}
		}
		if a.typ == compute.Bool {
			c.joinOperands(a, alone, seen)
		}
	}
}

// maxOperands bounds the arrays that one fused kernel touches, for drivers
// that allow few.
const maxOperands = 14

// canMerge says whether two elementwise units of one shape can be one.
func (c *compiler) canMerge(a, b *unit) bool {
	if a == b || a.main != nil || b.main != nil || !equal(a.shape, b.shape) {
		return false
	}
	if c.throughView(a, b) || c.throughView(b, a) || c.cyclic(a, b) {
		return false
	}
	return len(c.operands(a))+len(c.operands(b)) <= maxOperands
}

// throughView is true when user reads a node of maker at other places than its
// own: through a view, or repeated.
func (c *compiler) throughView(maker, user *unit) bool {
	for _, e := range user.elems {
		for _, a := range e.args {
			for a.kind == kindStop {
				a = a.args[0]
			}
			if c.unitOf[a] == maker && equal(a.shape, user.shape) {
				continue
			}
			if a.kind != kindConst && c.unitOf[c.resolve(a).base] == maker {
				return true
			}
		}
	}
	return false
}

// merge moves b's elementwise nodes to a.
func (c *compiler) merge(a, b *unit) {
	a.elems = append(a.elems, b.elems...)
	sort.Slice(a.elems, func(i, k int) bool { return a.elems[i].id < a.elems[k].id })
	for _, e := range b.elems {
		c.unitOf[e] = a
	}
	a.after = append(a.after, b.after...)
	a.bases = nil
	c.before.merge(a, b)
	c.dropUnit(b)
}
