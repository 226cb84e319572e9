package regularizers

import "github.com/glearn-go/glearn/graph"

// Mode is what Orthogonal looks at.
type Mode string

// The modes, by Keras' names.
const (
	Rows    Mode = "rows"
	Columns Mode = "columns"
)

// Orthogonal is Factor times the mean, over all pairs of rows of a matrix, of
// the absolute cosine between them: it pulls rows (or columns) to right angles.
// (Keras' OrthogonalRegularizer.)
type Orthogonal struct {
	Factor float64 // at least 0; 0: 0.01
	Mode   Mode    // "": Rows
}

// Penalty is the formula above.
func (r Orthogonal) Penalty(x *graph.Tensor) *graph.Tensor {
	g := x.Graph()
	if x.Rank() != 2 || !valid(r.Factor) || r.Mode != "" && r.Mode != Rows && r.Mode != Columns {
		g.Fail("regularizers: Orthogonal%+v of shape %v: want a matrix, a factor of at least 0 and mode %q or %q", r, x.Shape(), Rows, Columns)
		return x.Const(0)
	}
	if r.Mode == Columns {
		x = graph.Transpose(x)
	}
	n := x.Shape()[0]
	if n < 2 {
		return x.Const(0)
	}
	// 1e-14 is the square of Keras' epsilon: the root keeps a finite slope at 0.
	unit := graph.Div(x, graph.Sqrt(graph.Max(graph.SumKeep(graph.Square(x), -1), x.Const(1e-14))))
	product := graph.Abs(graph.MatMul(unit, graph.Transpose(unit)))
	// Each pair stands in the product twice; the diagonal is taken off.
	lengths := graph.Sum(graph.Square(unit))
	pairs := graph.Scale(graph.Sub(graph.Sum(product), lengths), 0.5)
	return graph.Scale(pairs, float32(standard(r.Factor)/(float64(n)*float64(n-1)/2)))
}
