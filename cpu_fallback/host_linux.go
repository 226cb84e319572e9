package cpu_fallback

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"sync"
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
