//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestTeamsFitAGroup: long sums for one to many places run as teams, in groups
// that every device has.
func TestTeamsFitAGroup(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{limit: func(l *limits) { l.software = false }, check: untested})
	for _, rows := range []int{100, 1000, 4097, 20_000} {
		for _, cols := range []int{1, 2, 7, 64} {
			ones := make([]float32, rows*cols)
			for i := range ones {
				ones[i] = 1
			}
			in, out := newBuffer(t, d, ones), newBuffer(t, d, make([]float32, cols))
			dims := compute.D(rows, cols)
			d.Run(&compute.Reduce{
				Op: compute.ReduceSum, Expr: compute.Identity(compute.Float), Dims: dims, Axes: [compute.MaxAxes]bool{2: true},
				In: []compute.Operand{compute.Full(in, dims)}, Out: compute.RowVector(out),
			})
			for i, got := range readFloats(t, d, out) {
				if got != float32(rows) {
					t.Fatalf("%d rows of %d: sum %d is %v", rows, cols, i, got)
				}
			}
		}
	}
}
