// Package targets brings the targets of losses and metrics into the shape and
// type of the predictions that they are compared with.
package targets

import (
	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
)

// Dense gives yTrue as floats of yPred's shape, and both with at least two
// axes: [rows] becomes [rows, 1]. A last axis of length 1 may be missing on
// either side; left to broadcasting, [rows] beside [rows, 1] would silently
// compare every row with every other.
func Dense(yTrue, yPred *graph.Tensor) (t, p *graph.Tensor) {
	p = graph.ToFloat(yPred)
	if p.Rank() == 0 {
		p.Graph().Fail("predictions are a scalar, want one row for each example")
		return p.Graph().Zeros(1, 1), p.Graph().Zeros(1, 1)
	}
	if p.Rank() == 1 {
		p = graph.Reshape(p, append(p.Shape(), 1)...)
	}
	t = graph.ToFloat(yTrue)
	if !same(t.Shape(), p.Shape()) {
		if !sameButLast1(t.Shape(), p.Shape()) {
			p.Graph().Fail("targets have shape %v and predictions %v, want the same: %w", yTrue.Shape(), yPred.Shape(), data.ErrShape)
			return p.Graph().Zeros(p.Shape()...), p
		}
		t = graph.Reshape(t, p.Shape()...)
	}
	return t, p
}

// Align gives yTrue a last axis of length 1 that yPred has and it lacks, or takes
// one away, and leaves all other shapes alone: what a formula of somebody else
// gets, which would broadcast [rows] beside [rows, 1] to every row with every
// other.
func Align(yTrue, yPred *graph.Tensor) *graph.Tensor {
	if yTrue.Rank() > 0 && yPred.Rank() > 0 && sameButLast1(yTrue.Shape(), yPred.Shape()) {
		return graph.Reshape(yTrue, yPred.Shape()...)
	}
	return yTrue
}

// PerRow is each, the losses of the rows of yPred, if there is at least one
// number for every row.
func PerRow(each, yPred *graph.Tensor) *graph.Tensor {
	if rows := yPred.Shape()[0]; each.Rank() == 0 || each.Shape()[0] != rows {
		each.Graph().Fail("PerSample gave shape %v for predictions of shape %v, want a number for each row: take the mean over the last axis alone, graph.Mean(x, -1)", each.Shape(), yPred.Shape())
		return each.Graph().Zeros(rows)
	}
	return each
}

// Classes gives yTrue as Int class numbers, one for each row of yPred's last
// axis.
func Classes(yTrue, yPred *graph.Tensor) *graph.Tensor {
	g := yPred.Graph()
	if yPred.Rank() < 2 {
		g.Fail("predictions have shape %v, want [rows, classes]: %w", yPred.Shape(), data.ErrShape)
		return graph.BroadcastTo(g.ConstInt(0), yPred.Shape()...)
	}
	want := yPred.Shape()[:yPred.Rank()-1]
	t := yTrue
	if n := t.Rank(); n == yPred.Rank() && t.Shape()[n-1] == 1 {
		t = graph.Reshape(t, t.Shape()[:n-1]...)
	}
	if !same(t.Shape(), want) {
		g.Fail("class numbers have shape %v, want %v for predictions of shape %v: %w", yTrue.Shape(), want, yPred.Shape(), data.ErrShape)
		return graph.BroadcastTo(g.ConstInt(0), want...)
	}
	if t.Type() == compute.Float {
		t = graph.ToInt(t)
	}
	return t
}

// Iota is the floats 0, 1, ... n-1.
func Iota(g *graph.Graph, n int) *graph.Tensor {
	// Each round doubles what is there: a handful of copies for any n.
	x := g.Zeros(1)
	for x.Size() < n {
		x = graph.Concat(0, x, graph.Shift(x, float32(x.Size())))
	}
	return graph.SliceAxis(x, 0, 0, n)
}

// OneHot is 1 at each class number and 0 elsewhere, along a new last axis of n
// classes.
func OneHot(class *graph.Tensor, n int) *graph.Tensor {
	column := graph.Reshape(graph.ToFloat(class), append(append([]int(nil), class.Shape()...), 1)...)
	return graph.ToFloat(graph.Equal(column, Iota(class.Graph(), n)))
}

// RowMean is the mean over all axes but the first.
func RowMean(x *graph.Tensor) *graph.Tensor {
	if x.Rank() <= 1 {
		return x
	}
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i + 1
	}
	return graph.Mean(x, axes...)
}

// sameButLast1 is true where one shape is the other with a last axis of length 1.
func sameButLast1(a, b []int) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := len(b)
	return n == len(a)+1 && b[n-1] == 1 && same(a, b[:n-1])
}

func same(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
