//go:build cgo && windows

package opengl

// hostMemory is not asked for: Windows refuses memory it does not have.
func hostMemory() int64 { return 0 }
