//go:build cgo

package opengl

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
)

// held is what a process holds of what a leak would add to.
type held struct{ threads, files, kib int }

func holds(t *testing.T) held {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) int {
		_, rest, _ := strings.Cut(string(status), "\n"+name+":")
		fields := strings.Fields(rest)
		if len(fields) == 0 {
			t.Fatalf("/proc/self/status has no %s", name)
		}
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return held{field("Threads"), len(files), field("VmRSS")}
}

// TestOpenAndCloseLeakNothing opens and closes devices, with a buffer and, on
// every tenth, a program and a recording left, and looks at what the process then holds. The
// first rounds fill caches that stay.
func TestOpenAndCloseLeakNothing(t *testing.T) {
	requireDevice(t)
	warm, rounds := 100, 1000
	if testing.Short() {
		warm, rounds = 20, 60
	}
	round := func(i int) {
		d, err := open(options{})
		if err != nil {
			t.Fatal(err)
		}
		x := newBuffer(t, d, make([]float32, 1<<16))
		if i%10 == 0 { // programs take their time
			r, err := d.Record([]compute.Kernel{negate(x, x)})
			if err != nil {
				t.Fatal(err)
			}
			r.Replay(2)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range warm {
		round(i)
	}
	before := holds(t)
	for i := range rounds {
		round(i)
	}
	var after held
	for wait := time.Millisecond; wait < 2*time.Second; wait *= 2 {
		// A thread is gone a moment after the goroutine that was locked to it.
		if after = holds(t); after.threads <= before.threads+2 {
			break
		}
		time.Sleep(wait)
	}
	if after.threads > before.threads+2 || after.files > before.files+2 {
		t.Errorf("%d rounds: from %d to %d threads, from %d to %d open files", rounds, before.threads, after.threads, before.files, after.files)
	}
	// A buffer of 256 KiB a round would be far more; pages come and go by less.
	t.Logf("%d rounds: from %+v to %+v", rounds, before, after)
	if grown := after.kib - before.kib; grown > 16<<10+8*rounds {
		t.Errorf("%d rounds: the process grew by %d KiB, from %d", rounds, grown, before.kib)
	}
}
