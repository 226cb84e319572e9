//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// building is a program that the driver was handed and may still be compiling.
type building struct {
	kernel, source string
	text           string // source, as it was handed over
	shader         uint32 // 0 for a program that was read from the cache
	program        uint32
}

// prepare makes the programs of dispatches ready. All are handed to the driver
// before the first is asked after: it may compile several at once.
func (g *gpu) prepare(list []dispatch) error {
	var begun []building
	seen := map[string]bool{}
	for i := range list {
		d := &list[i]
		if g.programs[d.source] == 0 && !seen[d.source] {
			seen[d.source] = true
			begun = append(begun, g.begin(d.kernel, d.source))
		}
	}
	var first error
	for _, b := range begun {
		if err := g.finishProgram(b); err != nil && first == nil {
			first = fmt.Errorf("opengl: %s: %w", g.lim.renderer, err)
		}
	}
	return first
}

// begin reads a program from the cache, or hands its text to the driver.
func (g *gpu) begin(kernel, source string) building {
	b := building{kernel: kernel, source: source, text: source}
	if g.rewrite != nil {
		b.text = g.rewrite(kernel, source)
	}
	if b.program = g.restore(b.text); b.program != 0 {
		return b
	}
	b.shader, b.program = gl.CreateShader(gl.COMPUTE_SHADER), gl.CreateProgram()
	text, free := gl.Strs(b.text + "\x00")
	gl.ShaderSource(b.shader, 1, text, nil)
	free()
	gl.CompileShader(b.shader)
	gl.ProgramParameteri(b.program, gl.PROGRAM_BINARY_RETRIEVABLE_HINT, gl.TRUE)
	gl.AttachShader(b.program, b.shader)
	gl.LinkProgram(b.program)
	return b
}

// finishProgram waits for the driver, and keeps the program.
func (g *gpu) finishProgram(b building) error {
	if b.shader != 0 {
		err := b.outcome()
		gl.DetachShader(b.program, b.shader)
		gl.DeleteShader(b.shader)
		if err != nil {
			gl.DeleteProgram(b.program)
			return err
		}
		g.save(b)
	}
	g.programs[b.source] = b.program
	return nil
}

// outcome is the driver's complaint about a program, if it has one.
func (b building) outcome() error {
	var ok, n int32
	if gl.GetShaderiv(b.shader, gl.COMPILE_STATUS, &ok); ok == 0 {
		gl.GetShaderiv(b.shader, gl.INFO_LOG_LENGTH, &n)
		log := make([]byte, n+1)
		gl.GetShaderInfoLog(b.shader, n, nil, &log[0])
		return shaderError(b.kernel, "compile", b.text, log)
	}
	if gl.GetProgramiv(b.program, gl.LINK_STATUS, &ok); ok == 0 {
		gl.GetProgramiv(b.program, gl.INFO_LOG_LENGTH, &n)
		log := make([]byte, n+1)
		gl.GetProgramInfoLog(b.program, n, nil, &log[0])
		return shaderError(b.kernel, "link", b.text, log)
	}
	return nil
}

// restore is the program of source from the cache, or 0. A driver may refuse
// what it wrote itself, for instance after an update.
func (g *gpu) restore(source string) uint32 {
	key := g.cache.key(source)
	format, binary, ok := g.cache.load(key)
	if !ok {
		return 0
	}
	p := gl.CreateProgram()
	gl.ProgramBinary(p, format, unsafe.Pointer(unsafe.SliceData(binary)), int32(len(binary)))
	var linked int32
	gl.GetProgramiv(p, gl.LINK_STATUS, &linked)
	// An unknown format is an error of the call, not of the device.
	if err := glError(); err != nil || linked == 0 {
		gl.DeleteProgram(p)
		g.cache.drop(key)
		return 0
	}
	return p
}

// save puts a new program into the cache. Drivers without a binary format have
// programs of no bytes.
func (g *gpu) save(b building) {
	if g.cache.folder == "" {
		return
	}
	var n int32
	gl.GetProgramiv(b.program, gl.PROGRAM_BINARY_LENGTH, &n)
	if n <= 0 {
		return
	}
	binary := make([]byte, n)
	var format uint32
	gl.GetProgramBinary(b.program, n, &n, &format, unsafe.Pointer(unsafe.SliceData(binary)))
	if glError() == nil && n > 0 {
		g.cache.store(g.cache.key(b.text), format, binary[:n])
	}
}
