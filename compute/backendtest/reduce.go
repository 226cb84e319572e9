package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

var reductions = []compute.ReduceOp{compute.ReduceSum, compute.ReduceMax, compute.ReduceArgMax}

// subset is the axes whose bit is set.
func subset(mask int) (axes [compute.MaxAxes]bool) {
	for a := range axes {
		axes[a] = mask>>a&1 != 0
	}
	return axes
}

// reduction is a Reduce over operands with a new output, gaps in it where gap
// says so.
func (d *device) reduction(op compute.ReduceOp, e *compute.Expr, space compute.Dims, mask, gap int, in ...compute.Operand) *compute.Reduce {
	d.Helper()
	k := &compute.Reduce{Op: op, Expr: e, Dims: space, Axes: subset(mask), In: in}
	k.Out = d.strided(k.Kept(), natural, gap, 3, d.unread)
	for a, reduced := range k.Axes {
		if reduced {
			k.Out.Strides[a] = 0
		}
	}
	return k
}

func testReduce(d *device) {
	for _, space := range []compute.Dims{
		compute.D(1), compute.D(64), compute.D(1000), compute.D(7, 33), compute.D(129, 65), compute.D(1, 300), compute.D(300, 1),
		compute.D(3, 17, 5), compute.D(2, 3, 4, 5), compute.D(5, 1, 33, 2), compute.D(70_000, 3), compute.D(3, 70_000),
	} {
		d.run(label(space), func(d *device) {
			for mask := range 16 {
				if space.Size() > 10_000 && mask != 4 && mask != 8 && mask != 12 {
					continue // one axis of the last two, and both
				}
				if (subset(mask)[0] && space[0] == 1) || (subset(mask)[1] && space[1] == 1) {
					continue // the same as the mask without them
				}
				for _, op := range reductions {
					d.check(d.reduction(op, affine(), space, mask, mask&1, d.repeated(space, 15, 5), d.repeated(space, mask, 1)), exact)
				}
			}
		})
	}
	d.run("strides", func(d *device) {
		space := compute.D(3, 5, 7, 4)
		for mask := range 16 {
			for _, op := range reductions {
				d.check(d.reduction(op, compute.Unary(compute.OpNeg), space, mask, 1, d.strided(space, [4]int{2, 0, 3, 1}, 1, 3, d.whole)), exact)
			}
		}
	})
	d.run("no elements", func(d *device) {
		for _, op := range reductions[:2] { // an argmax of nothing is misuse
			for _, space := range []compute.Dims{compute.D(0), compute.D(5, 0), compute.D(0, 5)} {
				for _, mask := range []int{4, 8, 12} {
					d.check(d.reduction(op, compute.Identity(compute.Float), space, mask, 0, d.repeated(space, 15, 1)), exact)
				}
			}
		}
	})
	d.run("long sums", testLongSums)
	d.run("ties and NaN", testReduceSpecial)
	d.run("position", func(d *device) {
		// The formula sees the element's position in the whole space.
		b := compute.NewBuilder(compute.Int)
		e := b.MustBuild(b.Apply(compute.OpRound, b.Apply(compute.OpMul, b.Random(b.Int(5), b.Input(0), 2), b.Float(64))))
		space := compute.D(9, 70)
		for _, mask := range []int{4, 8, 12} {
			d.check(d.reduction(compute.ReduceSum, e, space, mask, 0, compute.Scalar(d.integers(1, 77))), exact)
		}
	})
	d.run("several results", testResults)
	d.run("squares", func(d *device) {
		b := compute.NewBuilder(compute.Float)
		e := b.MustBuild(b.Apply(compute.OpMul, b.Input(0), b.Input(0)))
		space := compute.D(65, 129)
		for _, mask := range []int{4, 8, 12} {
			in := compute.Full(d.floats(1, space.Size(), d.real), space)
			d.check(d.reduction(compute.ReduceSum, e, space, mask, 0, in), tolerance{scale: 16})
		}
	})
}

// testResults: several results of one pass, and what is made of them.
func testResults(d *device) {
	b := compute.NewBuilder(compute.Float, compute.Float)
	x, y := b.Input(0), b.Input(1)
	e := b.MustBuild(b.Apply(compute.OpAdd, x, y), b.Apply(compute.OpMul, x, x), b.Apply(compute.OpSub, y, b.Float(3)))
	for _, space := range []compute.Dims{compute.D(1), compute.D(700), compute.D(33, 70), compute.D(70, 33), compute.D(5000, 2), compute.D(3, 5, 7, 4), compute.D(0, 5)} {
		for _, mask := range []int{4, 8, 12, 5} {
			for _, op := range reductions {
				if op == compute.ReduceArgMax && space.Size() == 0 {
					continue
				}
				k := d.reduction(op, e, space, mask, 1, d.repeated(space, 15, 1), d.repeated(space, 8, 0))
				one := d.reduction(op, e, space, mask, 0)
				two := d.reduction(op, e, space, mask, 2)
				k.More = []compute.Operand{one.Out, two.Out}
				d.check(k, exact)
				k.Then = d.following(k)
				d.check(k, exact)
			}
		}
	}
}

