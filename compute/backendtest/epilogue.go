package backendtest

import (
	"github.com/glearn-go/glearn/compute"
)

// biasRelu is out0 = relu(product + in1).
func biasRelu() *compute.Expr {
	b := compute.NewBuilder(compute.Float, compute.Float)
	return b.MustBuild(b.Apply(compute.OpRelu, b.Apply(compute.OpAdd, b.Input(0), b.Input(1))))
}

// gated is out0 = product + bias where gate > 0, else 0; out1 = the sum before
// the gate; out2 = whether it passed, as an int.
func gated() *compute.Expr {
	b := compute.NewBuilder(compute.Float, compute.Float, compute.Float)
	sum := b.Apply(compute.OpAdd, b.Input(0), b.Input(1))
	open := b.Apply(compute.OpLess, b.Float(0), b.Input(2))
	return b.MustBuild(b.Apply(compute.OpSelect, open, sum, b.Float(0)), sum, b.Apply(compute.OpSelect, open, b.Int(1), b.Int(-7)))
}

func testMatMulEpilogue(d *device) {
	shapes := [][4]int{ // batch, m, n, k
		{1, 1, 1, 1}, {1, 5, 7, 3}, {1, 17, 33, 16}, {1, 64, 64, 64}, {1, 129, 65, 31}, {1, 46, 130, 100}, {3, 9, 17, 5}, {2, 4, 6, 0}, {1, 3, 4, 70_000}, {1, 512, 46, 64},
	}
	for i, s := range shapes {
		batch, m, n, k := s[0], s[1], s[2], s[3]
		space := compute.D(batch, m, n)
		p := func(d *device, transA, transB, accumulate bool) *compute.MatMul {
			l := func(n int) layout { return layouts[(i+n)%len(layouts)] }
			return d.product(batch, m, n, k, transA, transB, accumulate, l(0), l(1), l(2), d.whole)
		}
		d.run(label(space), func(d *device) {
			transposes(func(transA, transB bool) {
				k := p(d, transA, transB, false)
				k.Epilogue = &compute.Epilogue{Expr: biasRelu(), In: []compute.Operand{compute.RowVector(d.floats(3, n, d.whole))}}
				d.check(k, exact)
			})
			d.run("extra outputs", func(d *device) {
				k := p(d, false, false, true)
				k.Epilogue = &compute.Epilogue{
					Expr: gated(),
					In: []compute.Operand{
						compute.RowVector(d.floats(1, n, d.whole)),
						compute.Full(d.floats(5, space.Size(), d.whole), space),
					},
					Out: []compute.Operand{
						compute.Full(d.floats(2, space.Size(), d.unread), space),
						compute.Full(d.floats(9, space.Size(), d.unread), space),
					},
				}
				d.check(k, exact)
			})
			d.run("in place", func(d *device) {
				// C's old content is an input, and so is the array of the extra output.
				k := p(d, false, true, false)
				k.C = d.matrix(batch, m, n, layout{offset: 3}, d.whole)
				c := compute.Full(k.C.View, space)
				other := compute.Full(d.floats(5, space.Size(), d.whole), space)
				b := compute.NewBuilder(compute.Float, compute.Float, compute.Float)
				sum := b.Apply(compute.OpAdd, b.Input(0), b.Input(1))
				k.Epilogue = &compute.Epilogue{
					Expr: b.MustBuild(b.Apply(compute.OpSub, sum, b.Input(2)), b.Apply(compute.OpMul, b.Input(0), b.Input(2))),
					In:   []compute.Operand{c, other}, Out: []compute.Operand{other},
				}
				d.check(k, exact)
			})
			d.run("columns and scalar", func(d *device) {
				k := p(d, true, false, true)
				b := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Int)
				scaled := b.Apply(compute.OpMul, b.Apply(compute.OpAdd, b.Input(0), b.Input(1)), b.Input(2))
				k.Epilogue = &compute.Epilogue{
					Expr: b.MustBuild(b.Apply(compute.OpAdd, scaled, b.Apply(compute.OpToFloat, b.Input(3)))),
					In: []compute.Operand{
						compute.ColumnVector(d.floats(1, m, d.whole)),
						compute.Scalar(d.floats(2, 1, d.whole)),
						{View: d.integers(1, d.below(100, batch)...), Strides: compute.Strides{0, 1, 0, 0}},
					},
				}
				d.check(k, exact)
			})
		})
	}
}
