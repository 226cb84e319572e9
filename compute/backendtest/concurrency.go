package backendtest

import (
	"fmt"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// testConcurrency has several goroutines use one device at a time.
func testConcurrency(d *device) {
	const workers, rounds = 6, 15
	shared := d.integers(1, make([]int32, 3000)...)
	r := d.record(increment(shared, 1000))
	defer r.Release()
	problems := make(chan error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := range rounds {
				d.b.Run(increment(shared, 1))
				r.Replay(1)
				if err := work(d.b, int32(w*1000+i)); err != nil {
					problems <- fmt.Errorf("goroutine %d, round %d: %w", w, i, err)
					return
				}
			}
		})
	}
	wait.Wait()
	close(problems)
	for err := range problems {
		d.Errorf("%v", err)
	}
	for i, got := range d.read(shared) {
		if got != workers*rounds*1001 {
			d.Fatalf("element %d counts %d, want %d", i, got, workers*rounds*1001)
		}
	}
}

// work is what one goroutine does: memory, writes, kernels and reads of its own.
func work(b compute.Backend, seed int32) error {
	values := make([]int32, 2000)
	fill(values, seed)
	x, err := compute.NewBufferOf(b, values)
	if err != nil {
		return err
	}
	defer x.Release()
	r, err := b.Record([]compute.Kernel{increment(compute.ViewOf(x), 1), increment(compute.ViewOf(x), 2)})
	if err != nil {
		return err
	}
	defer r.Release()
	r.Replay(5)
	got, err := compute.ReadAs[int32](b, compute.ViewOf(x))
	if err != nil {
		return err
	}
	for i, v := range got {
		if v != seed+15 {
			return fmt.Errorf("element %d is %d, want %d", i, v, seed+15)
		}
	}
	return b.Sync()
}
