package graph

import (
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

func TestBounds(t *testing.T) {
	inf := math.Inf(1)
	g := New()
	x := g.Read(NewVariable("x", compute.Float, 3, 4))
	w := g.Read(NewVariable("w", compute.Float, 4, 2))
	ints := func(n int) *Variable { return NewVariable("", compute.Int, n) }
	rows := g.Sparse(&Sparse{Rows: 3, Cols: 4, RowPtr: ints(4), Col: ints(1)})
	product := MatMul(x, w)
	biased := Add(product, g.Zeros(2))
	for name, c := range map[string]struct {
		of     *Tensor
		lo, hi float64
		known  bool
	}{
		"product":            {product, -inf, inf, true},
		"product and bias":   {biased, -inf, inf, true},
		"sparse product":     {MatMul(rows, w), -inf, inf, true},
		"reshaped":           {Reshape(biased, 2, 3), -inf, inf, true},
		"softmax":            {Softmax(x), 0, 1, true},
		"log softmax":        {LogSoftmax(x), -inf, 0, true},
		"sigmoid":            {Sigmoid(x), 0, 1, true},
		"tanh":               {Tanh(x), -1, 1, true},
		"relu":               {Relu(biased), 0, inf, true},
		"relu of a sigmoid":  {Relu(Sigmoid(x)), 0, 1, true},
		"relu of log p":      {Relu(LogSoftmax(x)), 0, 0, true},
		"relu of a variable": {Relu(x), 0, 0, false},
		"a variable":         {x, 0, 0, false},
		"a sum":              {Add(x, x), 0, 0, false},
		"a square":           {Square(biased), 0, 0, false},
	} {
		lo, hi, known := Bounds(c.of)
		if known != c.known || known && (lo != c.lo || hi != c.hi) {
			t.Errorf("%s: %v to %v, known %v, want %v to %v, %v", name, lo, hi, known, c.lo, c.hi, c.known)
		}
	}
	if err := g.Err(); err != nil {
		t.Fatal(err)
	}
}
