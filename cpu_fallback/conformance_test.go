package cpu_fallback

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/compute/backendtest"
)

func TestConformance(t *testing.T) { backendtest.Run(t, Open) }

func TestConformanceOfProducts(t *testing.T) {
	for _, name := range productNames(t) {
		t.Run(name, func(t *testing.T) {
			backendtest.RunMatMul(t, func() (compute.Backend, error) { return OpenWith(Options{BLAS: name}) })
		})
	}
}

// The kernels without machine code, as on systems that forbid it.
func TestConformanceOfSteps(t *testing.T) {
	withoutMachineCode(t)
	backendtest.RunOnly(t, Open, "MatMulEpilogue", "Map", "Ops", "Random", "Reduce")
}
