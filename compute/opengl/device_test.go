//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// openDevice is a device that is closed, without a failure, with the test.
func openDevice(t testing.TB, o options) *device {
	t.Helper()
	d, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error("Close:", err)
		}
	})
	return d
}

// untested leaves the self-test out.
func untested(*device) error { return nil }

// newBuffer puts values on the device.
func newBuffer[T float32 | int32 | uint32](t testing.TB, d *device, values []T) compute.View {
	t.Helper()
	b, err := compute.NewBufferOf(d, values)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Release)
	return compute.ViewOf(b)
}

func readFloats(t testing.TB, d *device, v compute.View) []float32 {
	t.Helper()
	values, err := compute.ReadAs[float32](d, v)
	if err != nil {
		t.Fatal(err)
	}
	return values
}
