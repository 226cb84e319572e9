package backendtest

import (
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

// rounding is the error of a dot product of k terms, relative to the sum of the
// terms' magnitudes: errors of single float32 roundings that add up in a random
// walk. A product in half or TF32 precision is a thousand times further off.
func rounding(k int) tolerance { return tolerance{ulps: 1, scale: 8 + 2*math.Sqrt(float64(k))} }

func testMatMulValues(d *device) {
	d.run("rounding", func(d *device) {
		for _, s := range [][3]int{{5, 7, 3}, {33, 17, 100}, {64, 64, 1000}, {9, 130, 513}, {3, 2, 20_000}} {
			transposes(func(transA, transB bool) {
				d.check(d.product(0, s[0], s[1], s[2], transA, transB, s[2]%2 == 1, layout{}, layout{}, layout{}, d.real), rounding(s[2]))
			})
		}
	})
	// NaN and infinities reach every element of their row or column, and no
	// other. The other factor has no zeros: a product may skip those.
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		d.run(fmt.Sprint(bad), func(d *device) {
			for _, s := range [][3]int{{3, 4, 5}, {17, 33, 16}, {70, 9, 130}} {
				transposes(func(transA, transB bool) {
					for _, inA := range []bool{true, false} {
						at, n := d.rng.IntN(s[2]), 0
						positive := func() float32 { return 1 + float32(d.rng.IntN(4)) }
						p := d.product(0, s[0], s[1], s[2], transA, transB, false, layout{}, layout{}, layout{}, positive)
						spoilt := p.A
						if !inA {
							spoilt = p.B
						}
						n = at % spoilt.Len
						d.b.Write(spoilt.View.Slice(n, 1), []uint32{math.Float32bits(float32(bad))})
						d.check(p, exact)
					}
				})
			}
		})
	}
	d.run("overwrites NaN", func(d *device) {
		p := d.product(0, 20, 30, 40, false, false, false, layout{}, layout{}, layout{}, d.whole)
		d.check(p, exact)
		d.check(p, exact) // C now holds the product and is not added to
	})
	d.run("accumulates", func(d *device) {
		p := d.product(0, 20, 30, 40, false, true, true, layout{}, layout{}, layout{}, d.whole)
		for range 3 {
			d.check(p, exact)
		}
	})
	d.run("a factor twice", func(d *device) {
		p := d.product(0, 20, 20, 20, true, false, false, layout{}, layout{}, layout{}, d.whole)
		p.B = p.A
		d.check(p, exact)
	})
	d.run("results that vanish", func(d *device) {
		p := d.product(0, 4, 4, 4, false, false, false, layout{}, layout{}, layout{}, func() float32 { return 1e-30 })
		d.check(p, exact)
	})
	d.run("results that overflow", func(d *device) {
		p := d.product(0, 4, 4, 4, false, false, false, layout{}, layout{}, layout{}, func() float32 { return 1e30 })
		d.check(p, exact)
	})
	d.run("interleaved batch", func(d *device) {
		// The heads of an attention layer: matrices side by side in the rows of C.
		const heads, m, n, k = 3, 5, 4, 6
		p := d.product(heads, m, n, k, false, false, false, layout{}, layout{}, layout{}, d.whole)
		p.C = compute.Matrix{View: d.floats(2, m*heads*n, d.unread), Stride: heads * n, Batch: n}
		d.check(p, exact)
	})
}
