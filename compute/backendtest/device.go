package backendtest

import (
	"math/rand/v2"
	"slices"

	"github.com/glearn-go/glearn/compute"
)

// device is a backend under test together with the test that uses it. Buffers
// made through it are released when the test ends.
type device struct {
	tb
	suite suite
	raw   compute.Backend // as opened
	b     compute.Backend // raw, checked
	rng   *rand.Rand
	held  []compute.Buffer
}

// device opens a device for the test t.
func (s suite) device(t tb) *device {
	t.Helper()
	raw, err := s.open()
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return &device{tb: t, suite: s, raw: raw, b: compute.Checked(raw), rng: rand.New(rand.NewPCG(1, 2))}
}

// close releases what the test held; nothing may be left on the device then.
func (d *device) close() {
	d.Helper()
	d.release()
	if err := d.b.Sync(); err != nil {
		d.Errorf("after the test: %v", err)
	}
	if info := d.b.Info(); info.LiveBuffers != 0 || info.LiveBytes != 0 {
		d.Errorf("after the test %d buffers of %d bytes are alive, want none", info.LiveBuffers, info.LiveBytes)
	}
	if err := d.b.Close(); err != nil {
		d.Errorf("Close: %v", err)
	}
}

func (d *device) release() {
	for _, b := range d.held {
		b.Release()
	}
	d.held = nil
}

// run is a subtest on the same device.
func (d *device) run(name string, f func(*device)) {
	d.Run(name, func(t tb) {
		sub := *d
		sub.tb, sub.held, sub.rng = t, nil, rand.New(rand.NewPCG(3, 4))
		defer sub.release()
		f(&sub)
	})
}

// buffer reserves memory; it is zero.
func (d *device) buffer(words int) compute.Buffer {
	d.Helper()
	b, err := d.b.NewBuffer(words)
	if err != nil {
		d.Fatalf("NewBuffer(%d): %v", words, err)
	}
	d.held = append(d.held, b)
	return b
}

// upload puts values on the device.
func upload[T float32 | int32 | uint32](d *device, values []T) compute.View {
	d.Helper()
	v := compute.ViewOf(d.buffer(len(values)))
	d.b.Write(v, compute.Words(values))
	return v
}

func (d *device) read(v compute.View) []uint32 {
	d.Helper()
	words := make([]uint32, v.Len)
	if err := d.b.Read(words, v); err != nil {
		d.Fatalf("Read: %v", err)
	}
	return words
}

// snapshot reads whole buffers.
func (d *device) snapshot(views ...[]compute.View) memory {
	d.Helper()
	m := memory{}
	for _, v := range slices.Concat(views...) {
		if _, ok := m[v.Buffer]; !ok {
			m[v.Buffer] = d.read(compute.ViewOf(v.Buffer))
		}
	}
	return m
}

// check runs one kernel and compares every word of every buffer it touches with
// what the oracle says: results within tol, all else unchanged.
func (d *device) check(k compute.Kernel, tol tolerance) {
	d.Helper()
	if err := k.Check(); err != nil {
		d.Fatalf("the suite is wrong: %v", err)
	}
	before := d.snapshot(k.Access())
	want := oracle(k, before)
	d.b.Run(k)
	d.compare(k.String(), want, tol)
}

func (d *device) compare(what string, want *outcome, tol tolerance) {
	d.Helper()
	for b, words := range want.before {
		got := d.read(compute.ViewOf(b))
		bad, first := 0, ""
		for i := range got {
			if problem := want.problem(b, words, i, got[i], tol); problem != "" {
				if bad == 0 {
					first = problem
				}
				bad++
			}
		}
		if bad > 0 {
			d.Errorf("%s: %d of %d words are wrong, the first is %s", what, bad, len(got), first)
		}
	}
}
