//go:build cgo && (linux || windows)

package opengl

import (
	"runtime"
	"sync"
)

// command is one thing for the context's thread to do: either play a
// recording or call a function. A value and not an interface, so that
// replaying a step allocates nothing.
type command struct {
	do    func(*gpu)
	rec   *recording
	times int
}

// thread hands commands to the one goroutine that owns a context. The goroutine
// stays locked to its OS thread and ends with it.
type thread struct {
	mu      sync.Mutex
	filled  sync.Cond // commands are waiting, or no more will come
	drained sync.Cond // the queue has room
	queue   []command
	spare   []command // the other half of a double buffer
	bytes   int       // host memory that waiting commands hold
	ended   bool
}

// How far callers may run ahead.
const (
	maxQueued      = 4096
	maxQueuedBytes = 256 << 20
)

func newThread() *thread {
	t := &thread{}
	t.filled.L, t.drained.L = &t.mu, &t.mu
	return t
}

// send enqueues c, which holds bytes of host memory. It waits while the queue
// is full, and reports false when the thread has ended.
func (t *thread) send(c command, bytes int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.ended && (len(t.queue) >= maxQueued || t.bytes > 0 && t.bytes+bytes > maxQueuedBytes) {
		t.drained.Wait()
	}
	if t.ended {
		return false
	}
	t.queue = append(t.queue, c)
	t.bytes += bytes
	t.filled.Signal()
	return true
}

// call runs f on the thread, after all that was sent before, and waits.
func (t *thread) call(f func(*gpu)) bool {
	done := make(chan struct{})
	if !t.send(command{do: func(g *gpu) { defer close(done); f(g) }}, 0) {
		return false
	}
	<-done
	return true
}

// end lets the thread finish what is queued; nothing more is accepted.
func (t *thread) end() {
	t.mu.Lock()
	t.ended = true
	t.filled.Signal()
	t.drained.Broadcast()
	t.mu.Unlock()
}

// run is the owner: it opens a context with start, serves commands until end,
// and finishes with stop. start's result goes to ready.
func (t *thread) run(start func() (*gpu, error), ready chan<- error, stop func(*gpu), stopped chan<- struct{}) {
	// Never unlocked: the OS thread dies with the goroutine, and with it what
	// the driver kept in thread-local memory.
	runtime.LockOSThread()
	defer close(stopped)
	g, err := start()
	ready <- err
	if err != nil {
		return
	}
	for {
		batch := t.next()
		if batch == nil {
			break
		}
		for i := range batch {
			if c := &batch[i]; c.rec != nil {
				g.replay(c.rec, c.times)
			} else {
				c.do(g)
			}
			g.pollStaging()
			batch[i] = command{}
		}
		g.flush()
	}
	stop(g)
}

// next waits for commands and takes all there are; nil at the end.
func (t *thread) next() []command {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.queue) == 0 {
		if t.ended {
			return nil
		}
		t.filled.Wait()
	}
	batch := t.queue
	t.queue, t.spare = t.spare[:0], batch
	t.bytes = 0
	t.drained.Broadcast()
	return batch
}
