//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// negate is y = -x.
func negate(x, y compute.View) compute.Kernel {
	b := compute.NewBuilder(compute.Float)
	dims := compute.D(x.Len)
	return &compute.Map{
		Expr: b.MustBuild(b.Apply(compute.OpNeg, b.Input(0))), Dims: dims,
		In: []compute.Operand{compute.Full(x, dims)}, Out: []compute.Operand{compute.Full(y, dims)},
	}
}

// TestLaunches: a recording counts its dispatches, and the barriers between
// those that depend on each other.
func TestLaunches(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	x := newBuffer(t, d, make([]float32, 64))
	y := newBuffer(t, d, make([]float32, 64))
	half := func(v compute.View, n int) compute.View { return v.Slice(32*n, 32) }
	for _, c := range []struct {
		name            string
		kernels         []compute.Kernel
		programs, waits int
	}{
		{"nothing", nil, 0, 0},
		{"one", []compute.Kernel{negate(x, y)}, 1, 0},
		{"halves", []compute.Kernel{negate(half(x, 0), half(y, 0)), negate(half(x, 1), half(y, 1))}, 2, 0},
		{"a chain", []compute.Kernel{negate(x, y), negate(y, x), negate(x, y)}, 3, 2},
		{"of no elements", []compute.Kernel{negate(x.Slice(0, 0), y.Slice(0, 0))}, 0, 0},
	} {
		r, err := d.Record(c.kernels)
		if err != nil {
			t.Fatal(err)
		}
		if programs, waits := r.(compute.Launcher).Launches(); programs != c.programs || waits != c.waits {
			t.Errorf("%s: %d programs and %d waits, want %d and %d", c.name, programs, waits, c.programs, c.waits)
		}
		r.Release()
	}
}
