//go:build !nopurego && (amd64 || arm64)

package cpu_fallback

import "syscall"

// libraryNames are where an OpenBLAS is looked for.
func libraryNames() []string { return []string{"libopenblas.dll", "openblas.dll"} }

func openShared(path string) (uintptr, error) {
	handle, err := syscall.LoadLibrary(path)
	return uintptr(handle), err
}

// symbol is the address of a function, or 0.
func symbol(handle uintptr, name string) uintptr {
	f, err := syscall.GetProcAddress(syscall.Handle(handle), name)
	if err != nil {
		return 0
	}
	return f
}
