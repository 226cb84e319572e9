package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// clamp is min(max(v, -most), most).
func clamp(b *compute.Builder, v compute.Value, most float32) compute.Value {
	return b.Apply(compute.OpMin, b.Apply(compute.OpMax, v, b.Float(-most)), b.Float(most))
}

// arena is one buffer of small whole numbers in which every kernel reads and
// writes somewhere else, as a memory plan reuses an arena.
type arena struct {
	d     *device
	all   compute.View
	index compute.View // row numbers, outside the arena
	next  int
}

const arenaWords = 40_000

// begin starts the operands of a kernel at a random place.
func (a *arena) begin() { a.next = a.d.rng.IntN(arenaWords) }

// take is the next n words. The operands of one kernel overlap nothing as long
// as they fill less than half the arena and each less than an eighth.
func (a *arena) take(n int) compute.View {
	if a.next+n > arenaWords {
		a.next = 0
	}
	v := a.all.Slice(a.next, n)
	a.next += n
	return v
}

// size is a number of words, often more than one work-group has.
func (a *arena) size(most int) int { return 1 + a.d.rng.IntN(most) }

// kernels is one step: a random kernel, and what keeps its results small.
func (a *arena) kernels() []compute.Kernel {
	a.begin()
	switch a.d.rng.IntN(6) {
	case 0:
		n := a.size(4000)
		space := compute.D(n)
		b := compute.NewBuilder(compute.Float, compute.Float)
		e := b.MustBuild(b.Apply(compute.OpAdd, clamp(b, b.Input(0), 4), b.Apply(compute.OpMul, b.Float(2), clamp(b, b.Input(1), 3))))
		return []compute.Kernel{&compute.Map{Expr: e, Dims: space, In: []compute.Operand{compute.Full(a.take(n), space), compute.Full(a.take(n), space)}, Out: []compute.Operand{compute.Full(a.take(n), space)}}}
	case 1:
		m, n, k := a.size(60), a.size(60), a.size(40)
		b := compute.NewBuilder(compute.Float)
		return []compute.Kernel{&compute.MatMul{
			M: m, N: n, K: k, A: compute.Rows(a.take(m*k), k), B: compute.Rows(a.take(k*n), n), C: compute.Rows(a.take(m*n), n),
			Epilogue: &compute.Epilogue{Expr: b.MustBuild(clamp(b, b.Input(0), 4))},
		}}
	case 2:
		rows, cols := a.size(60), a.size(64)
		b := compute.NewBuilder(compute.Float)
		k := &compute.Reduce{
			Op: compute.ReduceSum, Expr: b.MustBuild(clamp(b, b.Input(0), 1)), Dims: compute.D(rows, cols), Axes: subset(8),
			In: []compute.Operand{compute.Full(a.take(rows*cols), compute.D(rows, cols))}, Out: compute.ColumnVector(a.take(rows)),
		}
		if a.d.rng.IntN(2) == 0 {
			k.Op = compute.ReduceMax
		}
		return []compute.Kernel{k}
	case 3:
		rows, cols := a.size(60), a.size(60)
		space := compute.D(rows, cols)
		turned := compute.Operand{View: a.take(rows * cols), Strides: compute.Strides{0, 0, 1, rows}}
		return []compute.Kernel{&compute.Copy{Dims: space, In: turned, Out: compute.Full(a.take(rows*cols), space)}}
	case 4:
		rows, cols := a.size(60), a.size(60)
		table := compute.Rows(a.take(40*cols), cols)
		return []compute.Kernel{&compute.Gather{Rows: rows, Cols: cols, TableRows: 40, Table: table, Index: compute.Index{View: a.index}, Out: compute.Rows(a.take(rows*cols), cols)}}
	default:
		rows, cols := a.size(60), a.size(60)
		space := compute.D(40, cols)
		table := a.take(40 * cols)
		b := compute.NewBuilder(compute.Float)
		return []compute.Kernel{
			&compute.ScatterAdd{Rows: rows, Cols: cols, TableRows: 40, In: compute.Rows(a.take(rows*cols), cols), Index: compute.Index{View: a.index}, Table: compute.Rows(table, cols)},
			&compute.Map{Expr: b.MustBuild(clamp(b, b.Input(0), 9)), Dims: space, In: []compute.Operand{compute.Full(table, space)}, Out: []compute.Operand{compute.Full(table, space)}},
		}
	}
}

func testOrder(d *device) {
	programs := 4
	if d.suite.short {
		programs = 2
	}
	for p := range programs {
		d.run(fmt.Sprintf("program %d", p), func(d *device) {
			for range p {
				d.rng.Uint64() // another program each time
			}
			a := &arena{d: d, all: d.floats(0, arenaWords, d.whole)}
			numbers := d.below(40, 60)
			a.index = upload(d, numbers)
			var kernels []compute.Kernel
			for range 60 {
				kernels = append(kernels, a.kernels()...)
			}
			mem := d.snapshot([]compute.View{a.all, a.index})
			expect := func(what string) {
				d.Helper()
				for _, k := range kernels {
					oracle(k, mem).apply()
				}
				d.same(what, d.read(compute.ViewOf(a.all.Buffer)), mem[a.all.Buffer])
			}
			for _, k := range kernels {
				d.b.Run(k)
			}
			expect("run back to back")
			r := d.record(kernels...)
			defer r.Release()
			r.Replay(1)
			expect("replayed")
			for _, k := range kernels {
				oracle(k, mem).apply() // once more than expect does
			}
			r.Replay(2)
			expect("replayed twice at once")
		})
	}
	d.run("the kernel value is not kept", func(d *device) {
		// On the device itself: Checked would hand it a copy.
		var held [3]compute.Buffer
		for i := range held {
			b, err := d.raw.NewBuffer(5000)
			if err != nil {
				d.Fatalf("NewBuffer: %v", err)
			}
			defer b.Release()
			held[i] = b
		}
		space := compute.D(5000)
		k := &compute.Map{Dims: space, Out: make([]compute.Operand, 1)}
		for i, b := range held {
			k.Expr, k.Out[0] = compute.Constant(float32(i+1)), compute.Full(compute.ViewOf(b), space)
			d.raw.Run(k)
		}
		*k = compute.Map{}
		for i, b := range held {
			want := make([]float32, 5000)
			fill(want, float32(i+1))
			got, err := compute.ReadAs[uint32](d.raw, compute.ViewOf(b))
			if err != nil {
				d.Fatalf("Read: %v", err)
			}
			d.same(fmt.Sprintf("buffer %d", i), got, compute.Words(want))
		}
	})
}
