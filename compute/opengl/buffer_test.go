//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestBufferNamesComeBack: a driver may give the name of a deleted buffer, or
// of its texture, to the next one. What the encoder takes to be bound under it
// would then be another: it forgets all when a buffer goes.
func TestBufferNamesComeBack(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	bound := func() (n int) {
		d.th.call(func(g *gpu) { n = len(g.enc.storage) + len(g.enc.textures) })
		return n
	}
	for round := range 3 {
		b, err := compute.NewBufferOf(d, []float32{1, 2, 3, float32(round)})
		if err != nil {
			t.Fatal(err)
		}
		x := compute.ViewOf(b)
		d.Run(negate(x, x))
		if got := readFloats(t, d, x); got[0] != -1 || got[3] != -float32(round) {
			t.Errorf("round %d: %v, want [-1 -2 -3 %d]", round, got, -round)
		}
		if bound() == 0 {
			t.Error("nothing is bound after a kernel ran")
		}
		b.Release()
		if n := bound(); n != 0 {
			t.Errorf("round %d: %d bindings are remembered after the buffer is gone", round, n)
		}
	}
}
