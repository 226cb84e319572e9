//go:build cgo && linux && !glfw

package opengl

/*
#cgo LDFLAGS: -ldl -lpthread
#include <stdlib.h>
#include "context_egl.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// eglContext is a context with no window: it works over ssh and in a
// container.
type eglContext struct{ c C.glearn_egl }

// contextHint says what to install when no context can be had.
const contextHint = "install a driver with OpenGL 4.3 (NVIDIA's own, or Mesa: libegl1 libgl1-mesa-dri) and check with eglinfo that EGL lists it; a container needs the GPU passed in"

// openers tries the devices that EGL lists, in its order, then the surfaceless
// platform. EGL lists hardware before software.
func openers() ([]func() (context, error), error) {
	var why [512]C.char
	n := int(C.glearn_egl_devices(&why[0], C.int(len(why))))
	var all []func() (context, error)
	for device := range max(n, 0) {
		all = append(all, func() (context, error) { return openEGL(device) })
	}
	all = append(all, func() (context, error) { return openEGL(-1) })
	reason := C.GoString(&why[0])
	if n < 0 && strings.Contains(reason, "cannot be loaded") {
		return nil, errors.New(reason)
	}
	return all, nil
}

// openEGL makes the device's context current on the calling OS thread.
func openEGL(device int) (context, error) {
	e := &eglContext{}
	var why [512]C.char
	if C.glearn_egl_open(&e.c, C.int(device), &why[0], C.int(len(why))) == 0 {
		where := fmt.Sprintf("EGL device %d", device)
		if device < 0 {
			where = "EGL without a device"
		}
		return nil, fmt.Errorf("%s: %s", where, C.GoString(&why[0]))
	}
	return e, nil
}

func (e *eglContext) platform() string { return "EGL" }

func (e *eglContext) proc(name string) unsafe.Pointer {
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	return C.glearn_egl_proc(s)
}

func (e *eglContext) close() { C.glearn_egl_close(&e.c) }
