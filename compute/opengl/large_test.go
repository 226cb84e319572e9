//go:build cgo && (linux || windows)

package opengl

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// zeros reserves a long buffer, or skips where the device has no room for it.
func zeros(t *testing.T, d *device, words int) compute.View {
	t.Helper()
	if testing.Short() {
		t.Skip("takes gigabytes")
	}
	if most := d.Info().MemoryBytes; most > 0 && most < 8*int64(words) {
		t.Skipf("the device has %d MiB, want twice the %d of the buffer", most>>20, words>>18)
	}
	b, err := d.NewBuffer(words)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Release)
	return compute.ViewOf(b)
}

// TestLargeProduct multiplies with a matrix of 10,000 x 10,000, three of whose
// rows are not 0: longer than a storage block of 128 MiB, and than a buffer
// texture may be.
func TestLargeProduct(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	const m, n = 4, 10_000
	b := zeros(t, d, n*n)
	ones := make([]float32, n)
	for i := range ones {
		ones[i] = 1
	}
	for _, row := range []int{0, 4999, n - 1} {
		d.Write(b.Slice(row*n, n), compute.Words(ones))
	}
	av := make([]float32, m*n)
	for i := range av {
		av[i] = float32(i/n + 1) // row i is all i+1
	}
	a, c := newBuffer(t, d, av), newBuffer(t, d, make([]float32, m*n))
	for _, transposed := range []bool{false, true} {
		d.Run(&compute.MatMul{M: m, N: n, K: n, TransB: transposed, A: compute.Rows(a, n), B: compute.Rows(b, n), C: compute.Rows(c, n)})
		wrong := 0
		for at, got := range readFloats(t, d, c) {
			i, j := at/n, at%n
			want := float32(3 * (i + 1))
			if transposed { // now whole columns are ones
				want = 0
				if j == 0 || j == 4999 || j == n-1 {
					want = float32(n * (i + 1))
				}
			}
			if got != want {
				if wrong++; wrong < 5 {
					t.Errorf("transposed %v: C[%d, %d] is %v, want %v", transposed, i, j, got, want)
				}
			}
		}
	}
}

// TestLargeDataSet gathers a batch from a data set of 1 GiB: rows from its
// first to its last word.
func TestLargeDataSet(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	const cols, rows = 1 << 10, 1 << 18
	table := zeros(t, d, rows*cols)
	numbers := []int32{rows - 1, 0, 32767, 32768, 131071, 1, rows / 2, rows - 1}
	for _, r := range numbers {
		row := make([]float32, cols)
		for j := range row {
			row[j] = float32(r) + float32(j)/cols
		}
		d.Write(table.Slice(int(r)*cols, cols), compute.Words(row))
	}
	batch := newBuffer(t, d, make([]float32, len(numbers)*cols))
	d.Run(&compute.Gather{
		Rows: len(numbers), Cols: cols, TableRows: rows, Table: compute.Rows(table, cols),
		Index: compute.Index{View: newBuffer(t, d, numbers)}, Out: compute.Rows(batch, cols),
	})
	wrong := 0
	for at, got := range readFloats(t, d, batch) {
		i, j := at/cols, at%cols
		if want := float32(numbers[i]) + float32(j)/cols; got != want {
			if wrong++; wrong < 5 {
				t.Errorf("row %d of the batch, word %d, is %v, want %v", i, j, got, want)
			}
		}
	}
}
