package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// testDeterminism runs kernels whose results depend on the order of their sums
// ten times over, and once on a second device: the same bits each time.
func testDeterminism(d *device) {
	type trial struct {
		k   compute.Kernel
		out compute.View
	}
	trials := func(d *device) map[string]trial {
		all := map[string]trial{}
		add := func(name string, k compute.Kernel, out compute.View) {
			all[name] = trial{k, compute.ViewOf(out.Buffer)}
		}
		for _, s := range [][4]int{{0, 130, 70, 300}, {0, 3, 5, 20_000}, {0, 512, 64, 1000}, {4, 33, 17, 65}} {
			i := 0
			transposes(func(transA, transB bool) {
				p := d.product(s[0], s[1], s[2], s[3], transA, transB, false, layout{}, layout{}, layout{}, d.real)
				add(fmt.Sprintf("%v %d", p, i), p, p.C.View)
				i++
			})
		}
		for _, mask := range []int{4, 8, 12} {
			space := compute.D(300, 333)
			k := d.reduction(compute.ReduceSum, compute.Identity(compute.Float), space, mask, 0, compute.Full(d.floats(0, space.Size(), d.real), space))
			add(fmt.Sprintf("%v over %d", k, mask), k, k.Out.View)
		}
		in := d.matrix(1, 70, 1000, layout{}, d.real)
		out := d.matrix(1, 70, 1000, layout{}, d.unread)
		add("softmax", &compute.Softmax{Rows: 70, Cols: 1000, In: in, Out: out}, out.View)
		index := compute.Index{View: d.integers(0, d.below(9, 1000)...)}
		rows := d.matrix(1, 1000, 33, layout{}, d.real)
		table := d.matrix(1, 9, 33, layout{}, d.real)
		add("scatter", &compute.ScatterAdd{Rows: 1000, Cols: 33, TableRows: 9, In: rows, Index: index, Table: table}, table.View)
		m := d.sparse(300, 50, 0.2)
		for i := range m.val {
			m.val[i] = d.real()
		}
		t := &compute.SparseMatMulT{M: 300, N: 20, A: d.csr(m, true, compute.Index{}), B: d.matrix(1, 300, 20, layout{}, d.real), C: d.matrix(1, 50, 20, layout{}, d.unread)}
		add("sparse", t, t.C.View)
		n := compute.D(5000)
		functions := compute.NewBuilder(compute.Float)
		x := functions.Input(0)
		e := functions.MustBuild(functions.Apply(compute.OpMul, functions.Apply(compute.OpTanh, x), functions.Apply(compute.OpAdd, functions.Apply(compute.OpExp, x), functions.Apply(compute.OpSin, x))))
		mapped := compute.Full(d.floats(0, 5000, d.unread), n)
		add("map", &compute.Map{Expr: e, Dims: n, In: []compute.Operand{compute.Full(d.floats(0, 5000, d.real), n)}, Out: []compute.Operand{mapped}}, mapped.View)
		return all
	}
	results := func(d *device, repeats int) map[string][]uint32 {
		first := map[string][]uint32{}
		for name, t := range trials(d) {
			start := d.read(t.out)
			for i := range repeats {
				d.b.Write(t.out, start)
				d.b.Run(t.k)
				got := d.read(t.out)
				if i == 0 {
					first[name] = got
				}
				d.same(fmt.Sprintf("%s: run %d differs from run 0", name, i), got, first[name])
			}
		}
		return first
	}
	var here map[string][]uint32
	d.run("ten runs", func(d *device) { here = results(d, 10) })
	d.run("another device", func(d *device) {
		other := d.suite.device(d.tb)
		defer other.close()
		other.rng = d.rng // the data of the ten runs
		for name, got := range results(other, 1) {
			d.same(name+": another device differs", got, here[name])
		}
	})
}
