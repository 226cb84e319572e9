// Package graphtest runs the formulas of nn's packages on every backend, so
// that a test states inputs and numbers and nothing else.
package graphtest

import (
	"os"
	"testing"

	"github.com/glearn-go/glearn/compute"
	_ "github.com/glearn-go/glearn/cpu_fallback" // the driver "cpu"
	"github.com/glearn-go/glearn/graph"
)

// Each runs f once for each backend, as a subtest. A GPU that is not there is
// skipped; with GLEARN_REQUIRE_GPU=1 that is a failure.
func Each(t *testing.T, f func(t *testing.T, b compute.Backend)) {
	t.Helper()
	required := os.Getenv("GLEARN_REQUIRE_GPU") == "1"
	for _, d := range compute.Drivers() {
		if d.Name != "cpu" {
			required = false
		}
		t.Run(d.Name, func(t *testing.T) {
			b, err := d.Open()
			if err != nil {
				if d.Name == "cpu" || os.Getenv("GLEARN_REQUIRE_GPU") == "1" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			b = compute.Checked(b)
			// After whatever f leaves to the end of its test.
			t.Cleanup(func() {
				if n := b.Info().LiveBuffers; n != 0 && !t.Failed() {
					t.Errorf("%d buffers are left on the device", n)
				}
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
			f(t, b)
		})
	}
	if required {
		t.Error("GLEARN_REQUIRE_GPU=1, but this test binary has no GPU driver")
	}
}

// Sheet is a graph with its inputs on a device.
type Sheet struct {
	*graph.Graph
	t       testing.TB
	b       compute.Backend
	buffers []compute.Buffer
}

// NewSheet starts an empty one, which the test's end releases.
func NewSheet(t testing.TB, b compute.Backend) *Sheet {
	return &Sheet{Graph: graph.New(), t: t, b: b}
}

// Float is an input of floats, row-major.
func (s *Sheet) Float(shape []int, values ...float64) *graph.Tensor {
	s.t.Helper()
	words := make([]float32, len(values))
	for i, x := range values {
		words[i] = float32(x)
	}
	return s.input(compute.Float, shape, compute.Words(words))
}

// Int is an input of whole numbers, row-major.
func (s *Sheet) Int(shape []int, values ...int) *graph.Tensor {
	s.t.Helper()
	words := make([]int32, len(values))
	for i, x := range values {
		words[i] = int32(x)
	}
	return s.input(compute.Int, shape, compute.Words(words))
}

func (s *Sheet) input(typ compute.Type, shape []int, words []uint32) *graph.Tensor {
	s.t.Helper()
	v := graph.NewVariable("input", typ, shape...)
	buffer, err := v.Allocate(s.b)
	if err != nil {
		s.t.Fatal(err)
	}
	s.buffers = append(s.buffers, buffer)
	s.b.Write(v.View(), words)
	return s.Read(v)
}

// Eval compiles and runs the graph once and reads the tensors; whole numbers
// come as floats. The sheet is used up.
func (s *Sheet) Eval(tensors ...*graph.Tensor) [][]float64 {
	s.t.Helper()
	defer s.Release()
	for _, t := range tensors {
		s.Output(t)
	}
	p, err := graph.Compile(s.b, s.Graph)
	if err != nil {
		s.t.Fatal(err)
	}
	defer p.Release()
	p.Run(1)
	out := make([][]float64, len(tensors))
	for i, t := range tensors {
		out[i] = make([]float64, t.Size())
		words := make([]uint32, t.Size())
		if err := s.b.Read(words, p.View(t)); err != nil {
			s.t.Fatalf("%v\n%v", err, p)
		}
		for j, w := range words {
			out[i][j] = Number(t.Type(), w)
		}
	}
	return out
}

// Release frees the inputs; Eval does it, too.
func (s *Sheet) Release() {
	for _, b := range s.buffers {
		b.Release()
	}
	s.buffers = nil
}
