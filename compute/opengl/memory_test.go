//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestOutOfMemory: a buffer that does not fit fails by itself; smaller ones, and
// the same one when others are gone, do not.
func TestOutOfMemory(t *testing.T) {
	requireDevice(t)
	t.Setenv("GLEARN_DEVICE_MEMORY", "1M")
	d := openDevice(t, options{})
	if got := d.Info().MemoryBytes; got != 1<<20 {
		t.Fatalf("the device has %d bytes, want the limit of 1M", got)
	}
	const words = 1 << 18 // all of it
	if _, err := d.NewBuffer(words + 1); !errors.Is(err, compute.ErrOutOfMemory) {
		t.Errorf("a buffer of more than all: %v, want ErrOutOfMemory", err)
	}
	half, err := d.NewBuffer(words / 2)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := d.NewBuffer(words/2 + 1); !errors.Is(err, compute.ErrOutOfMemory) {
			t.Errorf("a second buffer of more than half: %v, want ErrOutOfMemory", err)
		}
	}
	x := newBuffer(t, d, []float32{1, -2})
	d.Run(negate(x, x))
	if got := readFloats(t, d, x); got[0] != -1 || got[1] != 2 {
		t.Errorf("after it a kernel gives %v, want [-1 2]", got)
	}
	half.Release()
	second, err := d.NewBuffer(words/2 + 1)
	if err != nil {
		t.Errorf("when there is room again: %v", err)
	} else {
		second.Release()
	}
	if _, err := d.NewBuffer(maxBufferWords + 1); !errors.Is(err, compute.ErrOutOfMemory) {
		t.Errorf("a buffer longer than any: %v, want ErrOutOfMemory", err)
	}
	if err := d.Sync(); err != nil {
		t.Errorf("a failed allocation sticks: %v", err)
	}
}

func TestMemoryLimit(t *testing.T) {
	for text, want := range map[string]int64{"": 7, "4096": 4096, "64K": 64 << 10, "3m": 3 << 20, "2G": 2 << 30} {
		t.Setenv("GLEARN_DEVICE_MEMORY", text)
		if got, err := memoryLimit(7); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "M", "1.5G", "many", "9999999999G", "1T"} {
		t.Setenv("GLEARN_DEVICE_MEMORY", text)
		if got, err := memoryLimit(7); err == nil {
			t.Errorf("%q: %d, want an error", text, got)
		}
	}
}
