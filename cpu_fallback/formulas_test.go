package cpu_fallback

import (
	"fmt"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// learning is what optimizers do to a weight x and a moving average m, given a
// gradient g and three numbers for all elements: it selects by one of them, and
// adds scaled blocks in all the orders that there are. With apart, every product
// is an output, too, so that no sum can compute it by itself.
func learning(apart bool) *compute.Expr {
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float, compute.Float, compute.Float)
	x, m, g, ok, rate, keep := e.Input(0), e.Input(1), e.Input(2), e.Input(3), e.Input(4), e.Input(5)
	var products []compute.Value
	mul := func(a, b compute.Value) compute.Value {
		products = append(products, e.Apply(compute.OpMul, a, b))
		return products[len(products)-1]
	}
	due := e.Apply(compute.OpLess, e.Float(0), ok)
	average := e.Apply(compute.OpAdd, mul(m, keep), mul(e.Float(0.25), g))
	less := e.Apply(compute.OpSub, x, mul(x, rate))
	stepped := e.Apply(compute.OpSub, less, mul(rate, average))
	other := e.Apply(compute.OpSub, mul(g, rate), keep)
	both := e.Apply(compute.OpAdd, keep, mul(g, rate))
	out := []compute.Value{e.Apply(compute.OpSelect, due, stepped, x), e.Apply(compute.OpSelect, due, average, m), other, both}
	if apart {
		out = append(out, products...)
	}
	return e.MustBuild(out...)
}

// A formula that selects by one number, and sums that compute products, give
// the bits of the formula step by step, in place and not.
func TestUpdatesGiveTheBitsOfTheirSteps(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	for _, n := range []int{1, 63, 64, 513, 70000} {
		for _, ok := range []float32{1, 0} {
			for _, inPlace := range []bool{false, true} {
				t.Run(fmt.Sprint(n, " ", ok, " ", inPlace), func(t *testing.T) {
					d := compute.D(n)
					x, m, g := randoms(r, n), randoms(r, n), randoms(r, n)
					results := func(e *compute.Expr, inPlace bool) (out [][]float32) {
						in := []compute.Operand{compute.Full(b.floats(x), d), compute.Full(b.floats(m), d), compute.Full(b.floats(g), d)}
						var to []compute.Operand
						for range e.Outputs {
							to = append(to, compute.Full(b.floats(make([]float32, n)), d))
						}
						if inPlace {
							to[0], to[1] = in[0], in[1]
						}
						for _, s := range []float32{ok, 0.01, 0.9} {
							in = append(in, compute.Scalar(b.floats([]float32{s})))
						}
						b.d.Run(&compute.Map{Expr: e, Dims: d, In: in, Out: to})
						for _, o := range to[:4] {
							out = append(out, b.read(o.View))
						}
						return out
					}
					got, want := results(learning(false), inPlace), results(learning(true), false)
					for i := range want {
						if !slices.Equal(got[i], want[i]) {
							t.Errorf("output %d is %v..., want %v...", i, got[i][0], want[i][0])
						}
					}
					if wrong := slices.Equal(got[0], x) == (ok == 1); wrong {
						t.Errorf("ok = %v, and the weights have changed: %v", ok, ok != 1)
					}
				})
			}
		}
	}
}

// withoutMachineCode has the programs of a test run one operation at a time.
func withoutMachineCode(t *testing.T) {
	kept := fuse
	fuse = nil
	t.Cleanup(func() { fuse = kept })
}

// Programs of optimizers have no selection by what is the same everywhere, and
// fewer steps than instructions.
func TestUpdatesTakeFewSteps(t *testing.T) {
	withoutMachineCode(t)
	b := newBench(t, 1, "gonum")
	d := compute.D(1000)
	in := []compute.Operand{}
	for range 3 {
		in = append(in, compute.Full(b.floats(make([]float32, 1000)), d))
	}
	for range 3 {
		in = append(in, compute.Scalar(b.floats([]float32{1})))
	}
	e := learning(false)
	out := []compute.Operand{in[0], in[1], compute.Full(b.floats(make([]float32, 1000)), d), compute.Full(b.floats(make([]float32, 1000)), d)}
	o, err := b.d.mapOp(&compute.Map{Expr: e, Dims: d, In: in, Out: out})
	if err != nil {
		t.Fatal(err)
	}
	// One product and its sum, two sums with products, a product and a sum.
	if n := len(o.(*decided).yes.program.steps); n != 7 {
		t.Errorf("%v takes %d steps, want 7", e, n)
	}
	if n := len(o.(*decided).no.program.steps); n != 3 {
		t.Errorf("%v takes %d steps where nothing is learned, want 3", e, n)
	}
}

// Rows that repeat stand in a register for several blocks, whatever the lengths
// of rows and blocks, and nothing else is put there.
func TestRepeatedRows(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float)
	x, bias, scale := e.Input(0), e.Input(1), e.Input(2)
	// The last use of each row is followed by steps that want registers.
	biased := e.Apply(compute.OpAdd, x, bias)
	out := e.Apply(compute.OpAdd, e.Apply(compute.OpExp, e.Apply(compute.OpNeg, e.Apply(compute.OpMul, biased, biased))), e.Apply(compute.OpDiv, biased, scale))
	expr := e.MustBuild(out)
	for _, d := range []compute.Dims{compute.D(3, 5), compute.D(40, 64), compute.D(9, 512), compute.D(300, 100), compute.D(7, 513), compute.D(5, 1300), compute.D(2, 30, 48)} {
		n := d.Size()
		xs, row, rows := randoms(r, n), randoms(r, d[3]), make([]float32, 0, n)
		spread := make([]float32, 3*d[3])
		for i := range d[3] {
			spread[3*i] = 2 + float32(i%7)
		}
		every := compute.Operand{View: b.floats(spread), Strides: compute.Strides{3: 3}}
		in := []compute.Operand{compute.Full(b.floats(xs), d), compute.RowVector(b.floats(row)), every}
		for range n / d[3] {
			rows = append(rows, row...)
		}
		wide := []compute.Operand{in[0], compute.Full(b.floats(rows), d), in[2]}
		var got [2][]float32
		for i, ops := range [][]compute.Operand{in, wide} {
			to := compute.Full(b.floats(make([]float32, n)), d)
			b.d.Run(&compute.Map{Expr: expr, Dims: d, In: ops, Out: []compute.Operand{to}})
			got[i] = b.read(to.View)
		}
		each(d, func(c compute.Dims, i int) {
			want := expr.Eval([]float64{float64(xs[i]), float64(row[c[3]]), float64(spread[3*c[3]])}, i)
			near(t, fmt.Sprint(d, c), got[0][i:i+1], want, 1e-6)
		})
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("%v: a repeated row gives other bits than the rows", d)
		}
	}
}
