//go:build !nopurego && (linux || darwin) && (amd64 || arm64)

package cpu_fallback

import (
	"runtime"

	"github.com/ebitengine/purego"
)

// libraryNames are where an OpenBLAS (on macOS, after it, Apple's Accelerate)
// is looked for.
func libraryNames() []string {
	if runtime.GOOS == "darwin" {
		return []string{"libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "/usr/local/opt/openblas/lib/libopenblas.dylib",
			"/System/Library/Frameworks/Accelerate.framework/Accelerate"}
	}
	return []string{"libopenblas.so.0", "libopenblas.so"}
}

func openShared(path string) (uintptr, error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

// symbol is the address of a function, or 0.
func symbol(handle uintptr, name string) uintptr {
	f, err := purego.Dlsym(handle, name)
	if err != nil {
		return 0
	}
	return f
}
