//go:build cgo && (linux || windows)

package opengl

import (
	"github.com/glearn-go/glearn/compute"
)

// product is a MatMul, or a part of one: size[0] matrices of m x n = size[1] x
// size[2] with size[3] terms each.
type product struct {
	size [4]int // batch, m, n, k
	a    array  // over (batch, m, k)
	b    array  // over (batch, k, n)
	fin  finishing

	// With split, each matrix's k is cut into parts of terms each (the last may
	// be shorter), whose results lie behind one another in fin as matrices of
	// their own.
	split        bool
	parts, terms int
}

// The axes of a product's size.
const (
	axisBatch = iota
	axisM
	axisN
	axisK
)

// matMul lowers MatMul.
func (l *lowering) matMul(k *compute.MatMul) error {
	if k.M == 0 || k.N == 0 {
		return nil
	}
	return l.product(productOf(k))
}

// productOf is a MatMul as the generators see it.
func productOf(k *compute.MatMul) product {
	p := product{
		size: [4]int{k.Batches(), k.M, k.N, k.K},
		a:    array{k.A.View, []int{k.A.Batch, k.A.Stride, 1}},
		b:    array{k.B.View, []int{k.B.Batch, k.B.Stride, 1}},
		fin:  newFinishing(k.Epilogue, k.C, k.Accumulate, k.M, k.N),
	}
	if k.TransA {
		p.a.strides = []int{k.A.Batch, 1, k.A.Stride}
	}
	if k.TransB {
		p.b.strides = []int{k.B.Batch, 1, k.B.Stride}
	}
	return p
}

// part is p from place from on, n places along axis.
func (p product) part(axis, from, n int) product {
	p.size[axis] = n
	switch axis {
	case axisBatch:
		p.a.view.Offset += from * p.a.strides[0]
		p.b.view.Offset += from * p.b.strides[0]
	case axisM:
		p.a.view.Offset += from * p.a.strides[1]
	case axisN:
		p.b.view.Offset += from * p.b.strides[2]
	case axisK:
		p.a.view.Offset += from * p.a.strides[2]
		p.b.view.Offset += from * p.b.strides[1]
		return p
	}
	p.fin = p.fin.part(axis, from)
	return p
}

// flops counts a multiplication and an addition for each term.
func (p product) flops() int { return 2 * p.size[0] * p.size[1] * p.size[2] * p.size[3] }

// spaces lists the product's arrays with the axes they lie over.
func (p product) spaces() []laid {
	s := p.size
	all := []laid{
		{p.a, []int{s[axisBatch], s[axisM], s[axisK]}, []int{axisBatch, axisM, axisK}},
		{p.b, []int{s[axisBatch], s[axisK], s[axisN]}, []int{axisBatch, axisK, axisN}},
	}
	for _, a := range p.fin.arrays() {
		all = append(all, laid{*a, s[:3], []int{axisBatch, axisM, axisN}})
	}
	return all
}

// laid is an array over some axes of a product.
type laid struct {
	array
	dims, axes []int
}

func (a laid) span() int {
	if a.view.Empty() {
		return 0
	}
	return space{dims: a.dims}.span(a.array)
}

// longestK is how many terms one run adds up: its loops must end before
// llvmpipe cuts them. Every kernel adds at least two terms a turn, all loops
// counted: a tile of 8 terms takes 4 turns.
const longestK = maxLoop

// mostFLOPs bounds one run: Windows resets a device that is busy for 2 s, and
// a slow one does some 100 GFLOP/s.
const mostFLOPs = 100e9

// cut names an axis along which p has to be cut in two: an array that does not
// fit a storage block, a loop, a run or a grid that is too long. The axes that
// keep results apart come before k.
func (p product) cut(l *lowering) (int, bool) {
	axis, far := -1, 0
	for _, a := range p.spaces() {
		if l.fits(a.span()) {
			continue
		}
		for i, ax := range a.axes {
			reach := (a.dims[i] - 1) * a.strides[i]
			if ax == axisK {
				reach /= 4 // cutting k costs a pass over the results
			}
			if reach > far {
				axis, far = ax, reach
			}
		}
	}
	s := p.size
	switch {
	case axis >= 0:
		return axis, true
	case s[axisBatch] > l.lim.groups:
		return axisBatch, true
	case p.flops() > mostFLOPs && !l.lim.software:
		if s[axisBatch] > 1 {
			return axisBatch, true
		}
		if s[axisM] > 512 {
			return axisM, true
		}
		return axisK, s[axisK] > 4096
	case !l.fits(s[axisBatch]*s[axisM]*s[axisN]) && s[axisK] > longestK:
		return axisM, true // partial results have to fit as well
	case s[axisK] > longestK:
		return axisK, true
	case s[axisM] > l.lim.groups:
		return axisM, true
	case s[axisN] > l.lim.groups:
		return axisN, true
	}
	return 0, false
}

// product lowers p, in parts where it has to be cut.
func (l *lowering) product(p product) error {
	axis, need := p.cut(l)
	if !need {
		return l.dev.choose(l.lim, p).emit(l, p)
	}
	n := p.size[axis]
	half := n / 2
	if axis != axisK {
		if err := l.product(p.part(axis, 0, half)); err != nil {
			return err
		}
		return l.product(p.part(axis, half, n-half))
	}
	first, second := p.part(axisK, 0, half), p.part(axisK, half, n-half)
	if p.fin.epilogue == nil {
		second.fin.accumulate = true
		second.fin.partials = array{} // the first half has added them
	} else {
		// The epilogue wants the whole sum: the first half waits in scratch memory.
		size := p.size
		sum := array{l.temp(size[0] * size[1] * size[2]), []int{size[1] * size[2], size[2], 1}}
		first.fin = finishing{c: sum, m: p.fin.m, n: p.fin.n, partials: p.fin.partials}
		second.fin.partials = sum
	}
	if err := l.product(first); err != nil {
		return err
	}
	return l.product(second)
}
