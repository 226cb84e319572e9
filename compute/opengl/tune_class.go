//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
)

// class is a kind of product that is tuned as one: products of about the same
// sizes, with the same transposes.
type class struct {
	transA, transB, batched bool
	m, n, k                 int
}

// The sizes that name classes: a product belongs to the largest that are not
// larger than its own.
var (
	classPlaces = []int{32, 64, 128, 256, 512, 1024, 2048}             // of m and n
	classTerms  = []int{32, 64, 128, 256, 512, 1024, 2048, 4096, 8192} // of k
)

func classOf(p product) class {
	return class{
		transA: p.a.strides[2] != 1, transB: p.b.strides[2] != 1, batched: p.size[axisBatch] > 1,
		m: atMost(classPlaces, p.size[axisM]), n: atMost(classPlaces, p.size[axisN]), k: atMost(classTerms, p.size[axisK]),
	}
}

// atMost is the last of the rising sizes that is not above n, or the first.
func atMost(sizes []int, n int) int {
	best := sizes[0]
	for _, s := range sizes {
		if s <= n {
			best = s
		}
	}
	return best
}

// String names the class in the tuning file.
func (c class) String() string {
	trans := [2]byte{'N', 'N'}
	if c.transA {
		trans[0] = 'T'
	}
	if c.transB {
		trans[1] = 'T'
	}
	s := fmt.Sprintf("%s %dx%dx%d", trans, c.m, c.n, c.k)
	if c.batched {
		s += " batched"
	}
	return s
}

// trialBatch is how many matrices a trial of a batched class has.
const trialBatch = 8

// sample is a product of the class, without operands, of at most the given
// work: larger sizes are halved.
func (c class) sample(flops int64) *compute.MatMul {
	k := &compute.MatMul{M: c.m, N: c.n, K: c.k, TransA: c.transA, TransB: c.transB}
	if c.batched {
		k.Batch = trialBatch
	}
	for k.FLOPs() > flops {
		switch longest := max(k.M, k.N, k.K); longest {
		case k.K:
			k.K /= 2
		case k.M:
			k.M /= 2
		default:
			k.N /= 2
		}
	}
	return k
}

// ways lists at most a dozen candidates for a product, those that could be the
// fastest on some device, the likelier ones first: who is far behind is timed
// but once.
func ways(lim limits, p product) []candidate {
	var all []candidate
	if lim.software {
		for _, f := range flatRates {
			all = append(all, f.flat)
		}
		all = append(all, tile32, tile64by8)
	} else {
		all = append(all, tile64by8, tile128Ahead, tile128, tile128xAhead, tile128x, tile64Ahead, tile32)
	}
	few := p.size[axisBatch]*p.size[axisM]*p.size[axisN] <= 512*512
	if few && p.size[axisK] >= splitParts[1]*worthwhile/2 {
		all = append(all, splitK{tile32, 32}, splitK{tile64by8, 32}, splitK{tile64by8, 8}, splitK{tile128x, 8})
	}
	if !lim.software {
		all = append(all, chooseFlat(p))
	}
	return slices.DeleteFunc(all, func(c candidate) bool { return !c.can(lim, p) })
}
