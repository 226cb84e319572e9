package backendtest

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// product is a MatMul with operands of its own. A C that is not accumulated
// into starts as NaN, so that reading it shows.
func (d *device) product(batch, m, n, k int, transA, transB, accumulate bool, a, b, c layout, value func() float32) *compute.MatMul {
	d.Helper()
	p := &compute.MatMul{Batch: batch, M: m, N: n, K: k, TransA: transA, TransB: transB, Accumulate: accumulate}
	shape := func(rows, cols int, transposed bool) (int, int) {
		if transposed {
			return cols, rows
		}
		return rows, cols
	}
	rows, cols := shape(m, k, transA)
	p.A = d.matrix(p.Batches(), rows, cols, a, value)
	rows, cols = shape(k, n, transB)
	p.B = d.matrix(p.Batches(), rows, cols, b, value)
	start := d.unread
	if accumulate {
		start = value
	}
	p.C = d.matrix(p.Batches(), m, n, c, start)
	return p
}

func transposes(visit func(transA, transB bool)) {
	for i := range 4 {
		visit(i&1 != 0, i&2 != 0)
	}
}

// edges are sizes at, below and above the tiles that kernels are made of.
var edges = []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129}

func testMatMul(d *device) {
	shapes := [][3]int{ // m, n, k
		{1, 1, 1}, {1, 1, 129}, {1, 129, 1}, {129, 1, 1}, {2, 3, 5},
		{15, 16, 17}, {16, 16, 16}, {17, 15, 16}, {31, 33, 32}, {33, 31, 15}, {32, 32, 32},
		{63, 65, 64}, {65, 63, 17}, {64, 64, 64}, {127, 129, 33}, {129, 127, 65}, {128, 128, 128}, {129, 129, 129},
		{1, 64, 100}, {3, 500, 7}, {500, 3, 7}, {7, 3, 1000}, {130, 46, 64}, {46, 130, 65},
		{0, 5, 3}, {5, 0, 3}, {0, 0, 0}, {4, 6, 0},
	}
	random := 40
	if d.suite.short {
		random = 8
	}
	for range random {
		shapes = append(shapes, [3]int{edges[d.rng.IntN(len(edges))], edges[d.rng.IntN(len(edges))], edges[d.rng.IntN(len(edges))]})
	}
	for i, s := range shapes {
		d.run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(d *device) {
			n := i
			transposes(func(transA, transB bool) {
				n++
				pick := func(step int) layout { return layouts[n*step%len(layouts)] }
				d.check(d.product(0, s[0], s[1], s[2], transA, transB, n%3 == 0, pick(1), pick(5), pick(7), d.whole), exact)
			})
		})
	}
}

func testMatMulBatched(d *device) {
	for i, s := range [][4]int{ // batch, m, n, k
		{1, 5, 6, 7}, {2, 1, 1, 1}, {3, 17, 15, 16}, {2, 33, 65, 31}, {5, 8, 9, 64}, {300, 3, 2, 4}, {2, 129, 64, 17}, {4, 0, 3, 2}, {4, 3, 2, 0},
	} {
		d.run(fmt.Sprintf("%dx%dx%dx%d", s[0], s[1], s[2], s[3]), func(d *device) {
			n := i
			transposes(func(transA, transB bool) {
				for shared := range 4 {
					n++
					a, b, c := layouts[n%len(layouts)], layouts[(n+2)%len(layouts)], layouts[(n+3)%len(layouts)]
					a.shared, b.shared = shared&1 != 0, shared&2 != 0
					d.check(d.product(s[0], s[1], s[2], s[3], transA, transB, n%3 == 0, a, b, c, d.whole), exact)
				}
			})
		})
	}
}

func testMatMulLarge(d *device) {
	const long = 70_000 // more than the 65,535 that ends loops and groups on some GPUs
	for _, s := range [][3]int{{3, 5, long}, {long, 2, 3}, {2, long, 3}, {33, 17, 66_001}} {
		d.run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(d *device) {
			transposes(func(transA, transB bool) {
				if d.suite.short && (transA || transB) {
					return
				}
				d.check(d.product(0, s[0], s[1], s[2], transA, transB, false, layout{}, layout{}, layout{}, d.whole), exact)
			})
			d.check(d.product(0, s[0], s[1], s[2], false, false, true, layouts[1], layouts[2], layouts[3], d.whole), exact)
		})
	}
	d.run("70000 matrices", func(d *device) {
		d.check(d.product(long, 1, 2, 2, false, true, false, layout{}, layout{shared: true}, layout{}, d.whole), exact)
	})
}
