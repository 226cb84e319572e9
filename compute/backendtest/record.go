package backendtest

import (
	"github.com/glearn-go/glearn/compute"
)

// record prepares kernels; the recording is released by the caller.
func (d *device) record(kernels ...compute.Kernel) compute.Recording {
	d.Helper()
	r, err := d.b.Record(kernels)
	if err != nil {
		d.Fatalf("Record: %v", err)
	}
	return r
}

// increment is x += by, for int32.
func increment(x compute.View, by int32) *compute.Map {
	space := compute.D(x.Len)
	b := compute.NewBuilder(compute.Int)
	at := compute.Full(x, space)
	return &compute.Map{Expr: b.MustBuild(b.Apply(compute.OpAdd, b.Input(0), b.Int(by))), Dims: space, In: []compute.Operand{at}, Out: []compute.Operand{at}}
}

func testRecord(d *device) {
	expect := func(d *device, what string, x compute.View, want int32) {
		d.Helper()
		for i, w := range d.read(x) {
			if int32(w) != want {
				d.Fatalf("%s: element %d is %d, want %d", what, i, int32(w), want)
			}
		}
	}
	d.run("replay", func(d *device) {
		x := d.integers(1, make([]int32, 1000)...)
		r := d.record(increment(x, 1), increment(x, 10))
		defer r.Release()
		expect(d, "recorded only", x, 0)
		r.Replay(1)
		expect(d, "once", x, 11)
		r.Replay(100)
		expect(d, "100 more", x, 1111)
		r.Replay(0)
		expect(d, "0 more", x, 1111)
		d.b.Run(increment(x, 1000))
		r.Replay(1)
		expect(d, "after a kernel of its own", x, 2122)
	})
	d.run("writes between", func(d *device) {
		const n = 5000
		x, sum := compute.ViewOf(d.buffer(n)), d.buffer(n)
		r := d.record(addInto(sum, x.Buffer))
		defer r.Release()
		words := make([]float32, n)
		for i := range 10 {
			fill(words, float32(i))
			d.b.Write(x, compute.Words(words))
			r.Replay(i)
		}
		for i, v := range d.read(compute.ViewOf(sum)) {
			if want := float32(285); v != compute.Words([]float32{want})[0] { // 0*0 + 1*1 + ... + 9*9
				d.Fatalf("element %d is %#x, want %g", i, v, want)
			}
		}
	})
	d.run("two recordings", func(d *device) {
		x := d.integers(3, make([]int32, 100)...)
		double := compute.NewBuilder(compute.Int)
		at := compute.Full(x, compute.D(100))
		a := d.record(increment(x, 1))
		b := d.record(&compute.Map{Expr: double.MustBuild(double.Apply(compute.OpMul, double.Input(0), double.Int(2))), Dims: compute.D(100), In: []compute.Operand{at}, Out: []compute.Operand{at}})
		for range 5 {
			a.Replay(1)
			b.Replay(1)
		}
		a.Release()
		expect(d, "x = 2 (x + 1), 5 times", x, 62)
		b.Replay(1)
		b.Release()
		expect(d, "doubled once more", x, 124)
	})
	d.run("release after replay", func(d *device) {
		x := d.integers(0, make([]int32, 20_000)...)
		for range 10 {
			r := d.record(increment(x, 1), increment(x, 2))
			r.Replay(3)
			r.Release() // the work enqueued from it still runs
			r.Release() // does nothing
		}
		expect(d, "10 recordings of +3, 3 times", x, 90)
	})
	d.run("buffers released after replay", func(d *device) {
		x, scratch := d.buffer(30_000), d.buffer(30_000)
		space := compute.D(30_000)
		r := d.record(&compute.Map{Expr: compute.Constant(1), Dims: space, Out: []compute.Operand{compute.Full(compute.ViewOf(scratch), space)}}, addInto(x, scratch))
		r.Replay(7)
		scratch.Release()
		d.buffer(30_000) // may get the same memory
		r.Release()
		for i, w := range d.read(compute.ViewOf(x)) {
			if w != compute.Words([]float32{7})[0] {
				d.Fatalf("element %d is %#x, want 7", i, w)
			}
		}
	})
	d.run("empty", func(d *device) {
		r := d.record()
		r.Replay(3)
		r.Release()
	})
	d.run("an epoch", func(d *device) {
		// A batch per step, picked by a cursor that the recording moves itself.
		const rows, cols, batch = 60, 3, 20
		table := d.matrix(1, rows, cols, layout{}, d.whole)
		order := d.integers(1, d.below(rows, rows)...)
		cursor, sum := compute.ViewOf(d.buffer(1)), d.matrix(1, rows, cols, layout{}, func() float32 { return 0 })
		got := d.matrix(1, batch, cols, layout{}, d.unread)
		index := compute.Index{View: order, Cursor: cursor, Stride: batch}
		steps := []compute.Kernel{
			&compute.Gather{Rows: batch, Cols: cols, TableRows: rows, Table: table, Index: index, Out: got},
			&compute.ScatterAdd{Rows: batch, Cols: cols, TableRows: rows, In: got, Index: index, Table: sum},
			increment(cursor, 1),
		}
		mem := d.snapshot([]compute.View{table.View, order, cursor, sum.View, got.View})
		for range rows / batch {
			for _, k := range steps {
				oracle(k, mem).apply()
			}
		}
		r := d.record(steps...)
		defer r.Release()
		r.Replay(rows / batch)
		d.same("the sums", d.read(compute.ViewOf(sum.Buffer)), mem[sum.Buffer])
		d.same("the cursor", d.read(cursor), []uint32{rows / batch})
	})
}
