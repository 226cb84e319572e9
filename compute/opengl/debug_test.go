//go:build gldebug && cgo && (linux || windows)

package opengl

import (
	"strings"
	"testing"
)

// TestDebugNamesTheKernel: with the build tag gldebug an error of OpenGL comes
// back with the kernel that made it, and not with the wait that found it.
func TestDebugNamesTheKernel(t *testing.T) {
	requireDevice(t)
	d, err := open(options{})
	if err != nil {
		t.Fatal(err)
	}
	good := dispatch{kernel: "good", source: emptyKernel, groups: [3]int{1, 1, 1}}
	bad := good
	bad.kernel, bad.groups[0] = "too wide", 1<<30
	d.th.call(func(g *gpu) { g.run([]dispatch{good, bad, good}) })
	err = d.Close()
	if err == nil || !strings.Contains(err.Error(), "running too wide") || !strings.Contains(err.Error(), "GL_INVALID_VALUE") {
		t.Errorf("%v, want GL_INVALID_VALUE running the kernel named too wide", err)
	}
}
