//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// context is an OpenGL context that is current on the thread that made it.
type context interface {
	// platform names the way the context was made.
	platform() string
	// proc is the address of an OpenGL function.
	proc(name string) unsafe.Pointer
	// close gives the context back; the caller's thread owns it.
	close()
}

// loader fills the binding's table of function pointers once: it is one table
// for the process, and the pointers of EGL, GLX and WGL serve every context of
// a driver.
var loader struct {
	sync.Once
	err error
}

// openContext makes the first usable context current on the calling thread.
func openContext() (context, error) {
	open, err := openers()
	if err != nil {
		return nil, fmt.Errorf("opengl: %w: %w", err, compute.ErrNoDevice)
	}
	var why []string
	for _, try := range open {
		c, err := try()
		if err == nil {
			err = loadFunctions(c)
			if err == nil {
				return c, nil
			}
			c.close()
		}
		why = append(why, err.Error())
	}
	return nil, fmt.Errorf("opengl: no OpenGL 4.3 context: %s (%s): %w", strings.Join(why, "; "), contextHint, compute.ErrNoDevice)
}

func loadFunctions(c context) error {
	loader.Do(func() {
		loader.err = gl.InitWithProcAddrFunc(c.proc)
	})
	if loader.err != nil {
		return fmt.Errorf("%s: %w", c.platform(), loader.err)
	}
	var major, minor int32
	gl.GetIntegerv(gl.MAJOR_VERSION, &major)
	gl.GetIntegerv(gl.MINOR_VERSION, &minor)
	if major < 4 || major == 4 && minor < 3 {
		return fmt.Errorf("%s: the driver offers OpenGL %d.%d, compute shaders need 4.3", c.platform(), major, minor)
	}
	return nil
}

// glError names the oldest error that OpenGL holds, or returns nil.
func glError() error {
	code := gl.GetError()
	if code == gl.NO_ERROR {
		return nil
	}
	for range 16 { // a context may hold several; a lost one may never run out
		if gl.GetError() == gl.NO_ERROR {
			break
		}
	}
	switch code {
	case gl.OUT_OF_MEMORY:
		return compute.ErrOutOfMemory
	case gl.INVALID_ENUM:
		return errors.New("GL_INVALID_ENUM")
	case gl.INVALID_VALUE:
		return errors.New("GL_INVALID_VALUE")
	case gl.INVALID_OPERATION:
		return errors.New("GL_INVALID_OPERATION")
	case contextLost:
		return compute.ErrDeviceLost
	}
	return fmt.Errorf("OpenGL error 0x%04X", code)
}

// contextLost is GL_CONTEXT_LOST of OpenGL 4.5 and KHR_robustness.
const contextLost = 0x0507
