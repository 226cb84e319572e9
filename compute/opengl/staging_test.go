//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/compute/backendtest"
)

// unmapped is a driver without buffers that stay mapped.
func unmapped(l *limits) { l.storage = false }

// stagings are the ways in which Writes and Reads reach a device.
var stagings = map[string]options{
	"mapped":               {},
	"mapped, short":        {staged: shortWrite},
	"not mapped":           {limit: unmapped},
	"not mapped and short": {limit: unmapped, staged: shortWrite},
}

// TestConformanceOfStaging repeats the parts of the suite about memory
// with staging buffers that are always full, and without mapped ones.
func TestConformanceOfStaging(t *testing.T) {
	requireDevice(t)
	for name, o := range stagings {
		if o.check = untested; name == "mapped" {
			continue // TestConformance
		}
		t.Run(name, func(t *testing.T) {
			backendtest.RunOnly(t, func() (compute.Backend, error) { return open(o) }, "Memory", "Uploads", "Concurrency", "Lifecycle")
		})
	}
}

// TestStagingIsMapped: where the driver can do it, the memory is the driver's.
func TestStagingIsMapped(t *testing.T) {
	requireDevice(t)
	for name, o := range stagings {
		d := openDevice(t, o)
		x := newBuffer(t, d, make([]float32, 2*shortWrite))
		for range 3 { // both slots
			d.Write(x.Slice(0, shortWrite), make([]uint32, shortWrite))
		}
		readFloats(t, d, x)
		want := d.lim.storage
		d.th.call(func(g *gpu) {
			for i := range d.staging.slots {
				if s := &d.staging.slots[i]; s.memory != nil && (s.name != 0) != want {
					t.Errorf("%s: slot %d is mapped: %v, want %v", name, i, s.name != 0, want)
				}
			}
			if (g.back.name != 0) != want {
				t.Errorf("%s: what Read goes through is mapped: %v, want %v", name, g.back.name != 0, want)
			}
		})
		if d.staging.slots[0].memory == nil {
			t.Errorf("%s: nothing went through the first slot", name)
		}
	}
}

// TestLongWrite: a Write that is longer than both staging buffers arrives whole,
// and in its turn.
func TestLongWrite(t *testing.T) {
	requireDevice(t)
	const n = 7*shortWrite + 5
	values := make([]uint32, n)
	for i := range values {
		values[i] = uint32(i)
	}
	for name, o := range stagings {
		d := openDevice(t, o)
		x := newBuffer(t, d, make([]uint32, n+2))
		d.Write(x.Slice(0, shortWrite), values[:shortWrite])
		d.Write(x.Slice(1, n), values)
		d.Write(x.Slice(3, shortWrite), values[:shortWrite])
		got := make([]uint32, n+2)
		if err := d.Read(got, x); err != nil {
			t.Fatal(err)
		}
		want := slices.Concat([]uint32{0}, values, []uint32{0})
		copy(want[3:], values[:shortWrite])
		if i := firstDifference(got, want); i >= 0 {
			t.Errorf("%s: word %d is %d, want %d", name, i, got[i], want[i])
		}
	}
}

