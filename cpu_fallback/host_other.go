//go:build !linux && !darwin && !windows

package cpu_fallback

func memoryBytes() int64 { return unknownMemory }

func processorName() string { return genericName() }

// askForHugePages does nothing: this system takes no such wishes from a Go array.
func askForHugePages([]float32) {}
