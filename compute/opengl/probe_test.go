//go:build cgo && (linux || windows)

package opengl

import (
	"strings"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
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
		"product of 1024³": "", "an empty kernel": "µs recorded", "program cache": "",
	} {
		if got, ok := found[name]; !ok || !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{0: "unknown", 32 << 10: "32 KiB", 128 << 20: "128 MiB", 3 << 29: "1.5 GiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

// BenchmarkEmptyDispatch compares a recording of empty kernels with the floor, a
// loop in C, on the same driver.
func BenchmarkEmptyDispatch(b *testing.B) {
	requireDevice(b)
	d := openDevice(b, options{})
	const n = 1000
	for _, c := range []struct {
		name string
		play func(g *gpu, list *commands)
	}{
		{"loop", func(g *gpu, _ *commands) { g.playEmpty(n) }},
		{"recorded", func(g *gpu, list *commands) { g.playCommands(list, 1, 0) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			d.th.call(func(g *gpu) {
				list, err := g.emptyList(n)
				if err != nil {
					b.Error(err)
					return
				}
				g.playCommands(list, 1, 0)
				for b.Loop() {
					c.play(g, list)
					gl.Finish()
				}
			})
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/dispatch")
		})
	}
}
