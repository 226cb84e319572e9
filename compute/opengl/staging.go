//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// staging is how long Writes reach the device: two pieces of host memory that
// the device copies from. The caller's goroutine fills one while copies out of
// the other wait behind the kernels before them, so that neither the caller nor
// the device waits for the other, until both pieces are full.
type staging struct {
	longest int // words of a slot at most

	mu     sync.Mutex // one caller fills at a time
	slots  [2]slot
	turn   int
	closed bool
}

// slot is one of the pieces. It stays mapped where the driver can do that;
// elsewhere it is the process' own memory, and glBufferSubData copies.
type slot struct {
	// The callers', under staging.mu.
	memory []uint32
	filled int    // words that copies were sent for
	sent   uint64 // copies
	// How many of them are over.
	done atomic.Uint64

	// The context's thread's.
	name   uint32 // of the mapped buffer object; 0 for own memory
	issued uint64
	fence  uintptr // behind the last that was issued; 0 when all are over
}

// Sizes of staging, in words.
const (
	shortWrite  = 16 << 10 // below, a Write goes along with the commands
	leastStaged = 1 << 18
	mostStaged  = 16 << 20 // 64 MiB: a window of package nn
	longPiece   = 2 << 20  // of a Write that is longer than all of it
)

// write has words copied to b from a word on.
func (s *staging) write(th *thread, b *buffer, offset int, words []uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.room(th, len(words)) {
		return // what a closed device is told is lost
	}
	x := &s.slots[s.turn]
	from := x.filled
	x.filled += copy(x.memory[from:], words)
	x.sent++
	th.send(command{do: func(g *gpu) { g.copyStaged(x, from, b, offset, len(words)) }}, 0)
}

// room makes the slot whose turn it is have room for n words more: by going to
// the other one, which grows where its copies are not over yet, and is waited
// for when it cannot. It reports false when the thread has ended.
func (s *staging) room(th *thread, n int) bool {
	x := &s.slots[s.turn]
	if x.filled+n <= len(x.memory) {
		return true
	}
	if x.filled > 0 {
		s.turn = 1 - s.turn
		x = &s.slots[s.turn]
	}
	size, busy := len(x.memory), x.done.Load() < x.sent
	switch {
	case n > size:
		size = min(max(leastStaged, 1<<bits.Len(uint(2*n-1))), s.longest)
	case busy:
		size = min(2*size, s.longest)
	}
	if busy || size > len(x.memory) {
		if !th.call(func(g *gpu) { g.renew(x, size) }) {
			return false
		}
	}
	x.filled = 0
	return true
}

// writeLong is write for more words than a slot may have. It waits.
func (s *staging) writeLong(th *thread, b *buffer, offset int, words []uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	th.call(func(g *gpu) {
		if !g.lim.storage {
			g.write(b, offset, words) // the caller's memory is as good as ours
			return
		}
		for len(words) > 0 && g.err == nil {
			s.turn = 1 - s.turn
			x := &s.slots[s.turn]
			g.renew(x, max(len(x.memory), min(longPiece, s.longest)))
			n := copy(x.memory, words)
			x.filled = n
			x.sent++
			g.copyStaged(x, 0, b, offset, n)
			words, offset = words[n:], offset+n
		}
	})
}

// close ends filling: the memory goes with the context.
func (s *staging) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}

// free gives the memory back. The staging is closed.
func (s *staging) free() {
	for i := range s.slots {
		s.slots[i].free()
	}
}

// renew makes x ready to be filled from its start, with room for words: as a
// new piece where it is shorter, else once its copies are over.
func (g *gpu) renew(x *slot, words int) {
	if words > len(x.memory) {
		x.free() // the driver keeps what it still copies from
		g.makeSlot(x, words, gl.MAP_WRITE_BIT)
	} else if x.fence != 0 {
		g.await(x.fence, "an upload")
		x.drop()
	}
	x.done.Store(x.issued)
}

