// Package opengl runs kernels on any GPU that speaks OpenGL 4.3.
//
// Importing it registers the driver "opengl" with package compute. It needs
// cgo; on Linux it opens a context through EGL, with no window system, or
// through GLFW with the build tag glfw; on Windows through GLFW. Elsewhere,
// and without cgo, the driver is there and says why it finds no device.
//
// How a kernel reaches the GPU:
//
//	Run, Record          lower.go      a Kernel becomes dispatches: GLSL text,
//	    |                              bindings, uniforms, group counts
//	    v
//	thread.go            one goroutine locked to one OS thread owns the context
//	    |
//	    v
//	program.go, encode.go, play.c      compiled once; commands with barriers
//	                                   where a byte range needs one; one cgo
//	                                   call plays them
package opengl
