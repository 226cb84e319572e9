package cpu_fallback

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// Every loop gives the numbers of compute.UniformAt, wherever it starts and
// ends, past the counter's end, too.
func TestUniform(t *testing.T) {
	tables := append(vectorTables(), &portable)
	for _, table := range tables {
		t.Run(table.name, func(t *testing.T) {
			for _, position := range []int{0, 1, 2, 3, 5, 64, 1<<34 - 40, 1<<34 - 7} {
				for _, n := range []int{0, 1, 2, 7, 15, 16, 17, 31, 32, 33, 63, 64, 200, 515} {
					got := make([]float32, n+1)
					got[n] = 7 // stays
					fillUniform(table.uniform, got[:n], 0xDEADBEEF, 0x80000003, 0xFFFFFFFE, position)
					for i, x := range got[:n] {
						if want := compute.UniformAt(0xDEADBEEF, 0x80000003, 0xFFFFFFFE, position+i); x != want {
							t.Fatalf("%d from position %d: element %d is %v, want %v", n, position, i, x, want)
						}
					}
					if got[n] != 7 {
						t.Fatalf("%d from position %d: wrote past the end", n, position)
					}
				}
			}
		})
	}
}

func BenchmarkUniform(b *testing.B) {
	for _, table := range append(vectorTables(), &portable) {
		b.Run(table.name, func(b *testing.B) {
			x := make([]float32, 4096)
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				fillUniform(table.uniform, x, 1, 2, 3, 0)
			}
		})
	}
}
