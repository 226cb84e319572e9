//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// buffer is a compute.Buffer: one OpenGL buffer object.
type buffer struct {
	dev      *device
	words    int
	name     uint32 // 0 for a buffer of no words
	released atomic.Bool
	textures map[texWindow]uint32 // views of it, by window; the context's thread's
}

// texWindow is a part of a buffer that a buffer texture shows, in bytes.
type texWindow struct{ offset, size, texel int }

// Len implements compute.Buffer.
func (b *buffer) Len() int { return b.words }

// Release implements compute.Buffer.
func (b *buffer) Release() {
	if b.released.Swap(true) {
		return
	}
	b.dev.count(-1, -b.words)
	b.dev.forget(b)
	b.dev.th.send(command{do: func(g *gpu) { g.deleteBuffer(b) }}, 0)
}

// NewBuffer implements compute.Backend.
func (d *device) NewBuffer(words int) (compute.Buffer, error) {
	if words < 0 {
		return nil, fmt.Errorf("opengl: a buffer of %d words: %w", words, compute.ErrMisuse)
	}
	if words > maxBufferWords {
		return nil, fmt.Errorf("opengl: a buffer of %d words, the longest is %d: %w", words, maxBufferWords, compute.ErrOutOfMemory)
	}
	if err := d.reserve(words); err != nil {
		return nil, err
	}
	b := &buffer{dev: d, words: words}
	var err error
	if !d.th.call(func(g *gpu) { err = g.makeBuffer(b) }) {
		err = d.closedError()
	}
	if err != nil {
		d.count(-1, -words)
		return nil, err
	}
	d.remember(b)
	return b, nil
}

// makeBuffer allocates and clears b. A device that is out of memory stays
// usable; a failed device makes none.
func (g *gpu) makeBuffer(b *buffer) error {
	if g.err != nil {
		return g.err
	}
	if b.words == 0 {
		return nil
	}
	g.check("the work before a new buffer") // whose errors are not this buffer's
	if g.err != nil {
		return g.err
	}
	name, err := g.allocate(b.words)
	if err != nil {
		return fmt.Errorf("opengl: a buffer of %d words on %s: %w", b.words, g.lim.renderer, err)
	}
	b.name = name
	return nil
}

// allocate makes a buffer object of zeros.
func (g *gpu) allocate(words int) (uint32, error) {
	var name uint32
	gl.GenBuffers(1, &name)
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, name)
	if size := wholeVectors(words * 4); g.lim.storage {
		// Never mapped, so it stays in the device's own memory: a driver may move
		// a buffer of the other kind to the host's once it has been read.
		g.bufferStorage(gl.COPY_WRITE_BUFFER, size, dynamicStorage)
	} else {
		gl.BufferData(gl.COPY_WRITE_BUFFER, size, nil, gl.DYNAMIC_COPY)
	}
	err := glError()
	if err == nil {
		var zero uint32
		gl.ClearBufferData(gl.COPY_WRITE_BUFFER, gl.R32UI, gl.RED_INTEGER, gl.UNSIGNED_INT, unsafe.Pointer(&zero))
		err = glError()
	}
	if err != nil {
		gl.DeleteBuffers(1, &name)
		return 0, err
	}
	return name, nil
}

func (g *gpu) deleteBuffer(b *buffer) {
	if b.name == 0 {
		return
	}
	for _, t := range b.textures {
		gl.DeleteTextures(1, &t)
	}
	gl.DeleteBuffers(1, &b.name)
	// The driver may give the name to the next buffer: what is bound is not
	// what the encoder takes it for.
	g.enc.forget()
}

// texture is a buffer texture over a window of b.
func (b *buffer) texture(w texWindow) (uint32, error) {
	if t, ok := b.textures[w]; ok {
		return t, nil
	}
	t, err := makeTexture(b.name, w)
	if err != nil {
		return 0, err
	}
	if b.textures == nil {
		b.textures = map[texWindow]uint32{}
	}
	b.textures[w] = t
	return t, nil
}

// spareUnit is a texture unit that no kernel uses; 4.3 promises 16.
const spareUnit = 15

func makeTexture(buffer uint32, w texWindow) (uint32, error) {
	var t uint32
	gl.GenTextures(1, &t)
	gl.ActiveTexture(gl.TEXTURE0 + spareUnit) // leaves the kernels' units alone
	gl.BindTexture(gl.TEXTURE_BUFFER, t)
	format := uint32(gl.R32F)
	if w.texel == 16 {
		format = gl.RGBA32F
	}
	gl.TexBufferRange(gl.TEXTURE_BUFFER, format, buffer, w.offset, w.size)
	if err := glError(); err != nil {
		gl.DeleteTextures(1, &t)
		return 0, fmt.Errorf("opengl: a buffer texture of bytes [%d, %d): %w", w.offset, w.offset+w.size, err)
	}
	return t, nil
}

// Write implements compute.Backend.
func (d *device) Write(dst compute.View, words []uint32) {
	b, err := d.view(dst, len(words))
	if err != nil {
		d.stick(err)
		return
	}
	switch n := len(words); {
	case n == 0:
	case n < shortWrite:
		kept := append([]uint32(nil), words...)
		d.th.send(command{do: func(g *gpu) { g.write(b, dst.Offset, kept) }}, 4*n)
	case n <= d.staging.longest:
		d.staging.write(d.th, b, dst.Offset, words)
	default:
		d.staging.writeLong(d.th, b, dst.Offset, words)
	}
}

func (g *gpu) write(b *buffer, offset int, words []uint32) {
	if g.err != nil {
		return
	}
	g.visible()
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.name)
	gl.BufferSubData(gl.COPY_WRITE_BUFFER, offset*4, len(words)*4, unsafe.Pointer(unsafe.SliceData(words)))
	if debug {
		g.check("writing a buffer")
	}
}

// Read implements compute.Backend.
func (d *device) Read(words []uint32, src compute.View) error {
	b, err := d.view(src, len(words))
	if err != nil {
		d.stick(err)
		return err
	}
	if !d.th.call(func(g *gpu) { err = g.read(words, b, src.Offset) }) {
		return d.closedError()
	}
	return err
}

func (g *gpu) read(words []uint32, b *buffer, offset int) error {
	if g.err == nil && len(words) > 0 {
		g.visible()
		if !g.readStaged(words, b, offset) {
			gl.BindBuffer(gl.COPY_READ_BUFFER, b.name)
			gl.GetBufferSubData(gl.COPY_READ_BUFFER, offset*4, len(words)*4, unsafe.Pointer(unsafe.SliceData(words)))
		}
		g.check("reading a buffer")
	}
	return g.err
}

// scratch is memory for partial results, grown as kernels ask for it. Its
// content does not outlive a kernel.
type scratch struct {
	b     *buffer
	moved bool // a new buffer object since last asked
}

// atLeast is the scratch buffer, of at least words; nil for none.
func (s *scratch) atLeast(g *gpu, words int) (*buffer, error) {
	if words == 0 || s.b != nil && s.b.words >= words {
		return s.b, nil
	}
	s.free()
	name, err := g.allocate(words)
	if err != nil {
		return nil, fmt.Errorf("opengl: %d words for partial results: %w", words, err)
	}
	s.b, s.moved = &buffer{words: words, name: name}, true
	return s.b, nil
}

func (s *scratch) free() {
	if s.b == nil {
		return
	}
	for _, t := range s.b.textures {
		gl.DeleteTextures(1, &t)
	}
	gl.DeleteBuffers(1, &s.b.name)
	s.b = nil
}
