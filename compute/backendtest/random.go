package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// uniform is out0 = Random(in0, in1) of one stream.
func uniform(stream int32) *compute.Expr {
	b := compute.NewBuilder(compute.Int, compute.Int)
	return b.MustBuild(b.Random(b.Input(0), b.Input(1), stream))
}

func testRandom(d *device) {
	for _, space := range []compute.Dims{compute.D(1), compute.D(3), compute.D(4), compute.D(5), compute.D(1000), compute.D(7, 33), compute.D(2, 3, 5, 7), compute.D(70_001)} {
		d.run(label(space), func(d *device) {
			for _, key := range [][3]int32{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, -2, -3}, {math.MaxInt32, math.MinInt32, 12345}} {
				out := d.floats(3, space.Size(), d.unread)
				d.b.Run(&compute.Map{
					Expr: uniform(key[1]), Dims: space,
					In:  []compute.Operand{compute.Scalar(d.integers(1, key[0])), compute.Scalar(d.integers(2, key[2]))},
					Out: []compute.Operand{compute.Full(out, space)},
				})
				for i, w := range d.read(out) {
					if want := compute.UniformAt(uint32(key[0]), uint32(key[1]), uint32(key[2]), i); w != math.Float32bits(want) {
						d.Fatalf("seed %d, stream %d, step %d, element %d: %g, want %g", key[0], key[1], key[2], i, math.Float32frombits(w), want)
					}
				}
			}
		})
	}
	d.run("turned", func(d *device) {
		// The element counts, not the place where it is stored.
		space := compute.D(5, 6, 7)
		d.check(&compute.Map{
			Expr: uniform(3), Dims: space, In: []compute.Operand{compute.Scalar(d.integers(0, 9)), compute.Scalar(d.integers(0, 8))},
			Out: []compute.Operand{d.strided(space, [4]int{0, 3, 1, 2}, 1, 5, d.unread)},
		}, exact)
	})
	d.run("several in one formula", func(d *device) {
		b := compute.NewBuilder(compute.Int)
		seed, step := b.Int(-77), b.Input(0)
		e := b.MustBuild(b.Random(seed, step, 1), b.Random(seed, step, 2), b.Random(step, seed, 1), b.Random(step, b.Apply(compute.OpAdd, step, b.Int(1)), 1))
		space := compute.D(9, 31)
		var out []compute.Operand
		for range e.Outputs {
			out = append(out, compute.Full(d.floats(1, space.Size(), d.unread), space))
		}
		// The step differs by element, too.
		d.check(&compute.Map{Expr: e, Dims: space, In: []compute.Operand{compute.Full(d.integers(2, d.below(1000, space.Size())...), space)}, Out: out}, exact)
	})
	d.run("dropout after a product", func(d *device) {
		for _, s := range [][4]int{{1, 5, 7, 3}, {1, 33, 65, 17}, {3, 17, 9, 4}} {
			p := d.product(s[0], s[1], s[2], s[3], false, false, false, layouts[1], layouts[0], layouts[2], d.whole)
			b := compute.NewBuilder(compute.Float, compute.Int, compute.Int)
			u := b.Random(b.Input(1), b.Input(2), 6)
			kept := b.Apply(compute.OpLess, u, b.Float(0.5))
			space := compute.D(s[0], s[1], s[2])
			p.Epilogue = &compute.Epilogue{
				Expr: b.MustBuild(b.Apply(compute.OpSelect, kept, b.Apply(compute.OpMul, b.Float(2), b.Input(0)), b.Float(0)), u),
				In:   []compute.Operand{compute.Scalar(d.integers(1, 123)), compute.Scalar(d.integers(2, 45))},
				Out:  []compute.Operand{compute.Full(d.floats(1, space.Size(), d.unread), space)},
			}
			d.check(p, exact)
		}
	})
	d.run("the step moves on the device", func(d *device) {
		space := compute.D(100)
		step, out := compute.ViewOf(d.buffer(1)), compute.ViewOf(d.buffer(100))
		seed := d.integers(0, 5)
		r := d.record(
			&compute.Map{Expr: uniform(0), Dims: space, In: []compute.Operand{compute.Scalar(seed), compute.Scalar(step)}, Out: []compute.Operand{compute.Full(out, space)}},
			increment(step, 1),
		)
		defer r.Release()
		for i := range 4 {
			r.Replay(1)
			want := make([]float32, 100)
			for e := range want {
				want[e] = compute.UniformAt(5, 0, uint32(i), e)
			}
			d.same(fmt.Sprintf("step %d", i), d.read(out), compute.Words(want))
		}
	})
}
