package backendtest

import (
	"errors"
	"fmt"
	"math"

	"github.com/glearn-go/glearn/compute"
)

func testMemory(d *device) {
	d.run("new buffers are zero", func(d *device) {
		// Again and again, since the second one may reuse the first one's memory.
		for _, n := range []int{1, 1000, 70_000, 1000, 1} {
			b := d.buffer(n)
			for i, w := range d.read(compute.ViewOf(b)) {
				if w != 0 {
					d.Fatalf("word %d of a new buffer of %d is %#x", i, n, w)
				}
			}
			junk := make([]uint32, n)
			for i := range junk {
				junk[i] = guard
			}
			d.b.Write(compute.ViewOf(b), junk)
			d.release()
		}
	})
	d.run("sizes", func(d *device) {
		for _, n := range []int{0, 1, 63, 65, 4097} {
			if got := d.buffer(n).Len(); got != n {
				d.Errorf("a buffer of %d words says it has %d", n, got)
			}
		}
	})
	d.run("write and read windows", func(d *device) {
		b := d.buffer(1000)
		want := make([]uint32, 1000)
		for _, w := range [][2]int{{0, 1000}, {0, 1}, {999, 1}, {3, 129}, {64, 64}, {500, 0}, {130, 7}} {
			words := make([]uint32, w[1])
			for i := range words {
				words[i] = d.rng.Uint32() // signalling NaNs among them
			}
			copy(want[w[0]:], words)
			d.b.Write(compute.ViewOf(b).Slice(w[0], w[1]), words)
			clear(words) // Write has taken its copy
			d.same(fmt.Sprintf("words [%d, %d)", w[0], w[0]+w[1]), d.read(compute.ViewOf(b).Slice(w[0], w[1])), want[w[0]:w[0]+w[1]])
		}
		d.same("the whole buffer", d.read(compute.ViewOf(b)), want)
	})
	d.run("live buffers", func(d *device) {
		was := d.b.Info()
		a, b := d.buffer(100), d.buffer(1000)
		if now := d.b.Info(); now.LiveBuffers != was.LiveBuffers+2 || now.LiveBytes < was.LiveBytes+4*1100 {
			d.Errorf("with two buffers more, %d of %d bytes became %d of %d", was.LiveBuffers, was.LiveBytes, now.LiveBuffers, now.LiveBytes)
		}
		a.Release()
		a.Release() // does nothing
		if now := d.b.Info(); now.LiveBuffers != was.LiveBuffers+1 {
			d.Errorf("one of two buffers was released (twice): %d are alive, want %d", now.LiveBuffers, was.LiveBuffers+1)
		}
		b.Release()
		if now := d.b.Info(); now.LiveBuffers != was.LiveBuffers || now.LiveBytes != was.LiveBytes {
			d.Errorf("both released: %d of %d bytes are alive, want %d of %d", now.LiveBuffers, now.LiveBytes, was.LiveBuffers, was.LiveBytes)
		}
	})
	d.run("release before the work is done", func(d *device) {
		// The released memory must not serve a new buffer while kernels still use it.
		result := d.buffer(50_000)
		for round := range 20 {
			a := d.buffer(50_000)
			d.b.Run(&compute.Map{Expr: compute.Constant(float32(round + 1)), Dims: compute.D(50_000), Out: []compute.Operand{compute.Full(compute.ViewOf(a), compute.D(50_000))}})
			d.b.Run(addInto(result, a))
			a.Release()
		}
		for i, w := range d.read(compute.ViewOf(result)) {
			if x := math.Float32frombits(w); x != 210 {
				d.Fatalf("element %d is %g, want 1 + 2 + ... + 20 = 210", i, x)
			}
		}
	})
	d.run("out of memory", func(d *device) {
		before := d.b.Info()
		sizes := []int{math.MaxInt / 8}
		if before.MemoryBytes > 0 {
			sizes = append(sizes, int(before.MemoryBytes/4)+1)
		}
		if before.MaxWords > 0 {
			sizes = append(sizes, before.MaxWords+1)
		}
		for _, n := range sizes {
			b, err := d.b.NewBuffer(n)
			if err == nil {
				b.Release()
			}
			if !errors.Is(err, compute.ErrOutOfMemory) {
				d.Errorf("NewBuffer(%d): %v, want ErrOutOfMemory", n, err)
			}
		}
		if now := d.b.Info(); now.LiveBuffers != before.LiveBuffers {
			d.Errorf("failed NewBuffers left %d buffers alive", now.LiveBuffers-before.LiveBuffers)
		}
		d.check(d.product(0, 5, 6, 7, false, false, false, layout{}, layout{}, layout{}, d.whole), exact)
	})
}

// addInto is sum += a, element by element.
func addInto(sum, a compute.Buffer) *compute.Map {
	space := compute.D(a.Len())
	total := compute.Full(compute.ViewOf(sum), space)
	return &compute.Map{
		Expr: compute.Binary(compute.OpAdd), Dims: space,
		In:  []compute.Operand{total, compute.Full(compute.ViewOf(a), space)},
		Out: []compute.Operand{total},
	}
}

// same compares words bit by bit.
func (d *device) same(what string, got, want []uint32) {
	d.Helper()
	for i := range want {
		if got[i] != want[i] {
			d.Errorf("%s: word %d is %#x, want %#x", what, i, got[i], want[i])
			return
		}
	}
}
