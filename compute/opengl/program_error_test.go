//go:build cgo && (linux || windows)

package opengl

import (
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/shaders"
)

// TestShaderErrorNamesTheFile breaks a line of a file of package shaders, of a
// kernel and of generated text, and wants the driver's message at that place.
func TestShaderErrorNamesTheFile(t *testing.T) {
	requireDevice(t)
	for _, c := range []struct{ old, place string }{
		{"precise float n = floor(x * 1.44269504 + 0.5);", "shaders/functions/exp.glsl, line 8:"},
		{"largest = team_max(largest);", "shaders/kernels/softmax.glsl, line 9:"},
		{"layout(local_size_x", "generated text, line 2:"},
	} {
		t.Run(c.place, func(t *testing.T) {
			var source string
			d := openDevice(t, options{check: untested, rewrite: func(kernel, text string) string {
				source = strings.Replace(text, c.old, "broken "+c.old, 1)
				return source
			}})
			x := newBuffer(t, d, []float32{1, 2})
			_, err := d.Record([]compute.Kernel{&compute.Softmax{Rows: 1, Cols: 2, In: compute.Rows(x, 2), Out: compute.Rows(x, 2)}})
			if !strings.Contains(source, "broken ") {
				t.Fatalf("the text has no line to break:\n%s", source)
			}
			if err == nil || !strings.Contains(err.Error(), "the shader of Softmax does not compile") || !strings.Contains(err.Error(), c.place) {
				t.Errorf("%v\nwant it to name Softmax and %s", err, c.place)
			}
		})
	}
}

func TestMessageLine(t *testing.T) {
	for message, want := range map[string]int{
		"0:12(5): error: syntax error, unexpected IDENTIFIER":              12, // Mesa
		"0(31) : error C0000: syntax error, unexpected '}' at token \"}\"": 31, // NVIDIA
		"ERROR: 0:7: 'x' : undeclared identifier":                          7,  // AMD and Intel on Windows
		"Compute shader failed to link":                                    0,
		"0:99999999999999999999: error":                                    0,
	} {
		if got := messageLine(message); got != want {
			t.Errorf("%q: line %d, want %d", message, got, want)
		}
	}
}

func TestShaderErrorWithoutPlace(t *testing.T) {
	const text = "#version 430\n" + shaders.FileMark + "a.glsl\nfloat a;\n"
	for log, want := range map[string]string{
		"":                      "the shader of Map does not link: the driver does not say why",
		"no memory\x00\x00":     "the shader of Map does not link: no memory",
		"0:900: beyond the end": "the shader of Map does not link: 0:900: beyond the end",
	} {
		if got := shaderError("Map", "link", text, []byte(log)).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