// following is a Map over the results of k, in part in place.
func (d *device) following(k *compute.Reduce) *compute.Map {
	t := compute.Float
	if k.Op == compute.ReduceArgMax {
		t = compute.Int
	}
	b := compute.NewBuilder(t, compute.Float, t, compute.Float)
	first, second := b.Input(0), b.Input(2)
	if t == compute.Int {
		first, second = b.Apply(compute.OpToFloat, first), b.Apply(compute.OpToFloat, second)
	}
	sum := b.Apply(compute.OpAdd, b.Apply(compute.OpAdd, first, second), b.Input(1))
	chance := b.Apply(compute.OpLess, b.Random(b.Int(3), b.Int(4), 5), b.Float(0.5))
	e := b.MustBuild(b.Apply(compute.OpSelect, chance, sum, b.Float(-1)), b.Apply(compute.OpToInt, b.Input(3)))
	kept := k.Kept()
	own := d.repeated(kept, 15, 3)
	return &compute.Map{Expr: e, Dims: kept, In: []compute.Operand{k.Out, own, k.More[1], d.repeated(kept, 0, 2)},
		Out: []compute.Operand{own, d.strided(kept, natural, 1, 0, d.unread)}}
}

// testLongSums: adding a million equal terms one after the other loses 1% of
// them. Pairwise or in blocks it is off by some dozens of roundings.
func testLongSums(d *device) {
	n := 1_200_003
	if d.suite.short {
		n = 300_003
	}
	long := tolerance{ulps: 1, scale: 128}
	for _, value := range []func() float32{func() float32 { return 0.1 }, d.real, func() float32 { return 1e6 + d.real() }} {
		x := d.floats(0, n, value)
		d.check(d.reduction(compute.ReduceSum, compute.Identity(compute.Float), compute.D(n), 8, 0, compute.Full(x, compute.D(n))), long)
		tall := compute.D(n/3, 3)
		d.check(d.reduction(compute.ReduceSum, compute.Identity(compute.Float), tall, 4, 0, compute.Full(x, tall)), long)
	}
	for _, op := range reductions[1:] {
		x := d.floats(0, n, func() float32 { return float32(d.rng.IntN(1 << 24)) })
		d.check(d.reduction(op, compute.Identity(compute.Float), compute.D(n), 8, 0, compute.Full(x, compute.D(n))), exact)
	}
}

func testReduceSpecial(d *device) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, n := range []int{2, 33, 300, 5000} {
		for name, special := range map[string]func(x []float32){
			"all equal":      func(x []float32) {},
			"largest twice":  func(x []float32) { x[n/2], x[n-1] = 9, 9 },
			"largest last":   func(x []float32) { x[n-1] = 9 },
			"one NaN":        func(x []float32) { x[n/2] = nan },
			"two NaN":        func(x []float32) { x[n/3], x[n-1] = nan, nan },
			"NaN and Inf":    func(x []float32) { x[0], x[n-1] = inf, nan },
			"NaN before Inf": func(x []float32) { x[0], x[n-1] = nan, inf },
			"both Inf":       func(x []float32) { x[0], x[n-1] = inf, -inf },
			"-Inf only":      func(x []float32) { fill(x, -inf) },
			"NaN only":       func(x []float32) { fill(x, nan) },
		} {
			rows := 3
			x := make([]float32, rows*n)
			for r := range rows {
				fill(x[r*n:(r+1)*n], float32(-r))
				special(x[r*n : (r+1)*n])
			}
			d.run(fmt.Sprintf("%s of %d", name, n), func(d *device) {
				wide, tall := compute.D(rows, n), compute.D(n, rows)
				in := d.guarded(3, compute.Words(x))
				for _, op := range reductions {
					d.check(d.reduction(op, compute.Identity(compute.Float), wide, 8, 0, compute.Full(in, wide)), exact)
					turned := compute.Operand{View: in, Strides: compute.Strides{0, 0, 1, n}}
					d.check(d.reduction(op, compute.Identity(compute.Float), tall, 4, 0, turned), exact)
				}
			})
		}
	}
}

func fill[T any](s []T, x T) {
	for i := range s {
		s[i] = x
	}
}
