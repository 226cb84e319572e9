package cpu_fallback

import (
	"fmt"
	"runtime"
)

// unknownMemory is the limit where the machine's memory cannot be read: less
// than make refuses with a panic, more than any machine has.
const unknownMemory = 1 << 40

func genericName() string { return fmt.Sprintf("%s, %d cores", runtime.GOARCH, runtime.NumCPU()) }
