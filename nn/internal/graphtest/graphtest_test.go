package graphtest

import (
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

func TestEval(t *testing.T) {
	Each(t, func(t *testing.T, b compute.Backend) {
		s := NewSheet(t, b)
		x, n := s.Float([]int{2, 2}, 1, 2, 3, math.Inf(1)), s.Int([]int{2}, -1, 7)
		got := s.Eval(graph.Scale(x, 2), graph.Apply(compute.OpNeg, n), graph.Sum(graph.SliceAxis(x, 0, 0, 1)))
		Near(t, "floats", got[0], []float64{2, 4, 6, math.Inf(1)}, 0, 0)
		Near(t, "ints", got[1], []float64{1, -7}, 0, 0)
		Near(t, "sum", got[2], []float64{3}, 0, 0)
	})
}

func TestNear(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		got, want float64
		ok        bool
	}{{1, 1, true}, {1.05, 1, true}, {1.2, 1, false}, {nan, nan, true}, {1, nan, false}, {nan, 1, false}, {math.Inf(1), math.Inf(-1), false}, {math.Inf(1), 1, false}} {
		if near(c.got, c.want, 0.1, 0) != c.ok {
			t.Errorf("%+v", c)
		}
	}
}

func TestSlope(t *testing.T) {
	for _, x := range []float64{-3, 0.1, 5} {
		if d := Slope(math.Sin, x) - math.Cos(x); math.Abs(d) > 1e-8 {
			t.Errorf("slope of the sine at %v is off by %v", x, d)
		}
	}
}

func TestMistakeOf(t *testing.T) {
	if MistakeOf(func(g *graph.Graph) { graph.Add(g.Zeros(2), g.Zeros(3)) }) == nil {
		t.Error("shapes that do not fit are no mistake")
	}
}
