package cpu_fallback

import (
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// memoryBytes is how much memory the process may fill.
var memoryBytes = sync.OnceValue(func() int64 {
	var kilobytes uint64
	installed := syscall.NewLazyDLL("kernel32.dll").NewProc("GetPhysicallyInstalledSystemMemory")
	if installed.Find() == nil {
		if ok, _, _ := installed.Call(uintptr(unsafe.Pointer(&kilobytes))); ok != 0 {
			return int64(kilobytes) * 1024
		}
	}
	return unknownMemory
})

var processorName = sync.OnceValue(func() string {
	if name := os.Getenv("PROCESSOR_IDENTIFIER"); name != "" {
		return name
	}
	return genericName()
})

// askForHugePages does nothing: this system takes no such wishes from a Go array.
func askForHugePages([]float32) {}
