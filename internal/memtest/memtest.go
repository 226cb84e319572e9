// Package memtest measures what a parser allocates, for tests that hold it to
// twice the size of its file.
package memtest

import (
	"runtime"
	"testing"
)

// Allocated is how many bytes f allocates, garbage included. Other goroutines
// that allocate meanwhile are counted, too.
func Allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// AtMost fails the test when f allocates more than twice size bytes and what the
// parser needs for itself whatever the file (buffers, a stack).
func AtMost(t testing.TB, size, constant int64, f func()) {
	t.Helper()
	if got, limit := Allocated(f), 2*size+constant; got > limit {
		t.Errorf("parsing %d bytes allocated %d, want at most %d", size, got, limit)
	}
}
