//go:build !cgo || !(linux || windows)

package opengl

import (
	"fmt"
	"runtime"

	"github.com/glearn-go/glearn/compute"
)

func init() {
	compute.Register(compute.Driver{Name: "opengl", Rank: 10, Open: Open})
}

// Open says why this program has no OpenGL device.
func Open() (compute.Backend, error) {
	why := "this program was built without cgo; build it with CGO_ENABLED=1 and a C compiler"
	switch runtime.GOOS {
	case "linux", "windows":
	case "darwin":
		why = "macOS stops at OpenGL 4.1, compute shaders need 4.3"
	default:
		why = "there is no OpenGL context for " + runtime.GOOS
	}
	return nil, fmt.Errorf("opengl: %s: %w", why, compute.ErrNoDevice)
}
