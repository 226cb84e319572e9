package regularizers_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	. "github.com/glearn-go/glearn/nn/regularizers"
)

func norms(l1, l2 float64) func(x []float64) float64 {
	return func(x []float64) float64 {
		s := 0.0
		for _, v := range x {
			s += l1*math.Abs(v) + l2*v*v
		}
		return s
	}
}

// angles is the mean absolute cosine between pairs of n vectors of m elements.
func angles(factor float64, n, m int, at func(x []float64, i, k int) float64) func(x []float64) float64 {
	return func(x []float64) float64 {
		s, pairs := 0.0, 0.0
		for i := range n {
			for j := range i {
				dot, a, b := 0.0, 0.0, 0.0
				for k := range m {
					p, q := at(x, i, k), at(x, j, k)
					dot, a, b = dot+p*q, a+p*p, b+q*q
				}
				s, pairs = s+math.Abs(dot)/math.Sqrt(a*b), pairs+1
			}
		}
		return factor * s / pairs
	}
}

// reference holds each regularizer with its formula for a weight of 3 x 4.
var reference = map[string]struct {
	r Regularizer
	f func(x []float64) float64
}{
	"L1":         {L1{}, norms(0.01, 0)},
	"L1/2":       {L1{Factor: 0.5}, norms(0.5, 0)},
	"L2":         {L2{}, norms(0, 0.01)},
	"L2/2":       {L2{Factor: 0.5}, norms(0, 0.5)},
	"L1L2":       {L1L2{}, norms(0, 0)},
	"L1L2/2":     {L1L2{L1: 0.1, L2: 0.2}, norms(0.1, 0.2)},
	"Orthogonal": {Orthogonal{}, angles(0.01, 3, 4, func(x []float64, i, k int) float64 { return x[4*i+k] })},
	"Orthogonal/columns": {Orthogonal{Factor: 2, Mode: Columns}, angles(2, 4, 3, func(x []float64, i, k int) float64 {
		return x[4*k+i]
	})},
}

func TestReference(t *testing.T) {
	values := []float64{1, -0.5, 2, 0.25, -1.5, 0.75, 0.125, 1, 0.5, 0.5, -2, 3}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			s := graphtest.NewSheet(t, b)
			x := s.Float([]int{3, 4}, values...)
			penalty := c.r.Penalty(x)
			if penalty.Size() != 1 || penalty.Rank() != 0 {
				t.Errorf("%s: penalty of shape %v", name, penalty.Shape())
			}
			got := s.Eval(penalty, graph.Gradients(penalty, x)[0])
			var slopes []float64
			for i := range values {
				slopes = append(slopes, graphtest.Slope(func(at float64) float64 {
					moved := append([]float64(nil), values...)
					moved[i] = at
					return c.f(moved)
				}, values[i]))
			}
			graphtest.Near(t, name, got[0], []float64{c.f(values)}, 2e-6, 1e-7) // sums of twelve numbers
			graphtest.Near(t, "gradient of "+name, got[1], slopes, 1e-5, 1e-6)
		}
	})
}

// A row of zeros and a single row have finite penalties and gradients.
func TestOrthogonalOfZeros(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, shape := range [][]int{{2, 2}, {1, 4}} {
			s := graphtest.NewSheet(t, b)
			x := s.Float(shape, 0, 0, 3, 4)
			penalty := Orthogonal{}.Penalty(x)
			got := s.Eval(penalty, graph.Gradients(penalty, x)[0])
			graphtest.Near(t, "penalty", got[0], []float64{0}, 0, 1e-9)
			for _, g := range got[1] {
				if math.IsNaN(g) || math.IsInf(g, 0) {
					t.Errorf("gradient %v", got[1])
				}
			}
		}
	})
}

func TestComplete(t *testing.T) {
	tested := map[string]bool{}
	for name, c := range reference {
		tested[reflect.TypeOf(c.r).Name()] = true
		data, err := spec.Encode(c.r)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := spec.Decode[Regularizer](data); err != nil || back != c.r {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
	}
	types, _ := graphtest.Exported(t, "", "Penalty")
	for _, name := range types {
		if !tested[name] {
			t.Errorf("regularizer %s is in no test table", name)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, r := range []Regularizer{L1{Factor: -1}, L2{Factor: math.NaN()}, L1L2{L1: 1, L2: math.Inf(1)}, Orthogonal{Factor: -1}, Orthogonal{Mode: "both"}} {
		if graphtest.MistakeOf(func(g *graph.Graph) { r.Penalty(g.Zeros(3, 4)) }) == nil {
			t.Errorf("%#v is accepted", r)
		}
	}
	if graphtest.MistakeOf(func(g *graph.Graph) { Orthogonal{}.Penalty(g.Zeros(3)) }) == nil {
		t.Error("Orthogonal takes a vector")
	}
}

func ExampleL2() {
	g := graph.New()
	fmt.Println(L2{Factor: 0.001}.Penalty(g.Zeros(64, 46)).Shape(), g.Err())
	// Output: [] <nil>
}