func firstDifference(a, b []uint32) int {
	for i := range b {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// TestStagingRunsAhead: while the device's thread is held up, Writes return as
// long as there is room in the staging buffers.
func TestStagingRunsAhead(t *testing.T) {
	requireDevice(t)
	for name, o := range stagings {
		o.staged = 4 * shortWrite
		d := openDevice(t, o)
		x := newBuffer(t, d, make([]uint32, shortWrite)) // makes the first slot
		words := make([]uint32, shortWrite)
		hold := make(chan struct{})
		d.th.send(command{do: func(*gpu) { <-hold }}, 0)
		for i := range 3 { // beside what is in it
			fillWords(words, uint32(i))
			d.Write(x, words)
		}
		close(hold)
		fillWords(words, 2)
		got := make([]uint32, shortWrite)
		if err := d.Read(got, x); err != nil {
			t.Fatal(err)
		}
		if i := firstDifference(got, words); i >= 0 {
			t.Errorf("%s: word %d is %d, want 2", name, i, got[i])
		}
	}
}

func fillWords(words []uint32, x uint32) {
	for i := range words {
		words[i] = x
	}
}

// TestStagingIsBounded: however much is uploaded, the staging buffers end at
// their limit, and short Writes have none.
func TestStagingIsBounded(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{staged: 4 * shortWrite})
	x := newBuffer(t, d, make([]uint32, shortWrite-1))
	for i := range d.staging.slots {
		if n := len(d.staging.slots[i].memory); n != 0 {
			t.Errorf("a short Write made slot %d, of %d words", i, n)
		}
	}
	y := newBuffer(t, d, make([]uint32, 3*shortWrite))
	for range 50 {
		d.Write(y, make([]uint32, 3*shortWrite))
		d.Run(negate(x, x))
	}
	for i := range d.staging.slots {
		if n := len(d.staging.slots[i].memory); n > 4*shortWrite {
			t.Errorf("slot %d grew to %d words, the limit is %d", i, n, 4*shortWrite)
		}
	}
}

// longBuffer is a device with the options, and a buffer so long that a Write to it
// goes through the staging buffers.
func longBuffer(t *testing.T, o options) (*device, compute.Buffer) {
	t.Helper()
	o.check = untested
	d, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.NewBuffer(3 * shortWrite)
	if err != nil {
		t.Fatal(err)
	}
	return d, b
}

// TestWriteWhileClosing: Writes from other goroutines while a device is closed
// are dropped; none touches memory that is gone.
func TestWriteWhileClosing(t *testing.T) {
	requireDevice(t)
	for name, o := range stagings {
		d, b := longBuffer(t, o)
		var wait sync.WaitGroup
		started := make(chan struct{}, 3)
		for range cap(started) {
			wait.Go(func() {
				words := make([]uint32, 3*shortWrite)
				for i := 0; !d.isClosed() || i < 3; i++ {
					d.Write(compute.ViewOf(b), words)
					if i == 0 {
						started <- struct{}{}
					}
				}
			})
		}
		for range cap(started) {
			<-started
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wait.Wait()
		if err := d.Sync(); !errors.Is(err, compute.ErrClosed) {
			t.Errorf("%s: %v, want a closed device", name, err)
		}
	}
}

// TestLostDeviceTakesWrites: a device that was lost drops what is written, and
// nobody waits for a fence that will not come.
func TestLostDeviceTakesWrites(t *testing.T) {
	requireDevice(t)
	for name, o := range stagings {
		d, b := longBuffer(t, o)
		d.LoseDevice()
		words := make([]uint32, 3*shortWrite)
		for range 20 {
			d.Write(compute.ViewOf(b), words)
		}
		for what, err := range map[string]error{"Read": d.Read(words, compute.ViewOf(b)), "Sync": d.Sync()} {
			if !errors.Is(err, compute.ErrDeviceLost) {
				t.Errorf("%s: %s: %v, want a lost device", name, what, err)
			}
		}
		for range 20 {
			d.Write(compute.ViewOf(b), words)
		}
		if err := d.Close(); !errors.Is(err, compute.ErrDeviceLost) {
			t.Errorf("%s: Close: %v, want a lost device", name, err)
		}
	}
}

// BenchmarkWrite is the time of uploads that a kernel reads in turn.
func BenchmarkWrite(b *testing.B) {
	requireDevice(b)
	for _, n := range []int{shortWrite, 1 << 20, 8 << 20} {
		for name, o := range stagings {
			if o.staged > 0 {
				continue
			}
			b.Run(fmt.Sprintf("%d KiB/%s", n>>8, name), func(b *testing.B) {
				d := openDevice(b, o)
				x := newBuffer(b, d, make([]float32, n))
				words := make([]uint32, n)
				b.SetBytes(int64(4 * n))
				for b.Loop() {
					d.Write(x, words)
					d.Run(negate(x.Slice(0, 64), x.Slice(0, 64)))
				}
				if err := d.Sync(); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
