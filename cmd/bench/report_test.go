package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// example is a product on two devices and a training job on one.
func example() ([]device, []result) {
	cpu := device{name: "cpu", info: compute.Info{Backend: "cpu", Device: "a processor", Driver: "gonum"}}
	gpu := device{name: "opengl", info: compute.Info{Backend: "opengl", Device: "a card", Driver: "4.6"}}
	a, b, c := cpu.result("ops", "MatMul/2x3x4/NN"), gpu.result("ops", "MatMul/2x3x4/NN"), cpu.result("train", "train/mnist")
	a.timed([]float64{4, 2, 3}, 7, 6e6, 0)
	b.timed([]float64{1.5, 1.5}, 1, 6e6, 0)
	c.Rows, c.Batch = 1000, 10
	c.timed([]float64{500}, 1, 0, 0)
	return []device{cpu, gpu}, []result{a, b, c}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 2}, 2}, {[]float64{8, 1, 4, 2}, 3}} {
		given := fmt.Sprint(c.values)
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
		if now := fmt.Sprint(c.values); now != given {
			t.Errorf("median changed its argument from %s to %s", given, now)
		}
	}
}

func TestResultOfSamples(t *testing.T) {
	_, rs := example()
	if r := rs[0]; r.MS != 3 || r.MinMS != 2 || r.N != 21 || r.GFLOPS != 2 {
		t.Errorf("samples 4, 2, 3 ms of 7 runs of 6 MFLOP give %+v, want ms 3, min 2, n 21, 2 GFLOP/s", r)
	}
}

func TestTable(t *testing.T) {
	devices, rs := example()
	var out bytes.Buffer
	writeTable(&out, devices, rs)
	for _, want := range []string{
		`job +│ cpu ms │ work/s +│ opengl ms │ work/s +│ GPU/CPU`,
		`MatMul/2x3x4/NN │ +3.00 │ +2.00 GFLOP │ +1.50 │ +4.00 GFLOP │ +2.00 │`,
		`train/mnist +│ +500 │ +2000 rows │ +│ +│ +│`,
		`speed of the GPU backend`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no line like %q in\n%s", want, out.String())
		}
	}
	if n := strings.Count(out.String(), "MatMul/2x3x4/NN"); n != 1 {
		t.Errorf("the product has %d rows, want 1", n)
	}
}

func TestGoFormat(t *testing.T) {
	_, rs := example()
	var out bytes.Buffer
	writeGo(&out, rs)
	cores := runtime.GOMAXPROCS(0)
	for _, want := range []string{
		"goos: " + runtime.GOOS + "\n",
		fmt.Sprintf("\nBenchmarkMatMul/2x3x4/NN/backend=cpu-%d\t7\t4000000.0 ns/op\t1.500 GFLOP/s\n", cores),
		fmt.Sprintf("\nBenchmarkTrain/mnist/backend=cpu-%d\t1\t500000000.0 ns/op\t2000.0 rows/s\n", cores),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if n := strings.Count(out.String(), "\nBenchmark"); n != 6 {
		t.Errorf("%d lines of results, want one for each of 6 samples", n)
	}
}

func TestJSON(t *testing.T) {
	_, rs := example()
	rs[0].Checked = true
	var out bytes.Buffer
	if err := writeJSON(&out, rs); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"suite": "ops", "name": "MatMul/2x3x4/NN", "backend": "cpu", "device": "a processor", "blas": "gonum",
		"ms": 3.0, "min_ms": 2.0, "n": 21.0, "gflops": 2.0, "rows": 0.0, "batch": 0.0, "checked": true}
	if len(got) != 3 || fmt.Sprint(got[0]) != fmt.Sprint(want) {
		t.Errorf("%d results, the first %v, want 3 and %v", len(got), got[0], want)
	}
	if got[1]["blas"] != "" {
		t.Errorf("a GPU has BLAS %q", got[1]["blas"])
	}
	out.Reset()
	if err := writeJSON(&out, nil); err != nil || out.String() != "[]\n" {
		t.Errorf("no results are %q, %v; want an empty array", out.String(), err)
	}
}

func TestGrouped(t *testing.T) {
	for _, c := range []struct {
		samples, want []float64
		each          int
	}{
		{nil, nil, 1},
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, 1},
		{[]float64{1, 3, 5, 7, 9}, []float64{2, 6}, 2},
		{[]float64{1, 2, 3, 4, 5, 6}, []float64{1.5, 3.5, 5.5}, 2},
	} {
		if got, each := grouped(c.samples, 3); !slices.Equal(got, c.want) || each != c.each {
			t.Errorf("%v in at most 3: %v of %d, want %v of %d", c.samples, got, each, c.want, c.each)
		}
	}
}
