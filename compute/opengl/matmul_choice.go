//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"
)

// candidate is one way to compute a product. Its String names it, in the
// tuning file too.
type candidate interface {
	fmt.Stringer
	// can says whether the device and the product's shape allow it.
	can(lim limits, p product) bool
	// emit appends the runs that compute p.
	emit(l *lowering, p product) error
}

// choose picks the candidate for a product by the device and the shape alone,
// so that the same program gives the same bits on every run.
func choose(lim limits, p product) candidate {
	if !lim.software {
		if c := chooseTiled(lim, p); c != nil {
			return c
		}
	}
	return chooseFlat(p)
}

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
	var best flat
	most := 0.0
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

// The tiled kernels, small to large.
var (
	tile32        = tiled{m: 32, n: 32, k: 16, rows: 4, columns: 4}               // 64 invocations
	tile64by8     = tiled{m: 64, n: 64, k: 32, rows: 4, columns: 8}               // 128
	tile64Ahead   = tiled{m: 64, n: 64, k: 16, rows: 8, columns: 8, ahead: true}  // 64
	tile128x      = tiled{m: 128, n: 64, k: 16, rows: 8, columns: 8}              // 128
	tile128xAhead = tiled{m: 128, n: 64, k: 8, rows: 8, columns: 8, ahead: true}  // 128
	tile128       = tiled{m: 128, n: 128, k: 16, rows: 8, columns: 8}             // 256
	tile128Ahead  = tiled{m: 128, n: 128, k: 8, rows: 8, columns: 8, ahead: true} // 256
)

// tiles are all of them.
var tiles = []tiled{tile32, tile64by8, tile64Ahead, tile128x, tile128xAhead, tile128, tile128Ahead}

// tileTable is what a family of GPUs starts with, before or without tuning,
// large to small. The sizes are those which CLBlast's tuner found for Xgemm in
// single precision (github.com/CNugteren/CLBlast,
// src/database/kernels/xgemm/xgemm_32.hpp): 128x128x16 for NVIDIA's GTX TITAN X
// and GTX 1070, 64x64x32 by 16x8 invocations as the default of AMD, Intel and
// NVIDIA SM 6.1, and 32x32 where nothing is known of the vendor. For NVIDIA the
// largest goes ahead with tiles of 8 terms, as CUTLASS' default for products in
// single precision without tensor cores does (github.com/NVIDIA/cutlass,
// include/cutlass/gemm/device/default_gemm_configuration.h: 128x128x8, two
// stages).
var tileTable = []struct {
	vendor string // part of the vendor's or the renderer's name
	tiles  []tiled
}{
	{"nvidia", []tiled{tile128Ahead, tile128xAhead, tile64by8, tile32}},
	{"amd", []tiled{tile64by8, tile32}},
	{"ati ", []tiled{tile64by8, tile32}},
	{"radeon", []tiled{tile64by8, tile32}},
	{"intel", []tiled{tile64by8, tile32}},
	{"", []tiled{tile32}},
}

// splitParts are the numbers of parts that k is cut into.
var splitParts = []int{32, 8}

// A GPU is busy with some groups for each of its tens of compute units; parts
// of k are worth a second pass when they are this long.
const (
	busyGroups = 64
	worthwhile = 512
)

// chooseTiled takes the largest tile of the vendor's that keeps a GPU busy,
// with k split if need be, and wastes at most a quarter of its work beyond the
// edges; else the smallest. It gives nil where not even that is possible.
func chooseTiled(lim limits, p product) candidate {
	var last candidate
	for _, t := range tilesOf(lim) {
		if !t.can(lim, p) {
			continue
		}
		m, n := p.size[axisM], p.size[axisN]
		groups := p.size[axisBatch] * ceil(m, t.m) * ceil(n, t.n)
		last = t
		for _, parts := range splitParts {
			split := splitK{t, parts}
			if groups*parts <= 2*busyGroups && p.size[axisK] >= parts*worthwhile && split.can(lim, p) {
				last = split
				groups *= parts
				break
			}
		}
		if groups >= busyGroups && filled(m, t.m)*filled(n, t.n) >= 0.75 {
			break
		}
	}
	return last
}

// tilesOf is the tile table's entry for a device.
func tilesOf(lim limits) []tiled {
	name := strings.ToLower(lim.vendor + " " + lim.renderer)
	for _, e := range tileTable {
		if strings.Contains(name, e.vendor) {
			return e.tiles
		}
	}
	return nil
}

// candidates lists all ways to compute a product.
func candidates() []candidate {
	var all []candidate
	for _, f := range flatRates {
		all = append(all, f.flat)
	}
	for _, t := range tiles {
		all = append(all, t)
	}
	for _, parts := range splitParts {
		all = append(all, splitK{flatRates[2].flat, parts}, splitK{tile32, parts}, splitK{tile64by8, parts}, splitK{tile128x, parts})
	}
	return all
}
