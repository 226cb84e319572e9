//go:build cgo && (windows || (linux && glfw))

package opengl

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// glfwContext is the context of a window that is never shown.
type glfwContext struct{ window *glfw.Window }

// contextHint says what to install when no context can be had.
const contextHint = "install the graphics card's driver (OpenGL 4.3 or later); on Linux with the glfw tag a display must be running (DISPLAY, or xvfb-run)"

// glfwThread is the one OS thread that GLFW's own functions run on. GLFW asks
// for the process's main thread only where the window system does, which
// Windows and X11 do not: any one thread, always the same, serves.
var glfwThread struct {
	sync.Mutex
	work  chan func()
	ready error
}

// onGLFW runs f on GLFW's thread and waits for it.
func onGLFW(f func() error) error {
	glfwThread.Lock()
	defer glfwThread.Unlock()
	done := make(chan error)
	if glfwThread.work == nil {
		glfwThread.work = make(chan func())
		go func() {
			runtime.LockOSThread()
			for f := range glfwThread.work {
				f()
			}
		}()
		glfwThread.work <- func() { done <- catch(glfw.Init) }
		glfwThread.ready = <-done
	}
	if glfwThread.ready != nil {
		return fmt.Errorf("GLFW does not start: %w", glfwThread.ready)
	}
	glfwThread.work <- func() { done <- catch(f) }
	return <-done
}

// catch turns the panics by which the binding reports some platform errors
// into errors.
func catch(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}

func openers() ([]func() (context, error), error) {
	return []func() (context, error){openGLFW}, nil
}

// openGLFW makes a hidden window's context current on the calling OS thread.
func openGLFW() (context, error) {
	g := &glfwContext{}
	err := onGLFW(func() error {
		glfw.DefaultWindowHints()
		glfw.WindowHint(glfw.Visible, glfw.False)
		glfw.WindowHint(glfw.ContextVersionMajor, 4)
		glfw.WindowHint(glfw.ContextVersionMinor, 3)
		glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
		glfw.WindowHint(glfw.ContextRobustness, glfw.LoseContextOnReset)
		w, err := glfw.CreateWindow(16, 16, "glearn", nil, nil)
		if err != nil { // not every driver grants a robust context
			glfw.WindowHint(glfw.ContextRobustness, glfw.NoRobustness)
			w, err = glfw.CreateWindow(16, 16, "glearn", nil, nil)
		}
		if err != nil {
			return err
		}
		if w == nil {
			return errors.New("no window")
		}
		g.window = w
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("GLFW: no OpenGL 4.3 core context: %w", err)
	}
	if err := catch(func() error { g.window.MakeContextCurrent(); return nil }); err != nil {
		return nil, fmt.Errorf("GLFW: the context cannot be made current: %w", err)
	}
	return g, nil
}

func (g *glfwContext) platform() string { return "GLFW" }

func (g *glfwContext) proc(name string) unsafe.Pointer { return glfw.GetProcAddress(name) }

func (g *glfwContext) close() {
	glfw.DetachCurrentContext()
	// A window that cannot be destroyed leaves nothing for a caller to do.
	_ = onGLFW(func() error { g.window.Destroy(); return nil })
}
