//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestTenDevices has ten goroutines each open a device, train on it in a manner
// of speaking, and close it, all at the same time: no state of a context may be
// shared.
func TestTenDevices(t *testing.T) {
	requireDevice(t)
	const devices, steps = 10, 20
	results := make([][]float32, devices)
	var all sync.WaitGroup
	for i := range devices {
		all.Go(func() {
			var err error
			if results[i], err = powers(steps); err != nil {
				t.Errorf("device %d: %v", i, err)
			}
		})
	}
	all.Wait()
	for i, r := range results {
		if !slices.Equal(r, results[0]) {
			t.Errorf("device %d computed %v, device 0 %v", i, r, results[0])
		}
	}
	if got := results[0]; len(got) != 4 || got[0] != 1 || got[1] != steps {
		t.Errorf("[1 1; 0 1] to the power %d is %v, want [1 %d; 0 1]", steps, got, steps)
	}
}

// powers is [1 1; 0 1] to the power n, computed on a device of its own.
func powers(n int) (result []float32, err error) {
	d, err := open(options{})
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
	}()
	one := func(values ...float32) compute.View {
		b, e := compute.NewBufferOf(d, values)
		if e != nil {
			err = fmt.Errorf("a buffer of %d words: %w", len(values), e)
			return compute.View{}
		}
		return compute.ViewOf(b)
	}
	a, x, y := one(1, 1, 0, 1), one(1, 0, 0, 1), one(0, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	dims := compute.D(4)
	r, err := d.Record([]compute.Kernel{
		&compute.MatMul{M: 2, N: 2, K: 2, A: compute.Rows(x, 2), B: compute.Rows(a, 2), C: compute.Rows(y, 2)},
		&compute.Copy{Dims: dims, In: compute.Full(y, dims), Out: compute.Full(x, dims)},
	})
	if err != nil {
		return nil, err
	}
	defer r.Release()
	for range n / 2 {
		r.Replay(2)
	}
	return compute.ReadAs[float32](d, x)
}
