//go:build amd64

package jit

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// executable is a copy of code in pages that can be run and not written to.
func executable(code []byte) ([]byte, error) {
	page := os.Getpagesize()
	size := (len(code) + page - 1) / page * page
	address, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return nil, fmt.Errorf("jit: memory for code: %w", err)
	}
	memory := unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size) // not Go's memory: it never moves
	copy(memory, code)
	var before uint32
	if err := windows.VirtualProtect(address, uintptr(size), windows.PAGE_EXECUTE_READ, &before); err != nil {
		if freed := release(memory); freed != nil {
			return nil, fmt.Errorf("jit: %w, and giving the memory back: %w", err, freed)
		}
		return nil, fmt.Errorf("jit: the system does not let memory be run: %w", err)
	}
	return memory, nil
}

// release gives pages of executable back.
func release(memory []byte) error {
	return windows.VirtualFree(uintptr(unsafe.Pointer(&memory[0])), 0, windows.MEM_RELEASE)
}
