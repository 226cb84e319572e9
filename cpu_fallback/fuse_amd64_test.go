package cpu_fallback

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// widths are the forms of machine code that this processor runs.
func widths(t *testing.T) []bool {
	t.Helper()
	switch {
	case hasAVX512:
		return []bool{true, false}
	case hasAVX2:
		return []bool{false}
	}
	t.Skip("the processor has no AVX2")
	return nil
}

// skipDenied ends a test where the system forbids machine code.
func skipDenied(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) {
		t.Skip(err)
	}
}

func TestMachineCodeWorks(t *testing.T) {
	for _, wide := range widths(t) {
		if err := tryMachineCode(wide); err != nil {
			skipDenied(t, err)
			t.Errorf("wide %v: %v", wide, err)
		}
	}
}

// formula is a random Expr over blocks, a repeated row, single values and
// constants, of operations that machine code has and of some that it has not.
func formula(r *rand.Rand, length int) *compute.Expr {
	b := compute.NewBuilder(compute.Float, compute.Float, compute.Float, compute.Float, compute.Float, compute.Int)
	floats := []compute.Value{b.Input(0), b.Input(1), b.Input(2), b.Input(3), b.Input(4), b.Apply(compute.OpToFloat, b.Input(5)), b.Float(0.75), b.Float(0)}
	truths := []compute.Value{b.Apply(compute.OpFinite, floats[0])}
	number := func() compute.Value { return floats[r.IntN(len(floats))] }
	truth := func() compute.Value { return truths[r.IntN(len(truths))] }
	unary := []compute.Op{compute.OpNeg, compute.OpAbs, compute.OpSign, compute.OpSqrt, compute.OpFloor, compute.OpRound, compute.OpRelu, compute.OpTanh, compute.OpExp}
	binary := []compute.Op{compute.OpAdd, compute.OpSub, compute.OpMul, compute.OpDiv, compute.OpMin, compute.OpMax, compute.OpAdd, compute.OpMul}
	comparison := []compute.Op{compute.OpLess, compute.OpLessEq, compute.OpEqual}
	for range length {
		switch n := r.IntN(14); {
		case n < 7:
			floats = append(floats, b.Apply(binary[r.IntN(len(binary))], number(), number()))
		case n < 9:
			floats = append(floats, b.Apply(unary[r.IntN(len(unary))], number()))
		case n == 9:
			truths = append(truths, b.Apply(comparison[r.IntN(3)], number(), number()))
		case n == 10:
			truths = append(truths, b.Apply(compute.OpAnd, truth(), truth()), b.Apply(compute.OpOr, truth(), truth()), b.Apply(compute.OpNot, truth()))
		case n == 11:
			floats = append(floats, b.Apply(compute.OpToFloat, truth()))
		default:
			floats = append(floats, b.Apply(compute.OpSelect, truth(), number(), number()))
		}
	}
	last := len(floats) - 1
	return b.MustBuild(floats[last], floats[last-1], number())
}

// Machine code gives the bits of the single steps, in place and not, for all
// the ways in which operands reach a program, and with all of its operands and
// values in registers or some of them in memory.
func TestMachineCodeGivesTheBitsOfSteps(t *testing.T) {
	parts, wholes := 0, 0
	for seed := range uint64(400) {
		p, w := compareMachineCode(t, seed)
		parts, wholes = parts+p, wholes+w
	}
	if parts < 30 || wholes < 300 {
		t.Errorf("%d parts and %d wholes of 400 programs, in all widths, are machine code", parts, wholes)
	}
}

func FuzzMachineCode(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { compareMachineCode(t, seed) })
}

