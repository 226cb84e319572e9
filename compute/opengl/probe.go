//go:build cgo && (linux || windows)

package opengl

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/shaders"
)

// Probed implements compute.Prober.
func (d *device) Probed() ([]compute.Property, error) {
	l := d.lim
	list := []compute.Property{
		{Name: "vendor", Value: l.vendor},
		{Name: "renderer", Value: l.renderer},
		{Name: "version", Value: l.version},
		{Name: "context", Value: l.platform + ", " + runtime.GOOS + "/" + runtime.GOARCH},
		{Name: "kernels", Value: d.family()},
		{Name: "shaders", Value: shaders.Hash()},
		{Name: "extensions", Value: cmp.Or(strings.Join(l.extensions, " "), "none")},
		{Name: "memory", Value: bytesText(l.memory)},
		{Name: "storage blocks", Value: fmt.Sprintf("%d of %s, aligned to %d bytes", l.blocks, bytesText(4*int64(l.blockWords)), l.blockAlign)},
		{Name: "buffer textures", Value: fmt.Sprintf("%d texels, aligned to %d bytes", l.texels, l.texelAlign)},
		{Name: "groups", Value: fmt.Sprintf("%d along an axis, %d invocations and %s of shared memory in each", l.groups, l.groupSize, bytesText(int64(l.sharedBytes)))},
	}
	for _, n := range []int{64, 1024} {
		list = append(list, compute.Property{Name: fmt.Sprintf("product of %d³", n), Value: d.square(n)})
	}
	var empty emptyTimes
	var step time.Duration
	var cache string
	var err error
	rounds := 0
	more := func() bool { rounds++; return rounds <= 15 }
	if !d.th.call(func(g *gpu) {
		cache = g.cache.String()
		if empty, err = g.timeEmpty(1000, more); err == nil {
			step, err = g.timeEmptyStep()
		}
	}) {
		return nil, d.closedError()
	}
	if err != nil {
		return nil, err
	}
	return append(list,
		compute.Property{Name: "program cache", Value: cache},
		compute.Property{Name: "tuning", Value: d.tuner.String()},
		compute.Property{Name: "an empty kernel", Value: empty.String()},
		compute.Property{Name: "an empty step", Value: fmt.Sprintf("%.1f µs for %d empty kernels with a barrier before each", step.Seconds()*1e6, stepKernels)},
	), nil
}

// family says which kind of kernels the device gets.
func (d *device) family() string {
	if d.lim.software {
		return "for a CPU that renders: no shared memory, no barriers within a group"
	}
	return "for a GPU: groups share memory"
}

// square names the kernel that is chosen for a product of n x n matrices.
func (d *device) square(n int) string {
	m := array{compute.View{Len: n * n}, []int{0, n, 1}}
	return d.choose(d.lim, product{size: [4]int{1, n, n, n}, a: m, b: m, fin: finishing{c: m, m: n, n: n}}).String()
}

// bytesText is a size in the unit that suits it.
func bytesText(n int64) string {
	switch {
	case n <= 0:
		return "unknown"
	case n < 1<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	case n < 1<<30:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// emptyKernel does nothing: what is left is the cost of starting it.
const emptyKernel = "#version 430\nlayout(local_size_x = 1) in;\nvoid main() {}\n"

// emptyList is a recording of n empty kernels; with waits, each passes for one
// that writes where the one before it did, so that a barrier stands between.
func (g *gpu) emptyList(n int, waits bool) (*commands, error) {
	list := make([]dispatch, n)
	for i := range list {
		list[i] = dispatch{kernel: "empty", source: emptyKernel, groups: [3]int{1, 1, 1}}
		if waits {
			list[i].access = []access{{lo: 0, hi: 4, write: true}}
		}
	}
	if err := g.prepare(list); err != nil {
		return nil, err
	}
	e := newEncoder()
	for i := range list {
		if err := e.add(g, &list[i], nil); err != nil {
			return nil, err
		}
	}
	return &e.commands, nil
}

// emptyTimes is the time of an empty kernel in a plain loop of
// glDispatchCompute in C and in a recording, which follow each other in every
// round: same program, no bindings, no barriers.
type emptyTimes struct{ loop, replay []time.Duration }

// medians are those of both and of the rounds' ratios.
func (e emptyTimes) medians() (loop, replay time.Duration, ratio float64) {
	ratios := make([]float64, len(e.loop))
	for i := range ratios {
		ratios[i] = float64(e.replay[i]) / float64(e.loop[i])
	}
	return middle(e.loop), middle(e.replay), middle(ratios)
}

// middle is the upper median.
func middle[T cmp.Ordered](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

func (e emptyTimes) String() string {
	loop, replay, ratio := e.medians()
	return fmt.Sprintf("%.2f µs in a loop in C, %.2f µs recorded, median ratio %.3f", loop.Seconds()*1e6, replay.Seconds()*1e6, ratio)
}

// timeEmpty takes rounds of n kernels each, as long as more says so.
func (g *gpu) timeEmpty(n int, more func() bool) (emptyTimes, error) {
	var e emptyTimes
	if g.err != nil {
		return e, g.err
	}
	list, err := g.emptyList(n, false)
	if err != nil {
		return e, err
	}
	g.playCommands(list, 1, 0) // and leaves the program in use
	g.enc.forget()
	gl.Finish()
	took := func(run func()) time.Duration {
		start := time.Now()
		run()
		gl.Finish()
		return time.Since(start) / time.Duration(n)
	}
	for more() {
		e.loop = append(e.loop, took(func() { g.playEmpty(n) }))
		e.replay = append(e.replay, took(func() { g.playCommands(list, 1, 0) }))
	}
	return e, g.err
}

// stepKernels is about how many kernels a step of training has.
const stepKernels = 16

// timeEmptyStep is the time of a step with nothing to compute: of recorded
// empty kernels that all wait for each other, replayed as steps are.
func (g *gpu) timeEmptyStep() (time.Duration, error) {
	list, err := g.emptyList(stepKernels, true)
	if err != nil {
		return 0, err
	}
	const steps, rounds = 50, 7
	times := make([]time.Duration, rounds)
	for i := range times {
		start := time.Now()
		g.playCommands(list, steps, everyBarrier)
		gl.Finish()
		times[i] = time.Since(start) / steps
	}
	g.enc.forget()
	return middle(times), g.err
}
