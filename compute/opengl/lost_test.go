//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
)

// LoseDevice lets the driver report a reset from now on: backendtest then tests
// that the failure sticks and that nothing waits for work that will not end.
func (d *device) LoseDevice() {
	d.th.call(func(g *gpu) { g.status = func() uint32 { return gl.GUILTY_CONTEXT_RESET_ARB } })
}

// TestLostDeviceSaysWhy: the error names the device and whose work it was.
func TestLostDeviceSaysWhy(t *testing.T) {
	requireDevice(t)
	for status, why := range map[uint32]string{
		gl.GUILTY_CONTEXT_RESET_ARB:   "by this program's work",
		gl.INNOCENT_CONTEXT_RESET_ARB: "by another program",
		gl.UNKNOWN_CONTEXT_RESET_ARB:  "cause unknown",
	} {
		d, err := open(options{})
		if err != nil {
			t.Fatal(err)
		}
		d.th.call(func(g *gpu) { g.status = func() uint32 { return status } })
		err = d.Close()
		if !errors.Is(err, compute.ErrDeviceLost) || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), d.lim.renderer) {
			t.Errorf("%v, want a lost %s, reset %s", err, d.lim.renderer, why)
		}
	}
}

// TestLostDeviceRefusesBuffers: an allocation fails at once, and so does what
// waits, over and over.
func TestLostDeviceRefusesBuffers(t *testing.T) {
	requireDevice(t)
	d, err := open(options{})
	if err != nil {
		t.Fatal(err)
	}
	x := newBuffer(t, d, []float32{1})
	d.LoseDevice()
	for range 2 {
		if _, err := d.NewBuffer(1); !errors.Is(err, compute.ErrDeviceLost) {
			t.Errorf("NewBuffer: %v, want a lost device", err)
		}
		if _, err := d.Record([]compute.Kernel{negate(x, x)}); !errors.Is(err, compute.ErrDeviceLost) {
			t.Errorf("Record: %v, want a lost device", err)
		}
		if _, err := d.Probed(); !errors.Is(err, compute.ErrDeviceLost) {
			t.Errorf("Probed: %v, want a lost device", err)
		}
	}
	if err := d.Close(); !errors.Is(err, compute.ErrDeviceLost) {
		t.Errorf("Close: %v, want a lost device", err)
	}
	if n := d.Info().LiveBuffers; n != 0 {
		t.Errorf("%d buffers are left", n)
	}
}

// TestResetStatus: the driver at hand is asked by a name that it has.
func TestResetStatus(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	if d.lim.resetStatus == "" {
		t.Skip("the driver reports no resets")
	}
	d.th.call(func(g *gpu) {
		if g.play.GetGraphicsResetStatus == nil {
			t.Errorf("the driver has no %s", d.lim.resetStatus)
		}
		if status := g.status(); status != gl.NO_ERROR {
			t.Errorf("a healthy context has the status %#x", status)
		}
	})
}
