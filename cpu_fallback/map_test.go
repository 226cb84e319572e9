package cpu_fallback

import (
	"fmt"
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// specials are floats at which operations tend to go wrong.
var specials = []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 2, -2, 1e-40, -1e-40, 1e-20, 3e-8, -3e-8, 0.1, 0.25, 0.7, 5, -5, 17, -17, 87, 89, -87, -104, 1e6, -1e6, 1e10, 3e38, -3e38,
	float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1.5, 2.5, -1.5, 3, 100}

// opTolerance is relative; float32 rounding is 6e-8, and each approximated
// function states its own bound.
const opTolerance = 4e-7

func TestEveryOpAgreesWithEval(t *testing.T) {
	b := newBench(t, 2, "gonum")
	n := len(specials) * len(specials)
	x, y := make([]float32, n), make([]float32, n)
	for i := range n {
		x[i], y[i] = specials[i/len(specials)], specials[i%len(specials)]
	}
	for op := range compute.NumOps {
		op := compute.Op(op)
		for _, single := range []string{"", "left", "right"} {
			if single != "" && op.Arity() != 2 {
				continue
			}
			t.Run(op.String()+single, func(t *testing.T) {
				e := exprFor(op)
				if e == nil {
					t.Skip("not a float operation of blocks")
				}
				d := compute.D(n)
				vx, vy := b.floats(x), b.floats(y)
				ox, oy := compute.Full(vx, d), compute.Full(vy, d)
				if single == "left" {
					ox = compute.Scalar(vx.Slice(10, 1))
				}
				if single == "right" {
					oy = compute.Scalar(vy.Slice(10, 1))
				}
				out := b.floats(make([]float32, n))
				in := []compute.Operand{ox, oy}[:len(e.Inputs)]
				b.d.Run(&compute.Map{Expr: e, Dims: d, In: in, Out: []compute.Operand{compute.Full(out, d)}})
				got := b.read(out)
				for i := range got {
					args := []float64{float64(x[i]), float64(y[i])}
					if single == "left" {
						args[0] = float64(x[10])
					}
					if single == "right" {
						args[1] = float64(y[10])
					}
					want := float64(float32(e.Eval(args[:len(e.Inputs)], i)[0]))
					if (op == compute.OpSin || op == compute.OpCos) && math.Abs(args[0]) > 4000 {
						continue
					}
					g := float64(got[i])
					if g == want || math.IsNaN(g) && math.IsNaN(want) {
						continue
					}
					// What is below the normal range may be 0.
					if !(math.Abs(g-want) <= max(opTolerance*math.Abs(want), smallestNormal)) {
						t.Errorf("%v%v = %v, want %v", op, args, g, want)
					}
				}
			})
		}
	}
}

// exprFor is the operation on floats with its result as a float, or nil.
func exprFor(op compute.Op) *compute.Expr {
	switch op {
	case compute.OpInput, compute.OpConst, compute.OpRandom, compute.OpAnd, compute.OpOr, compute.OpNot, compute.OpToInt, compute.OpToFloat:
		return nil
	case compute.OpSelect:
		b := compute.NewBuilder(compute.Float, compute.Float)
		return b.MustBuild(b.Apply(op, b.Apply(compute.OpLess, b.Input(0), b.Input(1)), b.Input(1), b.Input(0)))
	}
	types := []compute.Type{compute.Float, compute.Float}[:op.Arity()]
	b := compute.NewBuilder(types...)
	args := []compute.Value{}
	for i := range types {
		args = append(args, b.Input(i))
	}
	v := b.Apply(op, args...)
	if b.Type(v) != compute.Float {
		v = b.Apply(compute.OpToFloat, v)
	}
	return b.MustBuild(v)
}

func TestMapBroadcastsAndStrides(t *testing.T) {
	b := newBench(t, 2, "gonum")
	r := rng()
	e := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float)
	sum := e.Apply(compute.OpAdd, e.Apply(compute.OpMul, e.Input(0), e.Input(1)), e.Apply(compute.OpSub, e.Input(2), e.Input(3)))
	expr := e.MustBuild(sum, e.Apply(compute.OpMul, sum, e.Float(2)))
	for _, d := range []compute.Dims{compute.D(1), compute.D(0), compute.D(5), compute.D(700), compute.D(3, 4), compute.D(100, 37), compute.D(9, 1, 600), compute.D(2, 3, 4, 5), compute.D(7, 5, 3, 129), compute.D(70000), compute.D(300, 300)} {
		t.Run(fmt.Sprint(d), func(t *testing.T) {
			n := d.Size()
			ins := []compute.Operand{
				compute.Full(b.floats(randoms(r, n)), d),
				compute.RowVector(b.floats(randoms(r, d[3]))),
				compute.ColumnVector(b.floats(randoms(r, max(d[2], 1)))),
				{View: b.floats(randoms(r, 2*n+1)), Strides: compute.Strides{2, 2 * d[0], 2 * d[0] * d[1], 2 * d[0] * d[1] * d[2]}}, // transposed, spread
			}
			out0 := compute.Full(b.floats(make([]float32, n)), d)
			out1 := compute.Operand{View: b.floats(make([]float32, 3*n+1)), Strides: compute.Strides{3 * d[1] * d[2] * d[3], 3 * d[2] * d[3], 3, 3 * d[2]}}
			b.d.Run(&compute.Map{Expr: expr, Dims: d, In: ins, Out: []compute.Operand{out0, out1}})
			got0, got1 := b.read(out0.View), b.read(out1.View)
			var in [4][]float32
			for k := range ins {
				in[k] = b.read(ins[k].View)
			}
			each(d, func(c compute.Dims, i int) {
				args := make([]float64, 4)
				for k := range in {
					args[k] = float64(in[k][ins[k].Strides.Index(c)])
				}
				want := expr.Eval(args, i)
				near(t, "out0", got0[i:i+1], want[:1], 1e-6)
				at := out1.Strides.Index(c)
				near(t, "out1", got1[at:at+1], want[1:], 1e-6)
			})
		})
	}
}

