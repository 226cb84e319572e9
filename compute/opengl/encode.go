//go:build cgo && (linux || windows)

package opengl

/*
#include "play.h"
*/
import "C"

import (
	"slices"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// commands is a flat list that play.c runs.
type commands struct {
	words    []uint32
	ends     []int    // one past the last word of each dispatch
	kernels  []string // their names
	barriers int
}

func (c *commands) dispatches() int { return len(c.ends) }

// clear empties the list and keeps its memory.
func (c *commands) clear() {
	c.words, c.ends, c.kernels, c.barriers = c.words[:0], c.ends[:0], c.kernels[:0], 0
}

// encoder turns dispatches into the flat list that play.c runs. It sets only
// what changes, and puts a barrier only where a dispatch touches bytes that
// an earlier one, not yet behind a barrier, wrote or (for a write) read.
type encoder struct {
	commands
	current  uint32              // program in use; 0 unknown
	storage  map[int]binding     // bound storage windows
	textures map[int]uint32      // bound textures
	uniforms map[uint32][]uint32 // set in each program
	pending  []access            // since the last barrier for storage
	unseen   []access            // writes since the last barrier for textures
}

// The most ranges kept; beyond it a barrier costs less than the search.
const maxPending = 192

func newEncoder() *encoder {
	e := &encoder{}
	e.forget()
	return e
}

// forget drops what is known of the context's state.
func (e *encoder) forget() {
	e.current = 0
	e.storage = map[int]binding{}
	e.textures = map[int]uint32{}
	e.uniforms = map[uint32][]uint32{}
}

// add appends d's commands, whose program is ready. scratch stands for bindings without a buffer.
func (e *encoder) add(g *gpu, d *dispatch, scratch *buffer) error {
	p := g.programs[d.source] // prepared
	if bits := e.hazards(d, scratch); bits != 0 {
		e.words = append(e.words, C.PLAY_BARRIER, bits)
		e.barriers++
	}
	if e.current != p {
		e.words = append(e.words, C.PLAY_PROGRAM, p)
		e.current = p
	}
	for _, b := range d.bindings {
		if b.b == nil {
			b.b = scratch
		}
		if b.texture {
			t, err := b.b.texture(texWindow{b.offset, b.size, b.texel})
			if err != nil {
				return err
			}
			if e.textures[b.slot] == t {
				continue
			}
			e.textures[b.slot] = t
			e.words = append(e.words, C.PLAY_TEXTURE, uint32(b.slot), t)
			continue
		}
		if e.storage[b.slot] == b {
			continue
		}
		e.storage[b.slot] = b
		e.words = append(e.words, C.PLAY_STORAGE, uint32(b.slot), b.b.name,
			uint32(b.offset), uint32(uint64(b.offset)>>32), uint32(b.size), uint32(uint64(b.size)>>32))
	}
	if len(d.uniforms) > 0 && !slices.Equal(e.uniforms[p], d.uniforms) {
		e.uniforms[p] = slices.Clone(d.uniforms)
		e.words = append(e.words, C.PLAY_UNIFORMS, 0, uint32(len(d.uniforms)))
		e.words = append(e.words, d.uniforms...)
	}
	e.words = append(e.words, C.PLAY_DISPATCH, uint32(d.groups[0]), uint32(d.groups[1]), uint32(d.groups[2]))
	e.ends = append(e.ends, len(e.words))
	e.kernels = append(e.kernels, d.kernel)
	return nil
}

// hazards says which barrier d needs and notes what d touches. Storage blocks
// and buffer textures see writes after barriers of their own kind.
func (e *encoder) hazards(d *dispatch, scratch *buffer) uint32 {
	var bits uint32
	for _, a := range d.access {
		a = a.in(scratch)
		if a.texture {
			if slices.ContainsFunc(e.unseen, a.overlaps) {
				bits |= gl.TEXTURE_FETCH_BARRIER_BIT
			}
			continue
		}
		if slices.ContainsFunc(e.pending, a.conflicts) {
			bits |= gl.SHADER_STORAGE_BARRIER_BIT
		}
	}
	if len(e.pending) > maxPending {
		bits |= gl.SHADER_STORAGE_BARRIER_BIT
	}
	if len(e.unseen) > maxPending {
		bits |= gl.TEXTURE_FETCH_BARRIER_BIT
	}
	if bits&gl.SHADER_STORAGE_BARRIER_BIT != 0 {
		e.pending = e.pending[:0]
	}
	if bits&gl.TEXTURE_FETCH_BARRIER_BIT != 0 {
		e.unseen = e.unseen[:0]
	}
	for _, a := range d.access {
		a = a.in(scratch)
		e.pending = append(e.pending, a)
		if a.write {
			e.unseen = append(e.unseen, a)
		}
	}
	return bits
}

// in is a with the scratch memory's buffer in place of none.
func (a access) in(scratch *buffer) access {
	if a.b == nil {
		a.b = scratch
	}
	return a
}

// conflicts is true when a has to wait for b: read after write, write after
// read, write after write.
func (a access) conflicts(b access) bool { return (a.write || b.write) && a.overlaps(b) }

func (a access) overlaps(b access) bool { return a.b == b.b && a.lo < b.hi && b.lo < a.hi }
