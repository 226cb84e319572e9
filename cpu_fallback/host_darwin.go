package cpu_fallback

import (
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// memoryBytes is how much memory the process may fill.
var memoryBytes = sync.OnceValue(func() int64 {
	if n, err := unix.SysctlUint64("hw.memsize"); err == nil {
		return int64(n)
	}
	return unknownMemory
})

var processorName = sync.OnceValue(func() string {
	if name, err := syscall.Sysctl("machdep.cpu.brand_string"); err == nil {
		return name
	}
	return genericName()
})

// askForHugePages does nothing: this system takes no such wishes from a Go array.
func askForHugePages([]float32) {}
