package backendtest

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// guard fills the words around and between the elements of operands: a NaN, so
// that a read outside shows in the result, and of known bits, so that a write
// outside shows too.
const guard = 0x7FC0DEAD

// whole is a small whole number. Products and sums of a hundred thousand of them
// are exact in float32 in any order, so a single missing term is seen.
func (d *device) whole() float32 { return float32(d.rng.IntN(9) - 4) }

// real is a normally distributed number.
func (d *device) real() float32 { return float32(d.rng.NormFloat64()) }

// unread is a value that must not reach any result.
func (d *device) unread() float32 { return math.Float32frombits(guard) }

// layout says how a matrix lies in its buffer.
type layout struct {
	offset int  // words before the first element
	gap    int  // words between rows, beyond the columns
	apart  int  // words between the matrices of a batch, beyond their span
	shared bool // one matrix for the whole batch
}

// layouts are tight, padded and unaligned in several ways; no offset but the
// first is a multiple of 4, or of the 64 words that some GPUs bind at.
var layouts = []layout{
	{}, {offset: 3, gap: 1}, {offset: 65, gap: 2, apart: 1}, {offset: 1, gap: 5, apart: 3}, {offset: 130, gap: 4, apart: 7}, {offset: 7, gap: 0, apart: 2},
}

// matrix puts a batch of matrices on the device, guards around the elements.
func (d *device) matrix(batch, rows, cols int, l layout, value func() float32) compute.Matrix {
	d.Helper()
	stride := cols + l.gap
	m := compute.Matrix{Stride: stride}
	span := max(0, (rows-1)*stride+cols)
	if rows*cols == 0 {
		span = 0
	}
	if l.shared {
		batch = 1
	} else {
		m.Batch = span + l.apart
	}
	length := 0
	if batch > 0 {
		length = (batch-1)*m.Batch + span
	}
	words := make([]uint32, l.offset+length+3)
	for i := range words {
		words[i] = guard
	}
	for b := range batch {
		for i := range rows {
			for j := range cols {
				words[l.offset+b*m.Batch+i*stride+j] = math.Float32bits(value())
			}
		}
	}
	m.View = upload(d, words).Slice(l.offset, length)
	return m
}

// guarded puts words on the device between guards.
func (d *device) guarded(offset int, words []uint32) compute.View {
	d.Helper()
	all := make([]uint32, offset+len(words)+3)
	for i := range all {
		all[i] = guard
	}
	copy(all[offset:], words)
	return upload(d, all).Slice(offset, len(words))
}

// floats puts n values on the device between guards.
func (d *device) floats(offset, n int, value func() float32) compute.View {
	d.Helper()
	words := make([]uint32, n)
	for i := range words {
		words[i] = math.Float32bits(value())
	}
	return d.guarded(offset, words)
}

// integers puts row numbers, labels or the like on the device between guards.
func (d *device) integers(offset int, values ...int32) compute.View {
	d.Helper()
	return d.guarded(offset, compute.Words(values))
}

// below is n random whole numbers from 0 up to limit.
func (d *device) below(limit, n int) []int32 {
	values := make([]int32, n)
	for i := range values {
		values[i] = int32(d.rng.IntN(limit))
	}
	return values
}
