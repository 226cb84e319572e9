//go:build !gldebug && cgo && (linux || windows)

package opengl

// debug checks for an error after every dispatch and names its kernel; the
// build tag gldebug turns it on.
const debug = false
