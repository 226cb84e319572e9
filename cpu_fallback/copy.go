package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// strided is Copy: words from one layout to another.
type strided struct {
	layout
	in, out operand
	from    compute.Strides
	to      compute.Strides
	rows    int // runs along the last axis in a part
	job     *job
}

func (d *device) copyOp(k *compute.Copy) (op, error) {
	b := binder{d: d}
	ops := b.operands([]compute.Operand{k.In, k.Out})
	if b.err != nil {
		return nil, b.err
	}
	c := &strided{in: ops[0], out: ops[1]}
	var s []compute.Strides
	c.layout, s = merge(k.Dims, []compute.Strides{k.In.Strides, k.Out.Strides}, nil)
	c.from, c.to = s[0], s[1]
	parts := 0
	if c.size > 0 {
		c.rows, parts = cut(c.size/c.inner(), 4*c.inner(), 1)
		if c.size == c.inner() { // one run, which can be cut anywhere
			c.rows, parts = cut(c.size, 4, blockWords)
		}
	}
	c.job = newJob(c, parts)
	return c, nil
}

func (c *strided) run(p *pool) { p.run(c.job) }

func (c *strided) part(_ *worker, i int) {
	n := c.inner()
	if c.size == n {
		lo, hi := i*c.rows, min((i+1)*c.rows, n)
		c.runOf(c.out.data, lo*c.to[3], c.in.data, lo*c.from[3], hi-lo)
		return
	}
	lo := i * c.rows
	at := c.place(lo * n)
	for range min(c.rows, c.size/n-lo) {
		c.runOf(c.out.data, c.to.Index(at), c.in.data, c.from.Index(at), n)
		c.next(&at)
	}
}

func (c *strided) runOf(dst []float32, to int, src []float32, from, n int) {
	s, t := c.from[3], c.to[3]
	if t == 1 {
		switch s {
		case 1:
			copy(dst[to:to+n], src[from:])
			return
		case 0:
			fillWord(dst[to:to+n], src[from:from+1])
			return
		}
	}
	d, x := masks(dst), masks(src)
	for range n {
		d[to] = x[from]
		to += t
		from += s
	}
}

func fillWord(dst, src []float32) {
	x := masks(src)[0]
	d := masks(dst)
	for i := range d {
		d[i] = x
	}
}
