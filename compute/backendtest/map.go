package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// affine is out0 = 2 in0 + in1.
func affine() *compute.Expr {
	b := compute.NewBuilder(compute.Float, compute.Float)
	return b.MustBuild(b.Apply(compute.OpAdd, b.Apply(compute.OpMul, b.Float(2), b.Input(0)), b.Input(1)))
}

// strided puts an array over space on the device in which neighbours along each
// axis are further apart than they need be, and whose axes lie in the given
// order, the innermost last.
func (d *device) strided(space compute.Dims, order [4]int, gap, offset int, value func() float32) compute.Operand {
	d.Helper()
	var s compute.Strides
	step := 1 + gap
	for i := 3; i >= 0; i-- {
		s[order[i]] = step
		step = step*max(space[order[i]], 1) + gap
	}
	words, isElement := 1, map[int]bool{}
	each(space, func(at compute.Dims, _ int) {
		isElement[s.Index(at)] = true
		words = max(words, s.Index(at)+1)
	})
	n := -1
	return compute.Operand{Strides: s, View: d.floats(offset, words, func() float32 {
		if n++; isElement[n] {
			return value()
		}
		return d.unread()
	})}
}

var natural = [4]int{0, 1, 2, 3}

func testMap(d *device) {
	spaces := []compute.Dims{
		compute.D(1), compute.D(2), compute.D(63), compute.D(64), compute.D(65), compute.D(1025), compute.D(70_001),
		compute.D(3, 5), compute.D(17, 1), compute.D(1, 129), compute.D(70_000, 1), compute.D(2, 3, 4), compute.D(3, 1, 5, 7), compute.D(2, 3, 4, 5), compute.D(17, 3, 1, 33),
		compute.D(0), compute.D(3, 0), compute.D(0, 4, 2),
	}
	d.run("broadcast", func(d *device) {
		// Every axis of every input is either there or repeated.
		for _, space := range spaces {
			for mask := range 16 {
				one := d.repeated(space, mask, 1)
				other := d.repeated(space, 15-mask, 2)
				d.check(&compute.Map{
					Expr: affine(), Dims: space, In: []compute.Operand{one, other},
					Out: []compute.Operand{d.strided(space, natural, 0, mask, d.unread)},
				}, exact)
				if space.Size() > 10_000 && mask == 3 {
					break
				}
			}
		}
	})
	d.run("strides", func(d *device) {
		for i, space := range []compute.Dims{compute.D(65), compute.D(33, 17), compute.D(5, 6, 7), compute.D(3, 4, 5, 6)} {
			for _, order := range [][4]int{natural, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}} {
				for gap := range 2 {
					d.check(&compute.Map{
						Expr: affine(), Dims: space,
						In:  []compute.Operand{d.strided(space, order, gap, 1+i, d.whole), d.strided(space, natural, 1-gap, 5, d.whole)},
						Out: []compute.Operand{d.strided(space, [4]int{order[3], order[0], order[1], order[2]}, gap, 7, d.unread)},
					}, exact)
				}
			}
		}
	})
	d.run("in place", func(d *device) {
		for _, n := range []int{1, 65, 3000} {
			space := compute.D(n)
			x, y := compute.Full(d.floats(3, n, d.whole), space), compute.Full(d.floats(2, n, d.whole), space)
			// Momentum: velocity and weight change together, each an input and an output.
			b := compute.NewBuilder(compute.Float, compute.Float, compute.Float)
			v := b.Apply(compute.OpSub, b.Apply(compute.OpMul, b.Float(0.5), b.Input(0)), b.Input(2))
			e := b.MustBuild(v, b.Apply(compute.OpAdd, b.Input(1), v))
			g := compute.Full(d.floats(1, n, d.whole), space)
			d.check(&compute.Map{Expr: e, Dims: space, In: []compute.Operand{x, y, g}, Out: []compute.Operand{x, y}}, exact)
			// The outputs change places: every element is loaded before it is stored.
			swap := compute.NewBuilder(compute.Float, compute.Float)
			d.check(&compute.Map{Expr: swap.MustBuild(swap.Input(1), swap.Input(0)), Dims: space, In: []compute.Operand{x, y}, Out: []compute.Operand{x, y}}, exact)
			d.check(&compute.Map{Expr: affine(), Dims: space, In: []compute.Operand{x, x}, Out: []compute.Operand{x}}, exact)
		}
		space := compute.D(5, 9)
		x := d.strided(space, [4]int{0, 1, 3, 2}, 1, 3, d.whole)
		d.check(&compute.Map{Expr: affine(), Dims: space, In: []compute.Operand{x, d.repeated(space, 4, 0)}, Out: []compute.Operand{x}}, exact)
	})
	d.run("outputs", func(d *device) {
		for _, space := range []compute.Dims{compute.D(1), compute.D(129), compute.D(31, 7)} {
			b := compute.NewBuilder(compute.Float, compute.Int)
			x, n := b.Input(0), b.Input(1)
			e := b.MustBuild(b.Apply(compute.OpNeg, x), b.Apply(compute.OpAdd, n, b.Int(1)), b.Apply(compute.OpToFloat, n), x, b.Float(3))
			var out []compute.Operand
			for i := range e.Outputs {
				out = append(out, compute.Full(d.floats(i, space.Size(), d.unread), space))
			}
			in := []compute.Operand{compute.Full(d.floats(2, space.Size(), d.whole), space), compute.Full(d.integers(1, d.below(1000, space.Size())...), space)}
			d.check(&compute.Map{Expr: e, Dims: space, In: in, Out: out}, exact)
		}
	})
	d.run("columns of one matrix", func(d *device) {
		// Two outputs side by side in one view, as a concatenation writes them.
		const rows, a, b = 9, 5, 5
		both := d.floats(3, rows*(a+b), d.unread)
		s := compute.Strides{0, 0, a + b, 1}
		left := compute.Operand{View: both.Slice(0, rows*(a+b)-b), Strides: s}
		right := compute.Operand{View: both.Slice(a, rows*(a+b)-a), Strides: s}
		e := compute.NewBuilder(compute.Float)
		d.check(&compute.Map{
			Expr: e.MustBuild(e.Input(0), e.Apply(compute.OpNeg, e.Input(0))), Dims: compute.D(rows, a),
			In: []compute.Operand{compute.Full(d.floats(1, rows*a, d.whole), compute.D(rows, a))}, Out: []compute.Operand{left, right},
		}, exact)
	})
	d.run("no inputs", func(d *device) {
		for _, n := range []int{1, 100, 5000} {
			d.check(&compute.Map{Expr: compute.Constant(1.5), Dims: compute.D(n), Out: []compute.Operand{compute.Full(d.floats(3, n, d.unread), compute.D(n))}}, exact)
		}
	})
	d.run("17 million elements", func(d *device) {
		if m := d.b.Info().MemoryBytes; d.suite.short || m > 0 && m < 128<<20 {
			d.Skipf("needs 64 MiB")
		}
		n := 65_536*256 + 3 // more groups of 256 than an axis of a GPU's grid may have
		space := compute.D(n)
		x := compute.Full(compute.ViewOf(d.buffer(n)), space)
		d.b.Run(&compute.Map{Expr: compute.Constant(3), Dims: space, Out: []compute.Operand{x}})
		for i, w := range d.read(x.View) {
			if w != 0x40400000 {
				d.Fatalf("element %d is %#x, want 3 everywhere", i, w)
			}
		}
	})
	d.run("NaN and infinities meet constants", func(d *device) {
		// What a compiler takes for 0 or for x, if it forgets them.
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		special := []float32{nan, inf, -inf, 2, -2, 0}
		space := compute.D(len(special))
		for _, op := range []compute.Op{compute.OpMul, compute.OpAdd, compute.OpSub, compute.OpDiv} {
			for _, x := range []float32{0, 1, -1, inf} {
				b := compute.NewBuilder(compute.Float)
				in := b.Input(0)
				e := b.MustBuild(b.Apply(op, in, b.Float(x)), b.Apply(op, b.Float(x), in), b.Apply(op, in, in))
				var out []compute.Operand
				for range e.Outputs {
					out = append(out, compute.Full(d.floats(0, space.Size(), d.unread), space))
				}
				i := -1
				values := d.floats(0, space.Size(), func() float32 { i++; return special[i] })
				d.check(&compute.Map{Expr: e, Dims: space, In: []compute.Operand{compute.Full(values, space)}, Out: out}, exact)
			}
		}
	})
	d.run("a long formula", func(d *device) {
		for _, steps := range []int{10, 60} {
			b := compute.NewBuilder(compute.Float, compute.Float)
			v := b.Input(0)
			for i := range steps {
				v = b.Apply(compute.OpSub, b.Input(1), b.Apply(compute.OpMul, v, b.Float([]float32{1, -1, 0.5}[i%3])))
			}
			space := compute.D(7, 33)
			d.check(&compute.Map{
				Expr: b.MustBuild(v), Dims: space, In: []compute.Operand{d.repeated(space, 15, 1), d.repeated(space, 8, 1)}, Out: []compute.Operand{d.strided(space, natural, 0, 1, d.unread)},
			}, tolerance{ulps: 2, scale: float64(8 * steps)}) // the sum cancels; one rounding a step
		}
	})
}

// repeated is an input over space that is there along the axes in mask (bit a is
// axis a) and repeats along the others.
func (d *device) repeated(space compute.Dims, mask, offset int) compute.Operand {
	d.Helper()
	there := space
	for a := range there {
		if mask>>a&1 == 0 {
			there[a] = min(space[a], 1)
		}
	}
	x := compute.Operand{View: d.floats(offset, there.Size(), d.whole), Strides: there.Contiguous()}
	for a := range there {
		if mask>>a&1 == 0 {
			x.Strides[a] = 0
		}
	}
	return x
}

// label names a subtest after an iteration space.
func label(space compute.Dims) string {
	return fmt.Sprintf("%dx%dx%dx%d", space[0], space[1], space[2], space[3])
}
