//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/shaders"
)

// shader builds a program's text together with what one run of it needs. What
// differs between runs of a kernel (offsets, sizes, strides) is a uniform, so
// that the text, and with it the compiled program, is shared.
type shader struct {
	l         *lowering
	kernel    string
	local     [3]int // invocations of a group
	functions []string
	body      strings.Builder
	uniforms  []uint32
	blocks    []block
	textures  []binding
	access    []access
	err       error
}

// block is a storage block: a window of a buffer. Operands that lie in one
// window share it, so that kernels over a flat buffer need few.
type block struct {
	binding
	written bool
	element string // GLSL type of its array: uint, vec4 or uvec4
}

func (l *lowering) shader(kernel string, local ...int) *shader {
	s := &shader{l: l, kernel: kernel, local: [3]int{1, 1, 1}}
	copy(s.local[:], local)
	return s
}

// line adds a line of GLSL.
func (s *shader) line(format string, args ...any) {
	fmt.Fprintf(&s.body, format, args...)
	s.body.WriteByte('\n')
}

// include adds a kernel's body from package shaders.
func (s *shader) include(name string) {
	text, err := shaders.Kernel(name)
	if err != nil {
		s.fail(err)
	}
	s.body.WriteString(text)
}

// define adds a name for an expression.
func (s *shader) define(name, value string) { s.line("#define %s %s", name, value) }

// number is a uniform that holds v.
func (s *shader) number(v int) string {
	s.uniforms = append(s.uniforms, uint32(v))
	return fmt.Sprintf("u[%d]", len(s.uniforms)-1)
}

// call notes that the text calls functions of package shaders' files.
func (s *shader) call(files ...string) { s.functions = append(s.functions, files...) }

func (s *shader) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// memory makes v readable, and writable with write: it gives the name of an
// array of uint and a uniform with the place of v's first word in it.
func (s *shader) memory(v compute.View, write bool) (array, base string) {
	return s.storage(v, write, "uint")
}

// quads is memory as an array of uvec4. The base is in words still, and a
// multiple of 4.
func (s *shader) quads(v compute.View, write bool) (array, base string) {
	return s.storage(v, write, "uvec4")
}

func (s *shader) storage(v compute.View, write bool, element string) (array, base string) {
	b := bufferOf(v)
	start, words := 0, v.Offset+v.Len
	if b != nil {
		words = b.words
	}
	if words > s.l.lim.blockWords { // a window of its own
		align := s.l.lim.blockAlign / 4
		start = v.Offset / align * align
		words = v.Offset + v.Len - start
		if words > s.l.lim.blockWords {
			s.fail(fmt.Errorf("opengl: %s: an operand spans %d words, a storage block of %s holds %d: %w", s.kernel, v.Len, s.l.lim.renderer, s.l.lim.blockWords, compute.ErrMisuse))
		}
	}
	s.access = append(s.access, access{b: b, lo: v.Offset * 4, hi: (v.Offset + v.Len) * 4, write: write})
	slot := -1
	for i, k := range s.blocks {
		if k.b == b && k.element == element && k.offset == start*4 && (b == nil || k.size == words*4) {
			slot = i
			break
		}
	}
	if slot < 0 {
		slot = len(s.blocks)
		s.blocks = append(s.blocks, block{binding: binding{b: b, slot: slot, offset: start * 4}, element: element})
	}
	k := &s.blocks[slot]
	k.size = max(k.size, words*4)
	k.written = k.written || write
	return fmt.Sprintf("mem%d", slot), s.number(v.Offset - start)
}

// vectors is memory for reading, as an array of vec4. The base is in words
// still, and a multiple of 4.
func (s *shader) vectors(v compute.View) (array, base string) {
	return s.storage(v, false, "vec4")
}

// fitsTexture says whether a buffer texture may be as long as v.
func (s *shader) fitsTexture(v compute.View, wide bool) bool {
	return v.Len+s.l.lim.texelAlign/4 <= s.l.lim.texels*texelWords(wide)
}

// texture makes v readable through a buffer texture, of vec4 or of floats. The
// base is in words, and with wide a multiple of 4.
func (s *shader) texture(v compute.View, wide bool) (sampler, base string) {
	b := bufferOf(v)
	align := s.l.lim.texelAlign / 4
	start := v.Offset / align * align
	size := wholeVectors((v.Offset + v.Len - start) * 4)
	s.access = append(s.access, access{b: b, lo: v.Offset * 4, hi: (v.Offset + v.Len) * 4, texture: true})
	slot := len(s.textures)
	s.textures = append(s.textures, binding{b: b, texture: true, texel: 4 * texelWords(wide), slot: slot, offset: start * 4, size: size})
	return fmt.Sprintf("tex%d", slot), s.number(v.Offset - start)
}

func texelWords(wide bool) int {
	if wide {
		return 4
	}
	return 1
}

// wholeVectors rounds bytes up to whole vec4s: buffers are that long.
func wholeVectors(bytes int) int { return ceil(bytes, 16) * 16 }

// run finishes the program and appends a dispatch of it.
func (s *shader) run(x, y, z int) error {
	if s.err != nil {
		return s.err
	}
	if len(s.blocks) > s.l.lim.blocks {
		return fmt.Errorf("opengl: %s uses %d separate buffers, %s allows %d in a kernel; lay operands in one buffer, or split the formula: %w", s.kernel, len(s.blocks), s.l.lim.renderer, s.l.lim.blocks, compute.ErrMisuse)
	}
	functions, err := shaders.Functions(s.functions...)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("#version 430\n")
	fmt.Fprintf(&b, "layout(local_size_x = %d, local_size_y = %d, local_size_z = %d) in;\n", s.local[0], s.local[1], s.local[2])
	if len(s.uniforms) > 0 {
		fmt.Fprintf(&b, "layout(location = 0) uniform uint u[%d];\n", len(s.uniforms))
	}
	d := dispatch{kernel: s.kernel, uniforms: s.uniforms, groups: [3]int{x, y, z}, access: s.access}
	for i, k := range s.blocks {
		qualifier := "readonly "
		if k.written {
			qualifier = ""
		}
		if k.element != "uint" {
			k.size = wholeVectors(k.size)
		}
		fmt.Fprintf(&b, "layout(std430, binding = %d) %sbuffer Block%d { %s mem%d[]; };\n", i, qualifier, i, k.element, i)
		d.bindings = append(d.bindings, k.binding)
	}
	for _, t := range s.textures {
		fmt.Fprintf(&b, "layout(binding = %d) uniform samplerBuffer tex%d;\n", t.slot, t.slot)
		d.bindings = append(d.bindings, t)
	}
	b.WriteString(functions)
	b.WriteString(s.body.String())
	d.source = b.String()
	s.l.list = append(s.l.list, d)
	return nil
}
