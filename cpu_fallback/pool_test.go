package cpu_fallback

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// counting is a task that counts how often each part runs.
type counting struct{ runs []atomic.Int32 }

func (c *counting) part(_ *worker, i int) { c.runs[i].Add(1) }

func TestPoolRunsEveryPartOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		p := newPool(threads)
		for _, parts := range []int{0, 1, 2, 3, 64, 1000} {
			c := &counting{runs: make([]atomic.Int32, parts)}
			j := newJob(c, parts)
			for round := range 50 {
				if round%10 == 9 {
					time.Sleep(200 * time.Microsecond) // lets the helpers fall asleep
				}
				p.run(j)
				for i := range c.runs {
					if n := c.runs[i].Load(); int(n) != round+1 {
						t.Fatalf("%d threads, %d parts: part %d ran %d times in %d rounds", threads, parts, i, n, round+1)
					}
				}
			}
		}
		p.stop()
	}
}

// busy is a task whose parts take a given time.
type busy struct{ d time.Duration }

func (b busy) part(*worker, int) {
	for start := time.Now(); time.Since(start) < b.d; {
	}
}

// BenchmarkHandOff is two parts of the given length, with the helper awake
// from the job before, and asleep. What it takes beyond one part is the cost
// of sharing.
func BenchmarkHandOff(t *testing.B) {
	for _, length := range []time.Duration{0, 5 * time.Microsecond, 20 * time.Microsecond} {
		for _, pause := range []time.Duration{0, 200 * time.Microsecond} {
			t.Run(fmt.Sprintf("part=%v/pause=%v", length, pause), func(t *testing.B) {
				p := newPool(2)
				defer p.stop()
				j := newJob(busy{length}, 2)
				var total time.Duration
				for t.Loop() {
					for start := time.Now(); time.Since(start) < pause; {
					}
					start := time.Now()
					p.run(j)
					total += time.Since(start)
				}
				t.ReportMetric(float64(total.Nanoseconds())/float64(t.N), "ns/job")
			})
		}
	}
}