func TestMapInPlace(t *testing.T) {
	b := newBench(t, 2, "gonum")
	d := compute.D(1500)
	x, y := randoms(rng(), 1500), randoms(rng(), 1500)
	e := compute.NewBuilder(compute.Float, compute.Float)
	// The first output is ready before the last use of the input it replaces.
	first := e.Apply(compute.OpAdd, e.Input(0), e.Input(1))
	second := e.Apply(compute.OpMul, first, e.Input(0))
	sum := e.MustBuild(first, second)
	swap := compute.NewBuilder(compute.Float, compute.Float)
	exchange := swap.MustBuild(swap.Input(1), swap.Input(0))
	for _, expr := range []*compute.Expr{sum, exchange} {
		vx, vy := compute.Full(b.floats(x), d), compute.Full(b.floats(y), d)
		b.d.Run(&compute.Map{Expr: expr, Dims: d, In: []compute.Operand{vx, vy}, Out: []compute.Operand{vx, vy}})
		gx, gy := b.read(vx.View), b.read(vy.View)
		for i := range x {
			want := expr.Eval([]float64{float64(x[i]), float64(y[i])}, i)
			near(t, "first", gx[i:i+1], want[:1], 1e-6)
			near(t, "second", gy[i:i+1], want[1:], 1e-6)
		}
	}
}

func TestRandomCountsElements(t *testing.T) {
	b := newBench(t, 2, "gonum")
	e := compute.NewBuilder(compute.Int, compute.Int, compute.Float)
	u := e.Random(e.Input(0), e.Input(1), 7)
	expr := e.MustBuild(e.Apply(compute.OpAdd, u, e.Apply(compute.OpMul, e.Input(2), e.Float(0))), u)
	d := compute.D(3, 5, 7, 11)
	out := compute.Full(b.floats(make([]float32, d.Size())), d)
	out2 := compute.Operand{View: b.floats(make([]float32, d.Size())), Strides: compute.Strides{1, 3, 15, 105}}
	b.d.Run(&compute.Map{Expr: expr, Dims: d, In: []compute.Operand{
		compute.Scalar(b.ints([]int32{-5})), compute.Scalar(b.ints([]int32{3})), compute.RowVector(b.floats(make([]float32, 11)))},
		Out: []compute.Operand{out, out2}})
	got, got2 := b.read(out.View), b.read(out2.View)
	each(d, func(c compute.Dims, i int) {
		minus5 := int32(-5)
		want := compute.UniformAt(uint32(minus5), 7, 3, i)
		if got[i] != want || got2[out2.Strides.Index(c)] != want {
			t.Fatalf("element %v is %v and %v, want %v", c, got[i], got2[out2.Strides.Index(c)], want)
		}
	})
}

// runs is a loop that notes which elements it was to compute.
type runs struct {
	t    *testing.T
	seen []int
}

func (r *runs) rows(_ *program, _ *worker, position, rows, count, distance int) {
	if rows*count > longestRun {
		r.t.Errorf("%d rows of %d elements in one call, want %d elements at most", rows, count, longestRun)
	}
	for row := range rows {
		for i := range count {
			r.seen[position+row*distance+i]++
		}
	}
}

// A loop over a whole program gets every element once, a bounded number in a
// call.
func TestOneLoopRunsOverEveryElement(t *testing.T) {
	for _, dims := range [][compute.MaxAxes]int{{1, 1, 1, 3*longestRun + 5}, {1, 1, 3, longestRun + 1}, {1, 2, 5000, 31}, {2, 3, 4, 5}} {
		size := dims[0] * dims[1] * dims[2] * dims[3]
		for _, from := range []int{0, 7} {
			r := &runs{t, make([]int, size)}
			p := &program{layout: layout{dims: dims, size: size}, whole: r}
			p.over(&worker{}, from, size-from/2)
			for i, n := range r.seen {
				want := 0
				if i >= from && i < size-from/2 {
					want = 1
				}
				if n != want {
					t.Fatalf("%v from %d: element %d is computed %d times, want %d", dims, from, i, n, want)
				}
			}
		}
	}
}
