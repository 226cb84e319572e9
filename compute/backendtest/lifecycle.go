package backendtest

import (
	"errors"

	"github.com/glearn-go/glearn/compute"
)

// Breakable is implemented, in its own tests, by a backend that can act as if
// its device were lost. The suite then tests that the failure sticks.
type Breakable interface {
	// LoseDevice makes queued and later work fail with compute.ErrDeviceLost.
	LoseDevice()
}

// openOther is another device, closed by the test itself.
func (d *device) openOther() (raw, checked compute.Backend) {
	d.Helper()
	raw, err := d.suite.open()
	if err != nil {
		d.Fatalf("open: %v", err)
	}
	return raw, compute.Checked(raw)
}

func (d *device) wantError(what string, got, want error) {
	d.Helper()
	if !errors.Is(got, want) {
		d.Errorf("%s: %v, want an error that is %v", what, got, want)
	}
}

func testLifecycle(d *device) {
	d.run("info", func(d *device) {
		if info := d.b.Info(); info.Backend == "" || info.Device == "" {
			d.Errorf("a backend without a name: %+v", info)
		}
	})
	d.run("close", testClose)
	d.run("close with work and buffers left", func(d *device) {
		raw, b := d.openOther()
		x, err := b.NewBuffer(50_000)
		if err != nil {
			d.Fatalf("NewBuffer: %v", err)
		}
		r, err := b.Record([]compute.Kernel{increment(compute.ViewOf(x), 1)})
		if err != nil {
			d.Fatalf("Record: %v", err)
		}
		r.Replay(10)
		if err := b.Close(); err != nil {
			d.Errorf("Close: %v", err)
		}
		if info := raw.Info(); info.LiveBuffers != 0 || info.LiveBytes != 0 {
			d.Errorf("a closed device holds %d buffers of %d bytes", info.LiveBuffers, info.LiveBytes)
		}
		x.Release() // too late, and harmless
		r.Release()
	})
	d.run("a mistake sticks", func(d *device) {
		_, b := d.openOther()
		x, err := compute.NewBufferOf(b, []int32{1, 2, 3})
		if err != nil {
			d.Fatalf("NewBuffer: %v", err)
		}
		b.Run(&compute.Map{Expr: compute.Identity(compute.Int), Dims: compute.D(4), In: []compute.Operand{compute.Full(compute.ViewOf(x), compute.D(4))}, Out: nil})
		for range 2 {
			d.wantError("Read", b.Read(make([]uint32, 3), compute.ViewOf(x)), compute.ErrMisuse)
			d.wantError("Sync", b.Sync(), compute.ErrMisuse)
		}
		d.wantError("Close", b.Close(), compute.ErrMisuse)
	})
	d.run("a refused recording does not stick", func(d *device) {
		x := d.integers(0, 7)
		if _, err := d.b.Record([]compute.Kernel{increment(x, 1), &compute.Copy{Dims: compute.D(2)}}); err == nil {
			d.Errorf("a recording of a kernel without operands was prepared")
		}
		d.b.Run(increment(x, 1))
		d.same("after it", d.read(x), []uint32{8})
	})
	d.run("a lost device", testLost)
	d.run("two devices", func(d *device) {
		_, other := d.openOther()
		here := d.integers(0, 1)
		there, err := compute.NewBufferOf(other, []int32{10})
		if err != nil {
			d.Fatalf("NewBuffer: %v", err)
		}
		for range 3 {
			d.b.Run(increment(here, 1))
			other.Run(increment(compute.ViewOf(there), 10))
		}
		d.same("here", d.read(here), []uint32{4})
		got, err := compute.ReadAs[uint32](other, compute.ViewOf(there))
		if err != nil {
			d.Fatalf("Read: %v", err)
		}
		d.same("there", got, []uint32{40})
		if err := other.Close(); err != nil {
			d.Errorf("Close: %v", err)
		}
		d.b.Run(increment(here, 1))
		d.same("here, the other one closed", d.read(here), []uint32{5})
	})
}

func testClose(d *device) {
	_, b := d.openOther()
	x, err := b.NewBuffer(3)
	if err != nil {
		d.Fatalf("NewBuffer: %v", err)
	}
	r, err := b.Record([]compute.Kernel{increment(compute.ViewOf(x), 1)})
	if err != nil {
		d.Fatalf("Record: %v", err)
	}
	if err := b.Close(); err != nil {
		d.Fatalf("Close: %v", err)
	}
	d.wantError("a second Close", b.Close(), compute.ErrClosed)
	d.wantError("Sync", b.Sync(), compute.ErrClosed)
	d.wantError("Read", b.Read(make([]uint32, 3), compute.ViewOf(x)), compute.ErrClosed)
	_, err = b.NewBuffer(3)
	d.wantError("NewBuffer", err, compute.ErrClosed)
	_, err = b.Record(nil)
	d.wantError("Record", err, compute.ErrClosed)
	// These have no error to return; they must do nothing.
	b.Write(compute.ViewOf(x), []uint32{1, 2, 3})
	b.Run(increment(compute.ViewOf(x), 1))
	r.Replay(1)
	r.Release()
	x.Release()
	x.Release()
	if n := b.Info().LiveBuffers; n != 0 {
		d.Errorf("%d buffers are alive on a closed device", n)
	}
	d.wantError("Sync, later", b.Sync(), compute.ErrClosed)
}

func testLost(d *device) {
	raw, b := d.openOther()
	breakable, ok := raw.(Breakable)
	if !ok {
		if err := b.Close(); err != nil {
			d.Errorf("Close: %v", err)
		}
		d.Skipf("this backend has no LoseDevice to simulate it")
	}
	x, err := compute.NewBufferOf(b, []int32{1})
	if err != nil {
		d.Fatalf("NewBuffer: %v", err)
	}
	b.Run(increment(compute.ViewOf(x), 1))
	breakable.LoseDevice()
	b.Run(increment(compute.ViewOf(x), 1)) // dropped
	b.Write(compute.ViewOf(x), []uint32{9})
	for range 2 { // it sticks
		d.wantError("Sync", b.Sync(), compute.ErrDeviceLost)
		d.wantError("Read", b.Read(make([]uint32, 1), compute.ViewOf(x)), compute.ErrDeviceLost)
	}
	x.Release()
	d.wantError("Close", b.Close(), compute.ErrDeviceLost)
	d.wantError("a second Close", b.Close(), compute.ErrClosed)
}
