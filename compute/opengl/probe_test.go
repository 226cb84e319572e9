//go:build cgo && (linux || windows)

package opengl

import (
	"strings"
	"testing"
	"time"
)

// TestProbed: the report names the driver, all of its limits and the kernels
// that were chosen.
func TestProbed(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	list, err := d.Probed()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, p := range list {
		if p.Name == "" || p.Value == "" {
			t.Errorf("a property without a name or a value: %q", p)
		}
		found[p.Name] = p.Value
	}
	for name, want := range map[string]string{
		"vendor": d.lim.vendor, "renderer": d.lim.renderer, "version": d.lim.version,
		"product of 1024³": "", "an empty kernel": "median ratio", "an empty step": "16 empty kernels", "program cache": "",
	} {
		if got, ok := found[name]; !ok || !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
}

// TestEmptyStepWaits: the step with nothing to compute has the barriers of one
// whose kernels depend on each other.
func TestEmptyStepWaits(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	d.th.call(func(g *gpu) {
		for waits, want := range map[bool]int{false: 0, true: stepKernels - 1} {
			list, err := g.emptyList(stepKernels, waits)
			if err != nil {
				t.Error(err)
				continue
			}
			if list.dispatches() != stepKernels || list.barriers != want {
				t.Errorf("%d kernels and %d barriers, want %d and %d", list.dispatches(), list.barriers, stepKernels, want)
			}
		}
	})
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{0: "unknown", 32 << 10: "32 KiB", 128 << 20: "128 MiB", 3 << 29: "1.5 GiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

func TestEmptyTimes(t *testing.T) {
	e := emptyTimes{loop: []time.Duration{4, 2, 8}, replay: []time.Duration{4, 3, 4}}
	if loop, replay, ratio := e.medians(); loop != 4 || replay != 4 || ratio != 1 {
		t.Errorf("medians %v, %v and %v, want 4, 4 and 1", loop, replay, ratio)
	}
}

// BenchmarkEmptyDispatch compares a recording of empty kernels with the floor, a
// loop in C, on the same driver and by turns: the ratio is at most 1.3.
func BenchmarkEmptyDispatch(b *testing.B) {
	requireDevice(b)
	d := openDevice(b, options{})
	const n = 1000
	var e emptyTimes
	var err error
	d.th.call(func(g *gpu) { e, err = g.timeEmpty(n, b.Loop) })
	if err != nil {
		b.Fatal(err)
	}
	loop, replay, ratio := e.medians()
	b.ReportMetric(0, "ns/op") // of both sides together, which says nothing
	b.ReportMetric(float64(loop), "loop-ns/dispatch")
	b.ReportMetric(float64(replay), "recorded-ns/dispatch")
	b.ReportMetric(ratio, "ratio")
}
