package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAgree(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name      string
		got, want []float32
		ok        bool
	}{
		{"equal", []float32{1, -2}, []float32{1, -2}, true},
		{"rounding", []float32{1.000001, -2}, []float32{1, -2}, true},
		{"rounding beside larger ones", []float32{1e-6, -2}, []float32{0, -2}, true},
		{"another value", []float32{1.001, -2}, []float32{1, -2}, false},
		{"NaN for a number", []float32{nan, -2}, []float32{1, -2}, false},
		{"a number for NaN", []float32{1, -2}, []float32{nan, -2}, false},
		{"NaN and infinity alike", []float32{nan, inf}, []float32{nan, inf}, true},
		{"a shorter list", []float32{1}, []float32{1, -2}, false},
	} {
		if err := agree([][]float32{c.got}, [][]float32{c.want}); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A product is right in all four forms, and wrong when one term of it is left
// out of an element that the check looks at.
func TestCheckProduct(t *testing.T) {
	const m, n, k = 3, 4, 5
	a, b := uniform(1, -1, 1, m*k), uniform(2, -1, 1, k*n)
	for _, trans := range []string{"NN", "NT", "TN", "TT"} {
		ta, tb := trans[0] == 'T', trans[1] == 'T'
		c := make([]float32, m*n)
		for i := range m {
			for j := range n {
				for l := range k {
					x, y := a[i*k+l], b[l*n+j]
					if ta {
						x = a[l*m+i]
					}
					if tb {
						y = b[j*k+l]
					}
					c[i*n+j] += x * y
				}
			}
		}
		if err := checkProduct(c, a, b, m, n, k, ta, tb); err != nil {
			t.Errorf("%s: %v", trans, err)
		}
		c[m*n-1] += a[0] * b[0] / 1000
		if err := checkProduct(c, a, b, m, n, k, ta, tb); err == nil {
			t.Errorf("%s: a wrong last element passes", trans)
		}
	}
}

// The jobs of the suite are right on the CPU. Large products and most optimizers
// are left to the program itself: their million elements take seconds in the
// reference's loops.
func TestOpsAreRight(t *testing.T) {
	if testing.Short() {
		t.Skip("float64 loops over every job take a while")
	}
	devices, err := openDevices("cpu", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer closeDevices(devices)
	slow := regexp.MustCompile(`MatMul/.*(512|1024)|Optimizer/(mom|nest|ada|rms|ams|ftrl|lion|lamb)`)
	seen := map[string]bool{}
	for _, o := range ops() {
		if seen[o.name] {
			t.Errorf("two jobs are called %s", o.name)
		}
		seen[o.name] = true
		if slow.MatchString(o.name) || o.forGPU {
			continue
		}
		rs, err := o.measure(devices, time.Nanosecond)
		if err != nil {
			t.Errorf("%s: %v", o.name, err)
			continue
		}
		if r := rs[0]; !r.Checked || r.MS <= 0 || r.MinMS > r.MS || r.N < 3 {
			t.Errorf("%s: %+v", o.name, r)
		}
	}
}

func TestRun(t *testing.T) {
	t.Setenv("GLEARN_REQUIRE_GPU", "")
	file := filepath.Join(t.TempDir(), "out.json")
	var out, log bytes.Buffer
	if err := run([]string{"-suite", "ops", "-backend", "cpu", "-run", "MatMul/256.*NN", "-benchtime", "1ms", "-v", "-json", file}, &out, &log); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "products by ") || !strings.Contains(out.String(), "MatMul/256x256x256/NN") {
		t.Errorf("no device or no product in\n%s", out.String())
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), `"checked": true`) {
		t.Errorf("file: %v\n%s", err, text)
	}
	for _, c := range []struct{ args, want string }{
		{"-suite nothing", `no suite "nothing"`},
		{"-backend cpu -run NoSuchJob", "no job matches"},
		{"-backend cpu -suite ops -run 4096x4096x4096", "no job matches"}, // a GPU's
		{"-run (", "-run"},
		{"-format xml", "want table, go or json"},
		{"-benchtime -1s", "more than 0"},
		{"-backend abacus", "no device"},
		{"-backend cpu:two", "number of threads"},
		{"-backend cpu:0", "number of threads"},
		{"more", "unexpected argument"},
	} {
		if err := run(strings.Fields(c.args), &out, &log); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
	if !strings.Contains(log.String(), "NO ABACUS DEVICE") {
		t.Errorf("a missing device is not said loudly:\n%s", log.String())
	}
	t.Setenv("GLEARN_REQUIRE_GPU", "1")
	if err := run([]string{"-backend", "cpu,abacus", "-run", "MatMul/256"}, &out, &log); err == nil {
		t.Error("a missing device is no error with GLEARN_REQUIRE_GPU=1")
	}
}
