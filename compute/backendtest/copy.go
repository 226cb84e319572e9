package backendtest

import (
	"github.com/glearn-go/glearn/compute"
)

func testCopy(d *device) {
	orders := [][4]int{natural, {3, 2, 1, 0}, {1, 0, 3, 2}, {0, 2, 1, 3}, {0, 1, 3, 2}, {2, 3, 0, 1}}
	for _, space := range []compute.Dims{
		compute.D(1), compute.D(65), compute.D(70_001), compute.D(17, 33), compute.D(64, 64), compute.D(129, 127), compute.D(5, 6, 7), compute.D(3, 4, 5, 6), compute.D(70_000, 2), compute.D(2, 70_000),
		compute.D(0), compute.D(3, 0, 2),
	} {
		d.run(label(space), func(d *device) {
			for i, order := range orders {
				for gap := range 2 {
					in := d.strided(space, order, gap, 1+gap, d.anyWord)
					out := d.strided(space, orders[(i+1)%len(orders)], gap*(i%3), 5, d.unread)
					d.check(&compute.Copy{Dims: space, In: in, Out: out}, exact)
				}
				if space.Size() > 50_000 && i == 1 {
					break
				}
			}
		})
	}
	d.run("bits", func(d *device) {
		// NaN payloads, signalling NaNs, denormals, -0 and integers pass unchanged.
		words := []uint32{0x7FC00001, 0x7F800001, 0xFFFFFFFF, 0x00000001, 0x807FFFFF, 0x80000000, 0x7F800000, 123456789, 0}
		in, n := d.guarded(1, words), compute.D(len(words))
		d.check(&compute.Copy{Dims: n, In: compute.Full(in, n), Out: compute.Full(d.floats(2, len(words), d.unread), n)}, exact)
	})
	d.run("repeat", func(d *device) {
		space := compute.D(4, 9, 5)
		for mask := range 16 {
			d.check(&compute.Copy{Dims: space, In: d.repeated(space, mask, 1), Out: d.strided(space, natural, 0, 1, d.unread)}, exact)
		}
	})
	d.run("slice and concatenate", func(d *device) {
		const rows, left, right = 33, 7, 10
		both := d.floats(3, rows*(left+right), d.unread)
		for _, part := range [][2]int{{0, left}, {left, right}} {
			from, cols := part[0], part[1]
			space := compute.D(rows, cols)
			slice := compute.Operand{View: both.Slice(from, (rows-1)*(left+right)+cols), Strides: compute.Strides{0, 0, left + right, 1}}
			d.check(&compute.Copy{Dims: space, In: compute.Full(d.floats(1, rows*cols, d.anyWord), space), Out: slice}, exact)
			d.check(&compute.Copy{Dims: space, In: slice, Out: compute.Full(d.floats(2, rows*cols, d.unread), space)}, exact)
		}
	})
	d.run("pad", func(d *device) {
		// An image [n, h, w, c] into the middle of a larger one.
		const n, h, w, c, border = 2, 5, 6, 3, 2
		wide := compute.D(n, h+2*border, w+2*border, c)
		s := wide.Contiguous()
		out := d.floats(1, wide.Size(), d.whole)
		start := border*s[1] + border*s[2]
		space := compute.D(n, h, w, c)
		d.check(&compute.Copy{Dims: space, In: compute.Full(d.floats(2, space.Size(), d.anyWord), space), Out: compute.Operand{View: out.Slice(start, out.Len-start), Strides: s}}, exact)
	})
	d.run("onto itself", func(d *device) {
		space := compute.D(9, 11)
		x := d.strided(space, natural, 1, 3, d.anyWord)
		d.check(&compute.Copy{Dims: space, In: x, Out: x}, exact)
	})
	d.run("within one buffer", func(d *device) {
		all := d.floats(0, 1000, d.anyWord)
		n := compute.D(300)
		d.check(&compute.Copy{Dims: n, In: compute.Full(all.Slice(100, 300), n), Out: compute.Full(all.Slice(401, 300), n)}, exact)
	})
}
