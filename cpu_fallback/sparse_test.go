package cpu_fallback

import "testing"

// The assembly trusts the columns of a row that lies inside.
func TestInsideFindsAnyColumnThatDoesNotExist(t *testing.T) {
	const cols = 100
	for n := 1; n < 40; n++ {
		a := csr{col: make([]int32, n+2), cols: cols}
		for i := range a.col {
			a.col[i] = int32(i * 31 % cols)
		}
		a.col[0], a.col[n+1] = -1, cols // of other rows
		if !a.inside(1, n+1) {
			t.Fatalf("%d columns: all exist, and are not found to", n)
		}
		for at := 1; at <= n; at++ {
			for _, wrong := range []int32{cols, 1 << 30, -1, -1 << 31} {
				right := a.col[at]
				a.col[at] = wrong
				if a.inside(1, n+1) {
					t.Fatalf("%d columns: column %d at place %d is not found", n, wrong, at)
				}
				a.col[at] = right
			}
		}
	}
}
