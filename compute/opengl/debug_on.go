//go:build gldebug && cgo && (linux || windows)

package opengl

// debug checks for an error after every dispatch and names its kernel; the
// build tag gldebug turned it on.
const debug = true
