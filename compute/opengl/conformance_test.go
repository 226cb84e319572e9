//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"os"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/compute/backendtest"
)

// requireDevice skips a test where there is no OpenGL device, and fails it
// where GLEARN_REQUIRE_GPU says that there has to be one.
func requireDevice(t testing.TB) {
	t.Helper()
	d, err := Open()
	if err == nil {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	if os.Getenv("GLEARN_REQUIRE_GPU") != "" || !errors.Is(err, compute.ErrNoDevice) {
		t.Fatal(err)
	}
	t.Skip("no OpenGL device: ", err)
}

func TestConformance(t *testing.T) {
	requireDevice(t)
	backendtest.Run(t, Open)
}

// TestConformanceOfWindows repeats the suite with storage blocks so short that
// every kernel has to work in windows.
func TestConformanceOfWindows(t *testing.T) {
	requireDevice(t)
	backendtest.Run(t, func() (compute.Backend, error) {
		return open(options{limit: func(l *limits) { l.blockWords = 1 << 17 }})
	})
}

// TestConformanceOfTeams repeats the parts of the suite whose kernels are others
// for hardware: invocations of a group share memory and meet at barriers, and
// no buffer textures are read.
func TestConformanceOfTeams(t *testing.T) {
	requireDevice(t)
	backendtest.RunOnly(t, func() (compute.Backend, error) {
		return open(options{limit: func(l *limits) { l.software = false }})
	}, "SparseMatMul", "SparseMatMulT", "Reduce", "Softmax", "CrossEntropy")
}

// TestConformanceOfGrids repeats the parts of the suite that spread over many
// groups with so few along an axis that they need the others.
func TestConformanceOfGrids(t *testing.T) {
	requireDevice(t)
	backendtest.RunOnly(t, func() (compute.Backend, error) {
		return open(options{limit: func(l *limits) { l.groups = 64 }})
	}, "MatMulBatched", "Map", "Reduce", "Softmax", "Gather", "ScatterAdd", "Copy")
}

// TestConformanceOfTiles repeats the products with the table of a vendor whose
// tiles are the largest.
func TestConformanceOfTiles(t *testing.T) {
	requireDevice(t)
	backendtest.RunMatMul(t, func() (compute.Backend, error) {
		return open(options{check: untested, limit: func(l *limits) { l.software, l.vendor = false, "NVIDIA Corporation" }})
	})
}
