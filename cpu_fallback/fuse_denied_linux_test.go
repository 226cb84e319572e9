//go:build amd64

package cpu_fallback

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/glearn-go/glearn/compute"
)

// prSetMDWE forbids the process to make written memory executable, for good.
const (
	prSetMDWE           = 65
	mdweRefuseExecGain  = 1
	deniedProcess       = "GLEARN_TEST_DENIED"
	statusCannotBeTried = 77
)

// Where the system forbids machine code, from the start or later on, formulas
// run one operation at a time, and the log says so once.
func TestSystemsThatForbidMachineCode(t *testing.T) {
	if from := os.Getenv(deniedProcess); from != "" {
		runDenied(t, from)
		return
	}
	widths(t)
	for _, from := range []string{"start", "later"} {
		t.Run(from, func(t *testing.T) { startDenied(t, from) })
	}
}

// startDenied runs the test again, in a process that is denied machine code.
func startDenied(t *testing.T, from string) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSystemsThatForbidMachineCode$")
	cmd.Env = append(os.Environ(), deniedProcess+"="+from, "GLEARN_JIT=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == statusCannotBeTried {
		t.Skip("this kernel cannot forbid it")
	}
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	if n := strings.Count(stderr.String(), "formulas run one operation at a time"); n != 1 {
		t.Errorf("the log says %d times that there is no machine code:\n%s", n, &stderr)
	}
}

// runDenied is the test in a process that may not make machine code.
func runDenied(t *testing.T, from string) {
	if from == "later" && !machineCodeWorks() {
		os.Exit(statusCannotBeTried)
	}
	if err := unix.Prctl(prSetMDWE, mdweRefuseExecGain, 0, 0, 0); err != nil {
		os.Exit(statusCannotBeTried)
	}
	b := newBench(t, 2, "gonum")
	d := compute.D(1000)
	x, y := randoms(rng(), 1000), randoms(rng(), 1000)
	e := compute.NewBuilder(compute.Float, compute.Float)
	expr := e.MustBuild(e.Apply(compute.OpSqrt, e.Apply(compute.OpAbs, e.Apply(compute.OpMul, e.Input(0), e.Input(1)))))
	out := b.floats(make([]float32, 1000))
	for range 2 {
		b.d.Run(&compute.Map{Expr: expr, Dims: d, In: []compute.Operand{compute.Full(b.floats(x), d), compute.Full(b.floats(y), d)}, Out: []compute.Operand{compute.Full(out, d)}})
	}
	for i, got := range b.read(out) {
		near(t, "root", []float32{got}, expr.Eval([]float64{float64(x[i]), float64(y[i])}, i), 1e-6)
	}
}
