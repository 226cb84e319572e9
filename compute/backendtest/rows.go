package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// anyWord is 32 random bits, for kernels that move words of any type.
func (d *device) anyWord() float32 { return math.Float32frombits(d.rng.Uint32()) }

// indexed visits the ways to pick rows of a table of tableRows: none, in order
// with repeats and numbers outside the table, and through a cursor.
func (d *device) indexed(rows, tableRows int, visit func(name string, x compute.Index)) {
	visit("no index", compute.Index{})
	numbers := d.below(tableRows+2, 3*rows+5)
	for i := range numbers {
		numbers[i]-- // -1 and tableRows are not in the table
	}
	if len(numbers) > 3 {
		numbers[0], numbers[1], numbers[2] = math.MaxInt32, math.MinInt32, 0
	}
	visit("index", compute.Index{View: d.integers(3, numbers...)})
	for _, cursor := range []int32{0, 1, 2} {
		visit(fmt.Sprintf("cursor %d", cursor), compute.Index{View: d.integers(1, numbers...), Cursor: d.integers(2, cursor), Stride: rows + int(cursor)})
	}
}

var rowTables = [][3]int{ // rows, columns, rows of the table
	{1, 1, 1}, {5, 3, 2}, {33, 17, 40}, {64, 64, 64}, {7, 129, 1000}, {3, 10_000, 5}, {300, 1, 7}, {70_000, 2, 50}, {2, 70_000, 3},
	{0, 4, 3}, {4, 0, 3}, {4, 3, 0},
}

func testGather(d *device) {
	for i, s := range rowTables {
		d.run(fmt.Sprintf("%dx%d of %d", s[0], s[1], s[2]), func(d *device) {
			d.indexed(s[0], s[2], func(_ string, x compute.Index) {
				d.check(&compute.Gather{
					Rows: s[0], Cols: s[1], TableRows: s[2], Index: x,
					Table: d.matrix(1, s[2], s[1], layouts[i%len(layouts)], d.anyWord),
					Out:   d.matrix(1, s[0], s[1], layouts[(i+1)%len(layouts)], d.unread),
				}, exact)
			})
		})
	}
}

func testGatherSums(d *device) {
	for i, s := range [][4]int{{5, 3, 2, 2}, {33, 17, 40, 3}, {7, 129, 1000, 100}, {64, 64, 64, 33}, {2, 3000, 5, 4}, {1, 2, 50, 70_000}, {3, 4, 0, 2}, {0, 4, 3, 2}, {3, 0, 3, 2}} {
		d.run(fmt.Sprintf("%dx%d of %d, %d each", s[0], s[1], s[2], s[3]), func(d *device) {
			visit := func(x compute.Index) {
				d.check(&compute.Gather{
					Rows: s[0], Cols: s[1], TableRows: s[2], Sum: s[3], Index: x,
					Table: d.matrix(1, s[2], s[1], layouts[i%len(layouts)], d.whole),
					Out:   d.matrix(1, s[0], s[1], layouts[(i+1)%len(layouts)], d.unread),
				}, exact)
			}
			d.indexed(s[0]*s[3], s[2], func(_ string, x compute.Index) { visit(x) })
			if s[2] > 0 { // with rows that are all there
				visit(compute.Index{View: d.integers(3, d.below(s[2], s[0]*s[3]+1)...)})
			}
		})
	}
}

func testScatterAdd(d *device) {
	for i, s := range rowTables {
		d.run(fmt.Sprintf("%dx%d into %d", s[0], s[1], s[2]), func(d *device) {
			d.indexed(s[0], s[2], func(_ string, x compute.Index) {
				d.check(&compute.ScatterAdd{
					Rows: s[0], Cols: s[1], TableRows: s[2], Index: x,
					Table: d.matrix(1, s[2], s[1], layouts[i%len(layouts)], d.whole),
					In:    d.matrix(1, s[0], s[1], layouts[(i+1)%len(layouts)], d.whole),
				}, exact)
			})
		})
	}
	d.run("each row several times", func(d *device) {
		for _, s := range [][4]int{{6, 3, 4, 2}, {200, 33, 50, 100}, {70_000, 2, 60, 7}, {5, 17, 3, 5}} {
			d.indexed(s[0], s[2], func(_ string, x compute.Index) {
				d.check(&compute.ScatterAdd{
					Rows: s[0], Cols: s[1], TableRows: s[2], Repeat: s[3], Index: x,
					Table: d.matrix(1, s[2], s[1], layouts[1%len(layouts)], d.whole),
					In:    d.matrix(1, s[0]/s[3], s[1], layouts[2%len(layouts)], d.whole),
				}, exact)
			})
		}
	})
	d.run("in order", func(d *device) {
		// 2^24 + 1 + 1 is 2^24 in float32, and 1 + 1 + 2^24 is 2^24 + 2.
		for _, c := range []struct {
			rows []float32
			want float32
		}{{[]float32{1 << 24, 1, 1}, 1 << 24}, {[]float32{1, 1, 1 << 24}, 1<<24 + 2}} {
			table := compute.ViewOf(d.buffer(1))
			d.b.Run(&compute.ScatterAdd{
				Rows: 3, Cols: 1, TableRows: 1, In: compute.Rows(upload(d, c.rows), 1),
				Index: compute.Index{View: d.integers(0, 0, 0, 0)}, Table: compute.Rows(table, 1),
			})
			if got := math.Float32frombits(d.read(table)[0]); got != c.want {
				d.Errorf("%v added in order: %g, want %g", c.rows, got, c.want)
			}
		}
	})
	d.run("NaN and Inf", func(d *device) {
		in := []float32{float32(math.NaN()), 1, float32(math.Inf(1)), 2, 3, 4}
		d.check(&compute.ScatterAdd{
			Rows: 3, Cols: 2, TableRows: 3, In: compute.Rows(upload(d, in), 2),
			Index: compute.Index{View: d.integers(0, 2, 0, 2)}, Table: d.matrix(1, 3, 2, layout{}, d.whole),
		}, exact)
	})
}
