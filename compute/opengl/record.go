//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"sync/atomic"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// recording is a compute.Recording: a flat command list that one cgo call
// plays, and the scratch memory it uses.
type recording struct {
	dev      *device
	list     commands
	buffers  []*buffer
	scratch  scratch
	released atomic.Bool
}

// Record implements compute.Backend.
func (d *device) Record(kernels []compute.Kernel) (compute.Recording, error) {
	var list []dispatch
	for _, k := range kernels {
		more, err := d.lower(k)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	r, err := d.record(list)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// record prepares dispatches for repeated running.
func (d *device) record(list []dispatch) (*recording, error) {
	r := &recording{dev: d}
	seen := map[*buffer]bool{}
	for i := range list {
		for _, b := range list[i].bindings {
			if b.b != nil && !seen[b.b] {
				seen[b.b] = true
				r.buffers = append(r.buffers, b.b)
			}
		}
	}
	var err error
	if !d.th.call(func(g *gpu) { err = g.record(r, list) }) {
		err = d.closedError()
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (g *gpu) record(r *recording, list []dispatch) error {
	if g.err != nil {
		return g.err
	}
	if err := g.prepare(list); err != nil {
		return err
	}
	buffer, err := r.scratch.atLeast(g, scratchNeed(list))
	if err != nil {
		return err
	}
	e := newEncoder()
	for i := range list {
		if err := e.add(g, &list[i], buffer); err != nil {
			r.scratch.free()
			return err
		}
	}
	r.list = e.commands
	return nil
}

// everyBarrier orders a recording behind all kernels before it.
const everyBarrier = gl.SHADER_STORAGE_BARRIER_BIT | gl.TEXTURE_FETCH_BARRIER_BIT

// Replay implements compute.Recording.
func (r *recording) Replay(times int) {
	switch {
	case times < 0:
		r.dev.stick(fmt.Errorf("opengl: replay %d times: %w", times, compute.ErrMisuse))
		return
	case r.released.Load():
		r.dev.stick(fmt.Errorf("opengl: replay of a released recording: %w", compute.ErrMisuse))
		return
	}
	for _, b := range r.buffers {
		if b.released.Load() {
			r.dev.stick(fmt.Errorf("opengl: replay of a recording whose buffer of %d words is released: %w", b.words, compute.ErrMisuse))
			return
		}
	}
	r.dev.th.send(command{rec: r, times: times}, 0)
}

func (g *gpu) replay(r *recording, times int) {
	if g.err != nil {
		return
	}
	g.playCommands(&r.list, times, everyBarrier)
	// What runs next finds other bindings and uniforms than it left, and has to
	// wait for all of the recording.
	g.enc.forget()
	g.enc.pending = g.enc.pending[:0]
	g.enc.unseen = g.enc.unseen[:0]
	gl.MemoryBarrier(everyBarrier)
}

// Launches implements compute.Launcher.
func (r *recording) Launches() (programs, waits int) { return r.list.dispatches(), r.list.barriers }

// Release implements compute.Recording.
func (r *recording) Release() {
	if r.released.Swap(true) {
		return
	}
	r.dev.th.send(command{do: func(g *gpu) { r.scratch.free() }}, 0)
}
