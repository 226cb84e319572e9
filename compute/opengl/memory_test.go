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

func TestMemoryLimitThatIsNone(t *testing.T) {
	requireDevice(t)
	t.Setenv("GLEARN_DEVICE_MEMORY", "1T")
	if d, err := Open(); err == nil {
		d.Close()
		t.Error("a device opened with a limit of 1T")
	}
}
