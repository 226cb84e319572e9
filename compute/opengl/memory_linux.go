//go:build cgo && linux

package opengl

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// hostMemory is the memory of the machine, or of the container it stands for.
// Linux hands out memory it does not have; the limit keeps an impossible
// buffer an error and not the end of the process.
func hostMemory() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	total := int64(info.Totalram) * int64(info.Unit)
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n < total {
			total = n
		}
	}
	return total / 10 * 9
}