// compareMachineCode runs one random formula, and says how many of its programs
// were machine code in parts and as a whole.
func compareMachineCode(t *testing.T, seed uint64) (parts, wholes int) {
	r := rand.New(rand.NewPCG(seed, 4))
	e := formula(r, 2+r.IntN(50))
	d := []compute.Dims{compute.D(1), compute.D(17), compute.D(3, 30), compute.D(1500), compute.D(40, 37), compute.D(2, 513)}[r.IntN(6)]
	n := d.Size()
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			if x[i] = float32(r.NormFloat64()); r.IntN(8) == 0 {
				x[i] = specials[r.IntN(len(specials))]
			}
			if math.Abs(float64(x[i])) < smallestNormal {
				x[i] = 0 // what is below it may be 0 anywhere
			}
		}
		return x
	}
	whole := make([]float32, n)
	for i := range whole {
		whole[i] = math.Float32frombits(uint32(r.IntN(200) - 100))
	}
	rows, cols := n/d[3], d[3]
	arrays := [][]float32{draw(n), draw(n), draw(cols), draw(1), draw(n), whole}
	strides := []compute.Strides{d.Contiguous(), d.Contiguous(), {0, 0, 0, 1}, {}, d.Contiguous(), d.Contiguous()}
	if r.IntN(2) == 0 { // a column, repeated along the rows, and a matrix with more columns
		arrays[2], strides[2] = draw(rows), compute.Strides{0, 0, 1, 0}
		arrays[0], strides[0] = draw(rows*(cols+3)), compute.Strides{0, 0, cols + 3, 1}
	}
	gap := r.IntN(2) * 5 // behind each row of the second output
	inPlace, tiles := r.IntN(2) == 0, d[3] > 1 && r.IntN(2) == 0
	run := func(change func(c *compiler)) (results [][]float32) {
		b := newBuffers(t, arrays)
		in := make([]operand, len(arrays))
		for i, x := range b {
			in[i] = operand{compute.Operand{View: compute.ViewOf(x), Strides: strides[i]}, x.words}
		}
		results = [][]float32{make([]float32, n), make([]float32, rows*(cols+gap)), make([]float32, n)}
		out := make([]operand, 3)
		for i, x := range newBuffers(t, results) {
			out[i] = operand{compute.Operand{View: compute.ViewOf(x), Strides: d.Contiguous()}, x.words}
		}
		out[1].Strides = compute.Strides{0, 0, cols + gap, 1}
		if inPlace {
			out[0], out[2] = in[1], in[4]
		}
		c := newCompiler(e, d, in, out, compute.Strides{}, nil)
		c.run()
		change(c)
		w := &worker{}
		w.reserve(c.p.slots, c.p.scratch(), 0)
		c.p.start(w)
		c.p.begin(w)
		if half := cols / 2; tiles {
			c.p.tile(w, 0, rows, half, cols)
			c.p.tile(w, half, rows, cols-half, cols)
		} else {
			c.p.over(w, 0, n/3)
			c.p.over(w, n/3, n)
		}
		for i := range out {
			results[i] = out[i].data
		}
		return results
	}
	tiny := false
	want := run(func(c *compiler) {
		for i := range c.p.steps {
			l := c.p.steps[i].loop
			c.p.steps[i].loop = func(dst, x, y, z []float32) {
				l(dst, x, y, z)
				for _, v := range dst {
					tiny = tiny || v != 0 && math.Abs(float64(v)) <= 2*smallestNormal
				}
			}
		}
	})
	if tiny { // which may be 0, and what follows anything
		return 0, 0
	}
	for _, wide := range widths(t) {
		got := run(func(c *compiler) {
			if err := c.fuse(wide); err != nil {
				skipDenied(t, err)
				t.Fatal(err)
			}
			if c.p.whole != nil {
				wholes++
			}
			for _, s := range c.p.steps {
				if s.fused != nil {
					parts++
				}
			}
		})
		for o := range want {
			for i := range want[o] {
				if g, w := got[o][i], want[o][i]; math.Float32bits(g) != math.Float32bits(w) && !(g != g && w != w) {
					t.Fatalf("formula %d over %v, wide %v, in place %v: output %d is %v at %d, step by step %v\n%v", seed, d, wide, inPlace, o, g, i, w, e)
				}
			}
		}
	}
	return parts, wholes
}

// newBuffers are copies of arrays as buffers.
func newBuffers(t *testing.T, arrays [][]float32) []*buffer {
	t.Helper()
	b := newBench(t, 1, "gonum")
	var out []*buffer
	for _, x := range arrays {
		v := b.floats(x)
		out = append(out, v.Buffer.(*buffer))
	}
	return out
}

// An update is one loop over its operands, however many blocks they have.
func TestUpdatesAreOneLoop(t *testing.T) {
	widths(t)
	if fuse == nil || !machineCodeWorks() {
		t.Skip("no machine code here")
	}
	d := compute.D(5000)
	var in []operand
	for i := range 6 {
		o := operand{compute.Operand{Strides: d.Contiguous()}, make([]float32, 5000)}
		if i >= 3 {
			o.Strides = compute.Strides{}
		}
		in = append(in, o)
	}
	p := compile(learning(false).Given(1, true), d, in, append(in[:2:2], in[0], in[1]))
	if p.whole == nil {
		t.Errorf("an update takes %d steps", len(p.steps))
	}
}

// Sums are added up in the same order with machine code and without.
func TestSumsDoNotDependOnMachineCode(t *testing.T) {
	widths(t)
	kept := fuse
	t.Cleanup(func() { fuse = kept })
	b := newBench(t, 2, "gonum")
	e := compute.NewBuilder(compute.Float, compute.Float)
	x, y := e.Input(0), e.Input(1)
	expr := e.MustBuild(e.Apply(compute.OpMax, e.Apply(compute.OpMul, e.Apply(compute.OpExp, e.Apply(compute.OpSub, e.Float(0.75), x)), y), y))
	r := rng()
	for rounds := 65; rounds < 3000; rounds += rounds / 4 {
		for _, cols := range []int{1, 3, 17, 64} {
			for _, columns := range []bool{false, true} {
				d := compute.D(rounds, cols)
				in := []compute.Operand{compute.Full(b.floats(randoms(r, d.Size())), d), compute.Full(b.floats(randoms(r, d.Size())), d)}
				k := &compute.Reduce{Op: compute.ReduceSum, Expr: expr, Dims: d, In: in}
				n := rounds
				if k.Axes[3] = !columns; columns {
					k.Axes[2], n = true, cols
				}
				var sums [2][]float32
				for i, f := range []func(*compiler){nil, kept} {
					fuse = f
					out := b.floats(make([]float32, n))
					if k.Out = compute.ColumnVector(out); columns {
						k.Out = compute.RowVector(out)
					}
					b.d.Run(k)
					sums[i] = b.read(out)
				}
				if !slices.Equal(sums[0], sums[1]) {
					t.Errorf("[%d, %d], sums of columns %v: machine code gives other bits than steps", rounds, cols, columns)
				}
			}
		}
	}
}
