//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// program is a compiled kernel.
type program struct {
	name     uint32
	uniforms []uint32 // what stands in it now; nil when unknown
}

// program compiles source, or finds what was compiled before. kernel names it
// in errors.
func (g *gpu) program(kernel, source string) (*program, error) {
	if p, ok := g.programs[source]; ok {
		return p, nil
	}
	name, err := compile(kernel, source)
	if err != nil {
		return nil, fmt.Errorf("opengl: %s: %w", g.lim.renderer, err)
	}
	p := &program{name: name}
	g.programs[source] = p
	return p, nil
}

func compile(kernel, source string) (uint32, error) {
	shader := gl.CreateShader(gl.COMPUTE_SHADER)
	defer gl.DeleteShader(shader)
	text, free := gl.Strs(source + "\x00")
	gl.ShaderSource(shader, 1, text, nil)
	free()
	gl.CompileShader(shader)
	var ok int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &ok); ok == 0 {
		var n int32
		gl.GetShaderiv(shader, gl.INFO_LOG_LENGTH, &n)
		log := make([]byte, n+1)
		gl.GetShaderInfoLog(shader, n, nil, &log[0])
		return 0, fmt.Errorf("the shader of %s does not compile: %s\n%s", kernel, trim(log), numbered(source))
	}
	p := gl.CreateProgram()
	gl.AttachShader(p, shader)
	gl.LinkProgram(p)
	gl.DetachShader(p, shader)
	if gl.GetProgramiv(p, gl.LINK_STATUS, &ok); ok == 0 {
		var n int32
		gl.GetProgramiv(p, gl.INFO_LOG_LENGTH, &n)
		log := make([]byte, n+1)
		gl.GetProgramInfoLog(p, n, nil, &log[0])
		gl.DeleteProgram(p)
		return 0, fmt.Errorf("the shader of %s does not link: %s\n%s", kernel, trim(log), numbered(source))
	}
	return p, nil
}

func trim(log []byte) string { return strings.TrimSpace(strings.TrimRight(string(log), "\x00")) }

// numbered is the source with the line numbers that a driver's messages name.
func numbered(source string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(source) {
		n++
		fmt.Fprintf(&b, "%4d  %s", n, line)
	}
	return b.String()
}
