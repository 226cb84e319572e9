//go:build !linux && !darwin && !windows

package cpu_fallback

func memoryBytes() int64 { return unknownMemory }

func processorName() string { return genericName() }