// makeSlot gives x memory that stays mapped for access, or the process' own.
func (g *gpu) makeSlot(x *slot, words int, access uint32) {
	if g.lim.storage && g.err == nil {
		g.check("the work before a staging buffer") // whose errors are not this one's
		flags := access | mapPersistent | mapCoherent
		gl.GenBuffers(1, &x.name)
		gl.BindBuffer(gl.COPY_READ_BUFFER, x.name)
		g.bufferStorage(gl.COPY_READ_BUFFER, 4*words, flags|clientStorage)
		p := gl.MapBufferRange(gl.COPY_READ_BUFFER, 0, 4*words, flags)
		if glError() == nil && p != nil {
			x.memory = unsafe.Slice((*uint32)(p), words)
			return
		}
		x.free()
	}
	x.memory = make([]uint32, words)
}

// free gives x's memory back, after the copies that were issued.
func (x *slot) free() {
	x.drop()
	if x.name != 0 {
		gl.DeleteBuffers(1, &x.name) // which unmaps it
	}
	x.name, x.memory = 0, nil
}

// drop forgets the fence.
func (x *slot) drop() {
	if x.fence != 0 {
		gl.DeleteSync(x.fence)
		x.fence = 0
	}
}

// copyStaged copies n words of x to b.
func (g *gpu) copyStaged(x *slot, from int, b *buffer, offset, n int) {
	x.issued++
	switch {
	case g.err != nil:
	case x.name == 0:
		g.write(b, offset, x.memory[from:from+n])
	default:
		g.visible()
		copyBuffer(x.name, from, b.name, offset, n)
		if debug {
			g.check("writing a buffer")
		}
		x.drop()
		x.fence = gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
		gl.Flush() // the copy may start while more is on its way
		return
	}
	if x.fence == 0 {
		x.done.Store(x.issued)
	}
}

// copyBuffer copies n words between two buffers.
func copyBuffer(from uint32, fromWord int, to uint32, toWord, n int) {
	gl.BindBuffer(gl.COPY_READ_BUFFER, from)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, to)
	gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, 4*fromWord, 4*toWord, 4*n)
}

// pollStaging notes which copies are over.
func (g *gpu) pollStaging() {
	for i := range g.staging.slots {
		x := &g.staging.slots[i]
		if x.fence == 0 {
			continue
		}
		if status := gl.ClientWaitSync(x.fence, gl.SYNC_FLUSH_COMMANDS_BIT, 0); status != gl.TIMEOUT_EXPIRED {
			x.drop()
			x.done.Store(x.issued)
		}
	}
}

// fenceWait is how long to wait for a fence before the driver is asked whether
// the context was lost.
const fenceWait = time.Second

// await waits until the device has reached a fence.
func (g *gpu) await(fence uintptr, what string) {
	for g.err == nil {
		switch gl.ClientWaitSync(fence, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(fenceWait)) {
		case gl.ALREADY_SIGNALED, gl.CONDITION_SATISFIED:
			return
		case gl.WAIT_FAILED:
			g.check("waiting for " + what)
			g.fail(fmt.Errorf("opengl: waiting for %s failed on %s", what, g.lim.renderer))
		default:
			g.check("waiting for " + what) // a lost context may never get there
		}
	}
}

// How many words Read takes at a time: no more than it was asked for so far,
// within bounds.
const (
	leastRead = 1 << 12
	readPiece = 1 << 20
)

// readStaged copies from b to words through memory that stays mapped, and waits
// behind a fence of its own. It reports false where the driver has none.
func (g *gpu) readStaged(words []uint32, b *buffer, offset int) bool {
	if !g.lim.storage {
		return false
	}
	if want := min(len(words), readPiece); want > len(g.back.memory) {
		g.back.free()
		g.makeSlot(&g.back, max(leastRead, 1<<bits.Len(uint(want-1))), gl.MAP_READ_BIT)
	}
	if g.back.name == 0 {
		return false
	}
	for len(words) > 0 && g.err == nil {
		n := min(len(words), len(g.back.memory))
		copyBuffer(b.name, offset, g.back.name, 0, n)
		fence := gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
		g.await(fence, "a reading")
		gl.DeleteSync(fence)
		copy(words, g.back.memory[:n])
		words, offset = words[n:], offset+n
	}
	return true
}
