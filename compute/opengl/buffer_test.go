//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestBufferNamesComeBack: a driver gives the name of a deleted buffer to the
// next one. What the encoder knows to be bound under it is then another buffer.
func TestBufferNamesComeBack(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	names := map[uint32]int{}
	for round := range 6 {
		b, err := compute.NewBufferOf(d, []float32{1, 2, 3, float32(round)})
		if err != nil {
			t.Fatal(err)
		}
		names[b.(*buffer).name]++
		x := compute.ViewOf(b)
		d.Run(negate(x, x))
		if got := readFloats(t, d, x); got[0] != -1 || got[3] != -float32(round) {
			t.Errorf("round %d: %v, want [-1 -2 -3 %d]", round, got, -round)
		}
		b.Release()
	}
	if len(names) == 6 {
		t.Skip("this driver gives every buffer a name of its own")
	}
}
