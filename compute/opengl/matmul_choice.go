//go:build cgo && (linux || windows)

package opengl

import "fmt"

// candidate is one way to compute a product. Its String names it, in the
// tuning file too.
type candidate interface {
	fmt.Stringer
	// can says whether the device and the product's shape allow it.
	can(lim limits, p product) bool
	// emit appends the runs that compute p.
	emit(l *lowering, p product) error
}

// choose picks the candidate for a product by its shape alone, so that the same
// program gives the same bits on every run.
func choose(_ limits, p product) candidate { return chooseFlat(p) }

// flatRates are the flat kernels, with the GFLOP/s of each on a full grid
// (Mesa 22.3 llvmpipe, two cores) and the work from which its compile time,
// 0.4, 0.2 and 0.1 s, is soon earned back.
var flatRates = []struct {
	flat
	rate  float64
	flops int // the least
}{
	{flat{shared: 8, own: 16}, 35, 1 << 26},
	{flat{shared: 8, own: 16, lanesAlongM: true}, 33, 1 << 26},
	{flat{shared: 8, own: 8}, 28, 1 << 22},
	{flat{shared: 8, own: 8, lanesAlongM: true}, 27, 1 << 22},
	{flat{shared: 4, own: 8}, 24, 0},
	{flat{shared: 4, own: 8, lanesAlongM: true}, 23, 0},
}

// chooseFlat takes the kernel that is fastest with what its grid wastes beyond
// the edges.
func chooseFlat(p product) candidate {
	best, most := flatRates[0].flat, 0.0
	for _, f := range flatRates {
		if p.flops() < f.flops {
			continue
		}
		shared, own := p.size[axisM], p.size[axisN]
		if f.lanesAlongM {
			shared, own = own, shared
		}
		if rate := f.rate * filled(shared, f.shared) * filled(own, flatLanes*f.own); rate > most {
			best, most = f.flat, rate
		}
	}
	return best
}

// filled is the part of a grid in steps of step that n places fill.
func filled(n, step int) float64 { return float64(n) / float64(ceil(n, step)*step) }

// candidates lists all ways to compute a product.
func candidates() []candidate {
	var all []candidate
	for _, f := range flatRates {
		all = append(all, f.flat)
	}
	return append(all, splitK{flatRates[0].flat, 8}, splitK{flatRates[3].flat, 3})
}
