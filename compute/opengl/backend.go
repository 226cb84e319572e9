//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/internal/devicememory"
)

func init() {
	compute.Register(compute.Driver{Name: "opengl", Rank: 10, Open: Open})
}

// device is a compute.Backend: an OpenGL context and the thread that owns it.
type device struct {
	th      *thread
	stopped chan struct{} // closed when the thread has ended
	staging *staging
	lim     limits
	tuner   *tuner
	choose  func(limits, product) candidate // how products are computed: the tuner's, except in tests

	mu     sync.Mutex
	live   map[*buffer]struct{}
	count_ int   // live buffers
	bytes  int64 // of those
	closed bool
}

// Open opens the first OpenGL 4.3 device. The error wraps
// compute.ErrNoDevice and says what is missing when there is none.
func Open() (compute.Backend, error) {
	d, err := open(options{})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// options are what tests change of a device.
type options struct {
	limit   func(*limits)                      // tightens what the driver offers
	rewrite func(kernel, source string) string // changes a program's text
	check   func(*device) error                // instead of the self-test
	staged  int                                // words of a staging buffer at most
}

func open(o options) (*device, error) {
	d := &device{th: newThread(), stopped: make(chan struct{}), staging: &staging{longest: mostStaged}, live: map[*buffer]struct{}{}}
	if o.staged > 0 {
		d.staging.longest = o.staged
	}
	mode, err := readTuneMode()
	if err != nil {
		return nil, err
	}
	d.tuner = &tuner{dev: d, mode: mode}
	d.choose = d.tuner.choose
	ready := make(chan error)
	start := func() (*gpu, error) {
		g, err := openGPU(d.staging)
		if err != nil {
			return nil, err
		}
		g.lim.memory, err = devicememory.Limit(g.lim.memory)
		if err != nil {
			g.close()
			return nil, fmt.Errorf("opengl: %w", err)
		}
		d.tuner.software = g.lim.software // whatever a test makes of it
		if o.limit != nil {
			o.limit(&g.lim)
		}
		g.rewrite = o.rewrite
		d.lim = g.lim
		return g, nil
	}
	go d.th.run(start, ready, (*gpu).close, d.stopped)
	if err := <-ready; err != nil {
		return nil, err
	}
	check := (*device).trust
	if o.check != nil {
		check = o.check
	}
	if err := check(d); err != nil {
		d.Close() // what it says is in err
		return nil, err
	}
	return d, nil
}

// Info implements compute.Backend.
func (d *device) Info() compute.Info {
	d.mu.Lock()
	defer d.mu.Unlock()
	return compute.Info{
		Backend:     "opengl",
		Device:      d.lim.renderer,
		Driver:      d.lim.vendor + " " + d.lim.version + " (" + d.lim.platform + ")",
		Software:    d.lim.software,
		MemoryBytes: d.lim.memory,
		MaxWords:    maxBufferWords,
		LiveBuffers: d.count_,
		LiveBytes:   d.bytes,
	}
}

// Run implements compute.Backend.
func (d *device) Run(k compute.Kernel) {
	list, err := d.lower(k)
	if err != nil {
		d.stick(err)
		return
	}
	if len(list) > 0 {
		d.th.send(command{do: func(g *gpu) { g.run(list) }}, 0)
	}
}

// Sync implements compute.Backend.
func (d *device) Sync() error {
	var err error
	if !d.th.call(func(g *gpu) { err = g.finish() }) {
		return d.closedError()
	}
	return err
}

// Close implements compute.Backend.
func (d *device) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return d.closedError()
	}
	d.closed = true
	left := make([]*buffer, 0, len(d.live))
	for b := range d.live {
		left = append(left, b)
	}
	d.mu.Unlock()
	err := d.Sync()
	for _, b := range left {
		b.Release()
	}
	d.staging.close()
	d.th.end()
	<-d.stopped
	return err
}

// stick keeps a mistake as the device's failure, in order with queued work.
func (d *device) stick(err error) {
	d.th.send(command{do: func(g *gpu) { g.fail(err) }}, 0)
}

func (d *device) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

func (d *device) closedError() error { return fmt.Errorf("opengl: %w", compute.ErrClosed) }

// reserve counts a new buffer, if it fits.
func (d *device) reserve(words int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return d.closedError()
	}
	bytes := int64(words) * 4
	if d.lim.memory > 0 && d.bytes+bytes > d.lim.memory {
		return fmt.Errorf("opengl: a buffer of %d words: %d of %d bytes are in use: %w", words, d.bytes, d.lim.memory, compute.ErrOutOfMemory)
	}
	d.count_++
	d.bytes += bytes
	return nil
}

func (d *device) count(buffers, words int) {
	d.mu.Lock()
	d.count_ += buffers
	d.bytes += int64(words) * 4
	d.mu.Unlock()
}

func (d *device) remember(b *buffer) {
	d.mu.Lock()
	d.live[b] = struct{}{}
	d.mu.Unlock()
}

func (d *device) forget(b *buffer) {
	d.mu.Lock()
	delete(d.live, b)
	d.mu.Unlock()
}

// own is v's buffer, if it is one of this device that still lives.
func (d *device) own(v compute.View) (*buffer, error) {
	b, ok := v.Buffer.(*buffer)
	switch {
	case !ok:
		return nil, fmt.Errorf("opengl: a buffer of another backend (%v): %w", reflect.TypeOf(v.Buffer), compute.ErrMisuse)
	case b.dev != d:
		return nil, fmt.Errorf("opengl: a buffer of another device: %w", compute.ErrMisuse)
	case b.released.Load() && d.isClosed():
		return nil, d.closedError()
	case b.released.Load():
		return nil, fmt.Errorf("opengl: a released buffer of %d words is used: %w", b.words, compute.ErrMisuse)
	}
	return b, nil
}

// view checks the operand of Read and Write.
func (d *device) view(v compute.View, words int) (*buffer, error) {
	b, err := d.own(v)
	if err != nil {
		return nil, err
	}
	if v.Len != words || v.Offset < 0 || v.Offset+v.Len > b.words {
		return nil, fmt.Errorf("opengl: %d words for words [%d, %d) of a buffer of %d: %w", words, v.Offset, v.Offset+v.Len, b.words, compute.ErrMisuse)
	}
	return b, nil
}
