package cpu_fallback

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/compute/backendtest"
)

// A processor with AVX-512 would never run the AVX2 kernel otherwise.
func TestConformanceOfAVX2(t *testing.T) {
	if !hasAVX2 {
		t.Skip("this processor lacks AVX2")
	}
	backendtest.RunMatMul(t, func() (compute.Backend, error) { return newDevice(2, products256), nil })
	if err := products256.selfTest(); err != nil {
		t.Error(err)
	}
}

func BenchmarkMatMulAVX2(t *testing.B) {
	if !hasAVX2 {
		t.Skip("this processor lacks AVX2")
	}
	b := &bench{t, newDevice(2, products256)}
	defer b.d.Close()
	testMatMulOnce(b, 70, 70, 300, false, false)
	n := 1024
	m := func() compute.Matrix { return compute.Rows(b.floats(randoms(rng(), n*n)), n) }
	g := &compute.MatMul{M: n, N: n, K: n, A: m(), B: m(), C: m()}
	b.replayed(t, g)
	t.ReportMetric(float64(g.FLOPs())*float64(t.N)/float64(t.Elapsed().Nanoseconds()), "GFLOP/s")
}
