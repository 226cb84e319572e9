// Package backendtest is the contract of [compute.Backend] as a test suite, for
// anyone who writes a backend:
//
//	func TestBackend(t *testing.T) { backendtest.Run(t, openMine) }
//
// Every kernel is held against naive float64 loops (the oracle), word by word
// and over whole buffers, so that a word written outside an operand is found as
// well as a wrong one inside it. Where a result can be exact (sums of small
// whole numbers) it has to be; where it cannot, the tolerance has its reason
// beside it.
//
// The suite runs on [compute.Checked] backends. [Reference] is a slow backend
// that passes it; the package's own tests break that one in many ways, and each
// broken backend must fail.
package backendtest

import (
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// Run tests a backend. open is called once for every group of tests and must
// give a fresh device each time. With -short fewer shapes are tried.
func Run(t *testing.T, open func() (compute.Backend, error)) {
	suite{open: open, short: testing.Short()}.run(goTest{t}, groups)
}

// RunMatMul runs the groups about dense products only.
func RunMatMul(t *testing.T, open func() (compute.Backend, error)) {
	RunOnly(t, open, "MatMul", "MatMulBatched", "MatMulEpilogue", "MatMulValues", "MatMulLarge")
}

// RunOnly runs the named groups: for backends with several implementations of
// some kernels.
func RunOnly(t *testing.T, open func() (compute.Backend, error), names ...string) {
	var some []group
	for _, name := range names {
		i := slices.IndexFunc(groups, func(g group) bool { return g.name == name })
		if i < 0 {
			t.Fatalf("backendtest has no group %q", name)
		}
		some = append(some, groups[i])
	}
	suite{open: open, short: testing.Short()}.run(goTest{t}, some)
}

// group is a named part of the suite.
type group struct {
	name string
	test func(*device)
}

var groups = []group{
	{"MatMul", testMatMul},
	{"MatMulBatched", testMatMulBatched},
	{"MatMulEpilogue", testMatMulEpilogue},
	{"MatMulValues", testMatMulValues},
	{"MatMulLarge", testMatMulLarge},
	{"Memory", testMemory},
	{"SparseMatMul", testSparseMatMul},
	{"SparseMatMulT", testSparseMatMulT},
	{"Map", testMap},
	{"Ops", testOps},
	{"Random", testRandom},
	{"Reduce", testReduce},
	{"Softmax", testSoftmax},
	{"CrossEntropy", testCrossEntropy},
	{"Gather", testGather},
	{"GatherSums", testGatherSums},
	{"ScatterAdd", testScatterAdd},
	{"Copy", testCopy},
	{"Record", testRecord},
	{"Order", testOrder},
	{"Uploads", testUploads},
	{"Determinism", testDeterminism},
	{"Lifecycle", testLifecycle},
	{"Concurrency", testConcurrency},
	{"Empty", testEmpty},
}

// tb is the part of [testing.T] that the suite uses, so that a test of the
// suite can stand in for it and see a failure without failing.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
	Failed() bool
	Run(name string, f func(tb)) bool
}

type goTest struct{ *testing.T }

func (g goTest) Run(name string, f func(tb)) bool {
	return g.T.Run(name, func(t *testing.T) { f(goTest{t}) })
}

// suite runs groups of tests, each on a device of its own.
type suite struct {
	open  func() (compute.Backend, error)
	short bool
}

func (s suite) run(t tb, groups []group) {
	for _, g := range groups {
		t.Run(g.name, func(t tb) {
			d := s.device(t)
			defer d.close()
			g.test(d)
		})
	}
}
