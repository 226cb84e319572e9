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

// The paths of large products, which the self-test's sizes do not take: a matrix
// as long as several blocks, with rows that share sets of the cache and rows that
// share pages, on both kernels.
func TestLargeNativeProducts(t *testing.T) {
	kernels := map[kernelShape]products{}
	if hasAVX512 {
		kernels[shape512] = products512
	}
	if hasAVX2 {
		kernels[shape256] = products256
	}
	if len(kernels) == 0 {
		t.Skip("this processor lacks AVX2")
	}
	for shape, p := range kernels {
		w := &worker{panel: alignedWords(p.panel)}
		for _, s := range []struct{ m, n, k, lda, ldb int }{
			{nativeRows, nativeCols, 40, 40, nativeCols},                                // the largest tile
			{50, 131, nativeDepth + 7, 768, 640},                                        // two blocks; A is moved apart, B packed
			{groupRows + 5, 4*shape.cols + 3, 20, 256, 1024},                            // groups of A, a last panel of few columns
			{groupRows + 17, 5 * shape.cols, 2*nativeDepth + 1, 2*nativeDepth + 1, 300}, // three blocks; B where it lies
			{3 * shape.rows, 70, 10, 256, 900},                                          // fewer terms than a copied block
		} {
			for v := range 8 {
				g := &gemm{m: s.m, n: s.n, k: s.k, transA: v&1 != 0, transB: v&2 != 0, add: v&4 != 0}
				g.lda, g.ldb = s.lda, s.ldb
				if g.transA {
					g.lda = 768
				}
				if g.transB {
					g.ldb = 2*nativeDepth + 3
				}
				if err := p.testLaidOut(w, g); err != nil {
					t.Errorf("%s: %v", p.name, err)
				}
			}
		}
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
