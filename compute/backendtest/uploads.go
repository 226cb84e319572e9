package backendtest

import (
	"fmt"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// uploadSizes are numbers of words that backends may bring to a device in
// different ways.
var uploadSizes = []int{1, 1000, 1<<14 - 1, 1 << 14, 60_000, 300_001}

// testUploads has Writes and kernels follow each other without a wait.
func testUploads(d *device) {
	d.run("after a kernel that reads", func(d *device) {
		// Each Write replaces what the kernel before it reads.
		const rounds = 20
		for _, n := range uploadSizes {
			x, sum := compute.ViewOf(d.buffer(n)), d.buffer(n)
			words := make([]float32, n)
			for i := range rounds {
				fill(words, float32(i+1))
				d.b.Write(x, compute.Words(words))
				d.b.Run(addInto(sum, x.Buffer))
			}
			fill(words, rounds*(rounds+1)/2)
			d.same(fmt.Sprintf("%d words: 1 + 2 + ... + %d", n, rounds), d.read(compute.ViewOf(sum)), compute.Words(words))
		}
	})
	d.run("after a kernel that writes", func(d *device) {
		for _, n := range uploadSizes {
			x, y := d.buffer(n), d.buffer(n)
			words := make([]float32, n)
			for i := range 5 {
				d.b.Run(addInto(x, y)) // 0 or what was written, and 0
				fill(words, float32(i))
				d.b.Write(compute.ViewOf(x), compute.Words(words))
			}
			d.same(fmt.Sprintf("%d words", n), d.read(compute.ViewOf(x)), compute.Words(words))
		}
	})
	d.run("many in flight", func(d *device) {
		// All from one slice, which every Write has to be done with.
		const words, writes = 400_000, 300
		b := d.buffer(words)
		want, from := make([]uint32, words), make([]uint32, 120_000)
		for i := range writes {
			n := 1 + d.rng.IntN(len(from))
			at := d.rng.IntN(words - n)
			fill(from[:n], uint32(i))
			from[0], from[n-1] = uint32(at), uint32(n)
			copy(want[at:], from[:n])
			d.b.Write(compute.View{Buffer: b, Offset: at, Len: n}, from[:n])
		}
		d.same("all of them", d.read(compute.ViewOf(b)), want)
	})
	d.run("from several goroutines", func(d *device) {
		problems := make(chan error, 4)
		var wait sync.WaitGroup
		for w := range cap(problems) {
			wait.Go(func() {
				if err := uploadAndAdd(d.b, 30_000+10_000*w); err != nil {
					problems <- fmt.Errorf("goroutine %d: %w", w, err)
				}
			})
		}
		wait.Wait()
		close(problems)
		for err := range problems {
			d.Errorf("%v", err)
		}
	})
}

// uploadAndAdd adds 1, 2, ... 12, uploaded one after another to one buffer.
func uploadAndAdd(b compute.Backend, n int) error {
	x, err := b.NewBuffer(n)
	if err != nil {
		return err
	}
	defer x.Release()
	sum, err := b.NewBuffer(n)
	if err != nil {
		return err
	}
	defer sum.Release()
	words := make([]float32, n)
	for i := range 12 {
		fill(words, float32(i+1))
		b.Write(compute.ViewOf(x), compute.Words(words))
		b.Run(addInto(sum, x))
	}
	got, err := compute.ReadAs[float32](b, compute.ViewOf(sum))
	if err != nil {
		return err
	}
	for i, v := range got {
		if v != 78 {
			return fmt.Errorf("element %d is %g, want 1 + 2 + ... + 12 = 78", i, v)
		}
	}
	return nil
}
