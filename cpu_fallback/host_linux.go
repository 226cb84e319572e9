package cpu_fallback

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// memoryBytes is how much memory the process may fill: the machine's, or less
// where a control group says so.
var memoryBytes = sync.OnceValue(func() int64 {
	total := int64(unknownMemory)
	if kb, err := strconv.ParseInt(strings.TrimSuffix(procField("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		total = kb * 1024
	}
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
			total = min(total, limit)
		}
	}
	return total
})

var processorName = sync.OnceValue(func() string {
	if name := procField("/proc/cpuinfo", "model name"); name != "" {
		return name
	}
	return genericName()
})

// procField is the value of the first line "name: value" of a file.
func procField(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

const hugePage = 2 << 20 // bytes

// askForHugePages asks that the memory of long arrays, which nobody has touched
// yet, comes in pages of 2 MiB: matrices are read across their rows, each in
// another of the small pages, and a processor knows few of those by heart.
func askForHugePages(words []float32) {
	const wordsOfPage = hugePage / 4
	if len(words) < 2*wordsOfPage {
		return
	}
	first := int(-uintptr(unsafe.Pointer(unsafe.SliceData(words)))%hugePage) / 4
	whole := words[first : first+(len(words)-first)/wordsOfPage*wordsOfPage]
	// A system without them is as right, so its error is none of ours.
	_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(whole))), len(whole)*4), unix.MADV_HUGEPAGE)
}
