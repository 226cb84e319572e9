//go:build amd64 && unix

package jit

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// executable is a copy of code in pages that can be run and not written to.
func executable(code []byte) ([]byte, error) {
	page := os.Getpagesize()
	size := (len(code) + page - 1) / page * page
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("jit: memory for code: %w", err)
	}
	copy(memory, code)
	if err := unix.Mprotect(memory, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		if freed := release(memory); freed != nil {
			return nil, fmt.Errorf("jit: %w, and giving the memory back: %w", err, freed)
		}
		return nil, fmt.Errorf("jit: the system does not let memory be run: %w", err)
	}
	return memory, nil
}

// release gives pages of executable back.
func release(memory []byte) error { return unix.Munmap(memory) }
