package targets

import (
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

func TestOneHot(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for n := 1; n <= 9; n++ {
			s := graphtest.NewSheet(t, b)
			var iota, hot []float64
			for i := range n {
				iota = append(iota, float64(i))
			}
			for _, c := range []int{n - 1, 0, 99} {
				for i := range n {
					x := 0.0
					if i == c {
						x = 1
					}
					hot = append(hot, x)
				}
			}
			got := s.Eval(Iota(s.Graph, n), OneHot(s.Int([]int{3}, n-1, 0, 99), n))
			graphtest.Near(t, "iota", got[0], iota, 0, 0)
			graphtest.Near(t, "one-hot", got[1], hot, 0, 0)
		}
	})
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		true, pred []int
		ok         bool
	}{
		{[]int{4}, []int{4, 1}, true}, {[]int{4, 1}, []int{4}, true}, {[]int{4}, []int{4}, true}, {[]int{4, 3}, []int{4, 3}, true},
		{[]int{4, 2}, []int{4, 2, 1}, true}, {[]int{4}, []int{4, 3}, false}, {[]int{4, 1}, []int{4, 3}, false}, {[]int{5}, []int{4, 1}, false}, {nil, []int{1}, false}, {[]int{1}, nil, false},
	} {
		err := graphtest.MistakeOf(func(g *graph.Graph) {
			a, b := Dense(g.Zeros(c.true...), g.Zeros(c.pred...))
			if !same(a.Shape(), b.Shape()) || b.Rank() < 2 {
				t.Errorf("%v beside %v become %v and %v", c.true, c.pred, a.Shape(), b.Shape())
			}
		})
		if (err == nil) != c.ok {
			t.Errorf("%v beside %v: %v", c.true, c.pred, err)
		}
	}
	for _, c := range []struct {
		true, pred []int
		want       string
	}{
		{[]int{4}, []int{4, 3}, ""}, {[]int{4, 1}, []int{4, 3}, ""}, {[]int{4, 2}, []int{4, 2, 3}, ""},
		{[]int{4, 3}, []int{4, 3}, "want [4] for predictions of shape [4 3]"}, {[]int{5}, []int{4, 3}, "want [4]"}, {[]int{4}, []int{4}, "[rows, classes]"},
	} {
		err := graphtest.MistakeOf(func(g *graph.Graph) {
			if got := Classes(g.Zeros(c.true...), g.Zeros(c.pred...)); got.Type() != compute.Int {
				t.Errorf("classes are %v", got.Type())
			}
		})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("classes %v of %v: %v, want %q", c.true, c.pred, err, c.want)
		}
	}
}
