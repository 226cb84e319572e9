// Package cpu_fallback is the CPU backend: every kernel of package compute in
// Go, dense products through gonum's [blas.Float32] interface.
//
// Work runs when it is given, on the calling goroutine and a fixed pool of
// helpers. It is cut the same way whatever the number of helpers, so results
// do not depend on it. Importing the package registers the driver "cpu".
package cpu_fallback

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

func init() {
	compute.Register(compute.Driver{Name: "cpu", Open: Open})
}

// Options choose how a CPU backend works. The zero value is the default.
type Options struct {
	// Threads is how many goroutines compute at a time; 0 means GOMAXPROCS.
	Threads int
	// BLAS picks the dense products, as the environment variable GLEARN_BLAS
	// does where this is empty: "gonum", "native", "openblas", or the path of
	// a library with the CBLAS interface. Empty in both takes the fastest that
	// passes its self-test. Products that compute wrong results are never used:
	// others take their place, and the log says so.
	BLAS string
}

// Open is OpenWith the default options.
func Open() (compute.Backend, error) { return OpenWith(Options{}) }

// OpenWith opens the CPU as a device. It fails for a negative number of
// threads and for products that were asked for by name and cannot be had.
func OpenWith(o Options) (compute.Backend, error) {
	if o.Threads < 0 {
		return nil, fmt.Errorf("cpu: %d threads; want a positive number, or 0 for one per core", o.Threads)
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	products, err := chooseProducts(o.BLAS)
	if err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	return newDevice(o.Threads, products), nil
}

// device is the CPU as a compute.Backend. Kernels have run when Run returns,
// so waiting for them is only a matter of taking the lock.
type device struct {
	mu        sync.Mutex
	pool      *pool
	products  products
	err       error // the first failure of enqueued work
	closed    bool
	live      map[*buffer]struct{}
	liveBytes int64
	releases  int // counts buffer releases, so that recordings notice them
	memory    int64
}

func newDevice(threads int, p products) *device {
	return &device{pool: newPool(threads), products: p, live: map[*buffer]struct{}{}, memory: memoryBytes()}
}

// Info implements compute.Backend.
func (d *device) Info() compute.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	return compute.Info{
		Backend:     "cpu",
		Device:      processorName(),
		Driver:      fmt.Sprintf("%s, %d threads", d.products.name, d.pool.threads()),
		Threads:     d.pool.threads(),
		MemoryBytes: d.memory,
		LiveBuffers: len(d.live),
		LiveBytes:   d.liveBytes,
	}
}

// Run implements compute.Backend.
func (d *device) Run(k compute.Kernel) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.closed {
		return
	}
	op, err := d.prepare(k)
	if err != nil {
		d.err = err
		return
	}
	op.run(d.pool)
}

// Sync implements compute.Backend.
func (d *device) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state()
}

// state is the error that waiting calls return.
func (d *device) state() error {
	if d.closed {
		return fmt.Errorf("cpu: %w", compute.ErrClosed)
	}
	return d.err
}

// Close implements compute.Backend.
func (d *device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.state()
	if d.closed {
		return err
	}
	d.closed = true
	for b := range d.live {
		b.words = nil
	}
	clear(d.live)
	d.liveBytes = 0
	d.pool.stop()
	return err
}
