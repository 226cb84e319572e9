//go:build cgo && (linux || windows)

package opengl

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// TestSelfTestRefuses breaks one kernel after another, as a driver's compiler
// might, and wants Open to name the kernel and the driver.
func TestSelfTestRefuses(t *testing.T) {
	requireDevice(t)
	for _, c := range []struct{ kernel, old, wrong string }{
		{"Map", `\(floatBitsToUint\(x\) & 0x7FFFFFFFu\) > 0x7F800000u`, "false"}, // isnan, thought away
		{"Map", `p = p \* r \+ 4.1665795894e-2`, "p = p * r + 1e-1"},
		{"Copy", `formula\(0u, int\(`, "formula(0u, 1 + int("},
		{"Reduce", `r < REDUCED; r \+= step`, "r + 1u < REDUCED; r += step"},
		{"MatMul", `k \+ 0u < kEnd;`, "k + 1u < kEnd;"},
		{"SparseMatMul", `range.y = min\(range.x \+ MOST, range.y\);`, "range.y = min(range.x + 2u, range.y);"},
		{"SparseMatMulT", `c0 \+= B4\(row, n0\);`, "c0 = B4(row, n0);"},
		{"Softmax", `fexp\(x\) / sum`, "fexp(x) / (sum + 1e-3)"},
		{"SoftmaxCrossEntropy", `\* targets - t\)`, "* targets)"},
		{"Gather", `TABLE\(picked - FROM, col\)`, "TABLE(picked - FROM, 0u)"},
		{"ScatterAdd", `uintBitsToFloat\(TABLE\(picked, col\)\) \+`, ""},
	} {
		t.Run(c.kernel, func(t *testing.T) {
			old := regexp.MustCompile(c.old)
			changed := false
			rewrite := func(kernel, source string) string {
				if kernel != c.kernel && !(c.kernel == "Copy" && kernel == "Map") {
					return source
				}
				wrong := old.ReplaceAllString(source, c.wrong)
				changed = changed || wrong != source
				return wrong
			}
			d, err := open(options{check: (*device).selfTest, rewrite: rewrite})
			if err == nil {
				d.Close()
			}
			if !changed {
				t.Fatalf("no program of %s has %s in it", c.kernel, c.old)
			}
			if !errors.Is(err, compute.ErrNoDevice) || !strings.Contains(err.Error(), "computes wrong results: element") || !regexp.MustCompile(` of `+c.kernel+` .*update the driver`).MatchString(err.Error()) {
				t.Errorf("%v\nwant it to refuse the driver for wrong results of %s", err, c.kernel)
			}
		})
	}
}

// TestSelfTestOfABrokenCompiler: a kernel that does not compile refuses the
// driver, too.
func TestSelfTestOfABrokenCompiler(t *testing.T) {
	requireDevice(t)
	d, err := open(options{check: (*device).selfTest, rewrite: func(kernel, source string) string {
		if kernel == "Gather" {
			return source + "broken"
		}
		return source
	}})
	if err == nil {
		d.Close()
	}
	if !errors.Is(err, compute.ErrNoDevice) || !strings.Contains(err.Error(), "the shader of Gather does not compile") {
		t.Errorf("%v, want a refusal that names Gather", err)
	}
}

// TestSelfTestIsWhole: every kind of kernel is in it, and the driver at hand
// passes.
func TestSelfTestIsWhole(t *testing.T) {
	requireDevice(t)
	seen := map[string]bool{}
	d, err := open(options{check: (*device).selfTest, rewrite: func(kernel, source string) string {
		seen[kernel] = true
		return source
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, kernel := range []string{"Map", "Reduce", "MatMul", "SparseMatMul", "SparseMatMulT", "SparseMatMulT marks", "Softmax", "SoftmaxCrossEntropy", "Gather", "ScatterAdd"} {
		if !seen[kernel] {
			t.Errorf("the self-test runs no %s", kernel)
		}
	}
	if n := d.Info().LiveBuffers; n != 0 {
		t.Errorf("the self-test leaves %d buffers", n)
	}
}

func TestNear(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		got, want float64
		near      bool
	}{
		{1, 1, true}, {1.000009, 1, true}, {1.0001, 1, false}, {0, 1e-20, false}, {0, 0, true}, {-1, 1, false},
		{nan, nan, true}, {nan, 1, false}, {1, nan, false}, {inf, inf, true}, {-inf, inf, false}, {3e38, inf, false}, {inf, 3e38, false},
	} {
		if near(c.got, c.want, closely) != c.near {
			t.Errorf("%v for %v: near is %v", c.got, c.want, !c.near)
		}
	}
}
