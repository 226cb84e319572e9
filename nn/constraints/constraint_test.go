package constraints_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	. "github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// scaled is what a constraint on lengths does to the columns of a 3 x 2 weight,
// or to its rows for axis 1.
func scaled(axis int, f func(length float64) float64) func(w []float64) []float64 {
	return func(w []float64) []float64 {
		out := make([]float64, len(w))
		for i := range w {
			sum := 0.0
			for j := range w {
				if axis == 0 && j%2 == i%2 || axis == 1 && j/2 == i/2 {
					sum += w[j] * w[j]
				}
			}
			n := math.Sqrt(sum)
			out[i] = w[i] * f(n) / (n + 1e-7)
		}
		return out
	}
}

// reference holds each constraint with its formula.
var reference = map[string]struct {
	c Constraint
	f func(w []float64) []float64
}{
	"NonNeg": {NonNeg{}, func(w []float64) []float64 {
		out := make([]float64, len(w))
		for i := range w {
			out[i] = math.Max(w[i], 0)
		}
		return out
	}},
	"MaxNorm":         {MaxNorm{}, scaled(0, func(n float64) float64 { return math.Min(n, 2) })},
	"MaxNorm/rows":    {MaxNorm{MaxValue: 0.5, Axis: 1}, scaled(1, func(n float64) float64 { return math.Min(n, 0.5) })},
	"UnitNorm":        {UnitNorm{}, scaled(0, func(n float64) float64 { return 1 })},
	"UnitNorm/rows":   {UnitNorm{Axis: -1}, scaled(1, func(n float64) float64 { return 1 })},
	"MinMaxNorm":      {MinMaxNorm{}, scaled(0, func(n float64) float64 { return math.Min(n, 1) })},
	"MinMaxNorm/rate": {MinMaxNorm{MinValue: 1.5, MaxValue: 2, Rate: 0.25, Axis: 1}, scaled(1, func(n float64) float64 { return 0.25*math.Min(math.Max(n, 1.5), 2) + 0.75*n })},
}

func TestReference(t *testing.T) {
	w := []float64{3, -0.5, -1, 0.25, 0, 0}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			s := graphtest.NewSheet(t, b)
			got := s.Eval(c.c.Project(s.Float([]int{3, 2}, w...)))[0]
			graphtest.Near(t, name, got, c.f(w), 1e-6, 0) // four float32 operations
		}
	})
}

func TestNaNStays(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			s := graphtest.NewSheet(t, b)
			if got := s.Eval(c.c.Project(s.Float([]int{1, 2}, math.NaN(), math.NaN())))[0]; !math.IsNaN(got[0]) {
				t.Errorf("%s of NaN is %v", name, got[0])
			}
		}
	})
}

func TestComplete(t *testing.T) {
	tested := map[string]bool{}
	for name, c := range reference {
		tested[reflect.TypeOf(c.c).Name()] = true
		data, err := spec.Encode(c.c)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := spec.Decode[Constraint](data); err != nil || back != c.c {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
	}
	types, _ := graphtest.Exported(t, "", "Project")
	for _, name := range types {
		if !tested[name] {
			t.Errorf("constraint %s is in no test table", name)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []Constraint{MaxNorm{MaxValue: -1}, MaxNorm{Axis: 2}, UnitNorm{Axis: -3}, MinMaxNorm{MinValue: 2}, MinMaxNorm{Rate: 1.5}, MinMaxNorm{MaxValue: math.NaN()}, MinMaxNorm{MinValue: -1}} {
		if graphtest.MistakeOf(func(g *graph.Graph) { c.Project(g.Zeros(3, 4)) }) == nil {
			t.Errorf("%#v is accepted", c)
		}
	}
}

func ExampleMaxNorm() {
	g := graph.New()
	fmt.Println(MaxNorm{MaxValue: 3}.Project(g.Zeros(64, 46)).Shape(), g.Err())
	// Output: [64 46] <nil>
}
