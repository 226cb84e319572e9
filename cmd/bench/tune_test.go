package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/glearn-go/glearn/compute"
)

// tunable is a device with two ways to compute a product, of which one is wrong.
type tunable struct{ compute.Backend }

func (tunable) Tune(k *compute.MatMul) (*compute.MatMul, []compute.Trial, error) {
	if k.TransB {
		return nil, nil, errors.New("no memory for B")
	}
	timed := &compute.MatMul{M: 100, N: 100, K: 50, TransA: k.TransA}
	return timed, []compute.Trial{
		{Way: "quick", Err: errors.New("element 3 is NaN")},
		{Way: "right", Seconds: 0.002, Chosen: true},
	}, nil
}

func TestSuiteTune(t *testing.T) {
	var log bytes.Buffer
	devices := []device{{Backend: tunable{}, name: "opengl"}, {name: "cpu"}}
	s := settings{only: regexp.MustCompile("1024x1024x1024/(TN|NT)"), benchtime: time.Second, log: &log}
	results, failed := runTune(devices, s)
	if failed != 2 {
		t.Errorf("%d failures, want one for the wrong way and one for the product that cannot be tried", failed)
	}
	if len(results) != 1 {
		t.Fatalf("%d results, want 1: %v", len(results), results)
	}
	r := results[0]
	if r.Suite != "tune" || r.Name != "Tune/1024x1024x1024/TN/right" || r.Backend != "opengl" || r.MS != 2 || r.GFLOPS != 0.5 {
		t.Errorf("result is %+v", r)
	}
	for _, want := range []string{"no memory for B", "element 3 is NaN", "right is the fastest", "cpu has one way"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}

// Large products are for GPUs alone.
func TestLargeProductIsForGPUs(t *testing.T) {
	gpu := device{Backend: tunable{}, name: "gpu", info: compute.Info{Backend: "opengl"}}
	renderer := device{Backend: tunable{}, name: "renderer", info: compute.Info{Backend: "opengl", Software: true}}
	cpu := device{name: "cpu", info: compute.Info{Backend: "cpu"}}
	if got := gpus([]device{cpu, renderer, gpu}); len(got) != 1 || got[0].name != "gpu" {
		t.Errorf("%v are GPUs, want one", got)
	}
	large := 0
	for _, o := range ops() {
		if o.forGPU {
			large++
		}
	}
	if large != 1 {
		t.Errorf("%d jobs are for GPUs, want 1", large)
	}
	s := settings{only: regexp.MustCompile("4096x4096x4096/NN"), benchtime: time.Second, log: io.Discard}
	for d, want := range map[string]int{"gpu": 1, "renderer": 0} {
		results, _ := runTune([]device{map[string]device{"gpu": gpu, "renderer": renderer}[d]}, s)
		if len(results) != want {
			t.Errorf("%s: %d results, want %d", d, len(results), want)
		}
	}
}
