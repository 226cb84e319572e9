//go:build cgo && (linux || windows)

package opengl

/*
#include "play.h"
*/
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// gpu is all that the context's thread alone may touch.
type gpu struct {
	ctx      context
	lim      limits
	play     C.play_functions
	programs map[string]uint32 // by source
	cache    *programCache
	rewrite  func(kernel, source string) string // changes a program's text, for tests
	enc      *encoder                           // of the commands that run at once
	scratch  scratch                            // theirs
	err      error                              // the first failure; work is dropped from then on
	status   func() uint32                      // why the context was reset, or 0
	back     slot                               // through which Read goes
	staging  *staging                           // the device's
	dirty    bool                               // kernels ran since buffers were last made visible to Read and Write
}

// openGPU makes a context current on this thread and readies it. s is the
// device's.
func openGPU(s *staging) (*gpu, error) {
	ctx, err := openContext()
	if err != nil {
		return nil, err
	}
	g := &gpu{ctx: ctx, lim: readLimits(ctx.platform()), programs: map[string]uint32{}, staging: s}
	g.cache = openProgramCache(g.lim)
	if err := g.bindPlayer(); err != nil {
		ctx.close()
		return nil, err
	}
	g.enc = newEncoder()
	return g, nil
}

func (g *gpu) bindPlayer() error {
	for _, f := range []struct {
		to   *unsafe.Pointer
		name string
	}{
		{&g.play.UseProgram, "glUseProgram"},
		{&g.play.BindBufferRange, "glBindBufferRange"},
		{&g.play.ActiveTexture, "glActiveTexture"},
		{&g.play.BindTexture, "glBindTexture"},
		{&g.play.Uniform1uiv, "glUniform1uiv"},
		{&g.play.MemoryBarrier_, "glMemoryBarrier"},
		{&g.play.DispatchCompute, "glDispatchCompute"},
	} {
		if *f.to = g.ctx.proc(f.name); *f.to == nil {
			return fmt.Errorf("opengl: the driver has no %s: %w", f.name, compute.ErrNoDevice)
		}
	}
	if g.lim.resetStatus != "" {
		g.play.GetGraphicsResetStatus = g.ctx.proc(g.lim.resetStatus)
	}
	if g.lim.storage {
		g.play.BufferStorage = g.ctx.proc("glBufferStorage")
		g.lim.storage = g.play.BufferStorage != nil
	}
	g.status = func() uint32 { return uint32(C.play_reset_status(&g.play)) }
	return nil
}

// Flags of glBufferStorage, which OpenGL 4.3 does not name.
const (
	dynamicStorage = 0x0100 // GL_DYNAMIC_STORAGE_BIT: glBufferSubData may write it
	clientStorage  = 0x0200 // GL_CLIENT_STORAGE_BIT: in the host's memory
	mapPersistent  = 0x0040 // GL_MAP_PERSISTENT_BIT
	mapCoherent    = 0x0080 // GL_MAP_COHERENT_BIT
)

// bufferStorage gives the buffer bound to target its memory.
func (g *gpu) bufferStorage(target uint32, bytes int, flags uint32) {
	C.play_buffer_storage(&g.play, C.uint32_t(target), C.int64_t(bytes), C.uint32_t(flags))
}

// fail keeps the first failure.
func (g *gpu) fail(err error) {
	if g.err == nil && err != nil {
		g.err = err
	}
}

// playCommands runs a list times times over, with a barrier of the given bits
// before each time.
func (g *gpu) playCommands(c *commands, times int, before uint32) {
	if len(c.words) == 0 || times < 1 {
		return
	}
	g.dirty = true
	if !debug {
		g.playWords(c.words, times, before)
		return
	}
	for range times {
		from, barrier := 0, before
		for i, end := range c.ends {
			g.playWords(c.words[from:end], 1, barrier)
			g.check("running " + c.kernels[i])
			from, barrier = end, 0
		}
	}
}

func (g *gpu) playWords(words []uint32, times int, before uint32) {
	at := C.play_list(&g.play, (*C.uint32_t)(unsafe.Pointer(unsafe.SliceData(words))), C.int64_t(len(words)), C.int64_t(times), C.uint32_t(before))
	if at >= 0 {
		g.fail(fmt.Errorf("opengl: word %d of a command list is no command", at))
	}
}

// playEmpty is the floor that a replay is measured against: a loop of
// glDispatchCompute in C.
func (g *gpu) playEmpty(times int) {
	C.play_empty(&g.play, C.int64_t(times))
}

// run encodes dispatches behind those already running and plays them.
func (g *gpu) run(list []dispatch) {
	if g.err != nil {
		return
	}
	if err := g.prepare(list); err != nil {
		g.fail(err)
		return
	}
	buffer, err := g.scratch.atLeast(g, scratchNeed(list))
	if err != nil {
		g.fail(err)
		return
	}
	if g.scratch.moved {
		g.scratch.moved = false
		g.enc.forget()
	}
	for i := range list {
		if err := g.enc.add(g, &list[i], buffer); err != nil {
			g.fail(err)
			return
		}
	}
	g.playCommands(&g.enc.commands, 1, 0)
	g.enc.clear()
}

// check keeps an OpenGL error as the device's failure.
func (g *gpu) check(doing string) {
	if err := glError(); err != nil {
		g.fail(fmt.Errorf("opengl: %s on %s: %w", doing, g.lim.renderer, err))
	}
	if status := g.status(); g.err == nil && status != gl.NO_ERROR {
		g.fail(fmt.Errorf("opengl: %s was reset (%s): %w", g.lim.renderer, resetName(status), compute.ErrDeviceLost))
	}
}

// visible orders what kernels wrote before what Read and Write do.
func (g *gpu) visible() {
	if g.dirty {
		gl.MemoryBarrier(gl.BUFFER_UPDATE_BARRIER_BIT)
		g.dirty = false
	}
}

// flush starts work that the driver may be collecting.
func (g *gpu) flush() { gl.Flush() }

// finish waits for all work and says whether anything failed since the start.
func (g *gpu) finish() error {
	if g.err == nil {
		gl.Finish()
		g.check("finishing")
	}
	return g.err
}

// close frees what the context holds; the driver frees the rest with it.
func (g *gpu) close() {
	for _, p := range g.programs {
		gl.DeleteProgram(p)
	}
	g.scratch.free()
	g.back.free()
	g.staging.free()
	g.ctx.close()
}

func resetName(status uint32) string {
	switch status {
	case gl.GUILTY_CONTEXT_RESET_ARB:
		return "by this program's work"
	case gl.INNOCENT_CONTEXT_RESET_ARB:
		return "by another program"
	}
	return "cause unknown"
}
