//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"math"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// passed holds the drivers that computed the self-test right in this process.
var passed sync.Map

// trust runs the self-test, once in a process for each driver.
func (d *device) trust() error {
	driver := d.lim.vendor + "\x00" + d.lim.renderer + "\x00" + d.lim.version
	if _, ok := passed.Load(driver); ok {
		return nil
	}
	if err := d.selfTest(); err != nil {
		return err
	}
	passed.Store(driver, true)
	return nil
}

// selfTest runs a small kernel of every kind and holds the results against the
// same sums on the CPU. Drivers that compute wrong numbers exist, and training
// does not tell them from a bad model.
func (d *device) selfTest() error {
	b, err := d.NewBuffer(sampleWords)
	if err != nil {
		return err
	}
	defer b.Release()
	s := &sample{buffer: b}
	for _, add := range []func(*sample){sampleMap, sampleCopy, sampleReduce, sampleMatMul, sampleSparse, sampleSoftmax, sampleRows} {
		add(s)
	}
	got, err := s.run(d)
	if err != nil {
		return fmt.Errorf("opengl: the self-test of %s, %s, failed: %w: %w", d.lim.renderer, d.lim.version, err, compute.ErrNoDevice)
	}
	for _, w := range s.wants {
		for i, want := range w.values {
			if g := float64(got[w.at+i]); !near(g, want, w.within) {
				return fmt.Errorf("opengl: %s, %s, computes wrong results: element %d of %s is %v, want %v; update the driver, or train on the CPU: %w",
					d.lim.renderer, d.lim.version, i, w.kernel, g, want, compute.ErrNoDevice)
			}
		}
	}
	return nil
}

// near accepts a relative error.
func near(got, want, within float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return got == want || math.IsNaN(got) && math.IsNaN(want)
	}
	return math.Abs(got-want) <= within*math.Abs(want)
}

// sampleWords is the length of the buffer that the self-test lies in.
const sampleWords = 1 << 12

// sample collects kernels over one buffer, and what they should leave in it.
type sample struct {
	buffer  compute.Buffer
	words   []uint32 // what stands in it before they run
	kernels []compute.Kernel
	wants   []want
}

// want is what a kernel should write, from a word of the buffer on.
type want struct {
	kernel string
	at     int
	values []float64
	within float64 // relative error
}

// Sums of whole numbers and copies have to be right to the last bit; formulas
// get what their functions may lose.
const (
	exactly = 0
	closely = 1e-5
)

// view puts words into the buffer, as most data lies: from a whole vec4 on.
func (s *sample) view(words ...uint32) compute.View {
	at := (len(s.words) + 3) &^ 3
	s.words = append(append(s.words, make([]uint32, at-len(s.words))...), words...)
	return compute.View{Buffer: s.buffer, Offset: at, Len: len(words)}
}

func (s *sample) floats(values ...float32) compute.View { return s.view(compute.Words(values)...) }
func (s *sample) ints(values ...int32) compute.View     { return s.view(compute.Words(values)...) }
func (s *sample) space(n int) compute.View              { return s.view(make([]uint32, n)...) }

// whole is a matrix of small whole numbers, whose sums are exact.
func (s *sample) whole(rows, cols int) (compute.Matrix, []float32) {
	values := make([]float32, rows*cols)
	for i := range values {
		values[i] = float32((i*7+rows)%9 - 4)
	}
	return compute.Rows(s.floats(values...), cols), values
}

// add adds a kernel.
func (s *sample) add(k compute.Kernel) { s.kernels = append(s.kernels, k) }

// expect notes what a kernel should write to a view.
func (s *sample) expect(k compute.Kernel, out compute.View, values []float64, within float64) {
	s.wants = append(s.wants, want{k.String(), out.Offset, values, within})
}

// run runs the kernels and reads the buffer.
func (s *sample) run(d *device) ([]float32, error) {
	d.Write(compute.View{Buffer: s.buffer, Len: len(s.words)}, s.words)
	for _, k := range s.kernels {
		d.Run(k)
	}
	return compute.ReadAs[float32](d, compute.View{Buffer: s.buffer, Len: len(s.words)})
}
