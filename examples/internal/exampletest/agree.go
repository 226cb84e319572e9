package exampletest

import (
	"math"
	"testing"
)

// Agree runs an example on each backend, and wants equal results but for a
// tolerance: backends add sums in other orders. Results are losses and metrics
// by name.
func Agree(t *testing.T, tolerance float64, run func(t *testing.T, backend string) map[string]float64) {
	t.Helper()
	got := map[string]map[string]float64{}
	OnEachBackend(t, func(t *testing.T, backend string) { got[backend] = run(t, backend) })
	if len(got) < 2 {
		return // OpenGL is not here
	}
	if len(got["cpu"]) == 0 || len(got["cpu"]) != len(got["opengl"]) {
		t.Errorf("results are %v", got)
	}
	for name, x := range got["cpu"] {
		if y, ok := got["opengl"][name]; !ok || !(math.Abs(x-y) <= tolerance) {
			t.Errorf("%s is %v on the CPU and %v on OpenGL", name, x, y)
		}
	}
}
