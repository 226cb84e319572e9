package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// scaling is a product of a block and a single value that the sum which alone
// reads it computes by itself: moving averages and steps along a gradient are
// full of them, and each is one pass less.
type scaling struct {
	sum    int // the instruction
	block  int // the value that is scaled
	single value
}

// scales leaves instruction i, with operands args, to the sum that reads it,
// where that is how it can be computed.
func (c *compiler) scales(i int, args [3]value) bool {
	in := c.e.Code[i]
	if in.Op != compute.OpMul || in.Type != compute.Float || args[0].single == args[1].single || c.uses[i] != 1 || c.lastUse[i] == len(c.e.Code) {
		return false
	}
	sum := c.lastUse[i]
	user := c.e.Code[sum]
	fits := user.Op == compute.OpAdd || user.Op == compute.OpSub && user.Args[1] == i
	for _, other := range c.scaled {
		fits = fits && other.sum != sum
	}
	if !fits {
		return false
	}
	s := scaling{sum: sum, block: in.Args[0], single: args[1]}
	if args[0].single {
		s.block, s.single = in.Args[1], args[0]
	}
	c.scaled[i] = s
	c.lastUse[s.block] = max(c.lastUse[s.block], sum)
	c.values[i] = value{at: noSlot}
	return true
}

// noSlot is where a value lives that is never stored.
const noSlot = -1

// addScaled places instruction i, with operands args, if it is a sum that
// computes a product by itself.
func (c *compiler) addScaled(i int, args [3]value) bool {
	in, p := c.e.Code[i], c.p
	for k := range 2 {
		product, ok := c.scaled[in.Args[k]]
		if !ok || product.sum != i {
			continue
		}
		single := product.single
		if in.Op == compute.OpSub {
			single = c.newSingle(0)
			p.once = append(p.once, step{loop: loopFor(compute.OpNeg, compute.Float, blocks), dst: single.slot(), x: product.single.slot()})
		}
		other := args[1-k]
		if other.single {
			other = value{at: c.repeated(other.at)}
		}
		s := step{loop: active.addScaled, op: compute.OpAdd, of: compute.Float, scaled: true, x: other.slot(), y: c.values[product.block].slot(), z: single.slot()}
		p.cost += costOf(compute.OpMul) + costOf(in.Op)
		if o := c.outputOf(i); o < 0 {
			c.release(product.block, i)
		}
		s.dst = c.destination(i)
		c.values[i] = value{at: s.dst}
		p.steps = append(p.steps, s)
		return true
	}
	return false
}
