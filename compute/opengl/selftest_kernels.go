//go:build cgo && (linux || windows)

package opengl

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// sampleMap tries what drivers get wrong in elementwise formulas: NaN that a
// compiler thinks away, the ends of exp, tanh near 0.
func sampleMap(s *sample) {
	b := compute.NewBuilder(compute.Float)
	x := b.Input(0)
	e := b.MustBuild(b.Apply(compute.OpExp, x), b.Apply(compute.OpTanh, x), b.Apply(compute.OpMax, x, b.Float(0)), b.Apply(compute.OpSelect, b.Apply(compute.OpFinite, x), b.Float(1), x))
	values := []float32{-200, -3, -0.5, -1e-6, 0, 1e-6, 0.3, 7, 100, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	n := len(values)
	dims := compute.D(n)
	k := &compute.Map{Expr: e, Dims: dims, In: []compute.Operand{compute.Full(s.floats(values...), dims)}}
	results := make([][]float64, len(e.Outputs))
	for i, v := range values {
		for o, y := range e.Eval([]float64{float64(v)}, i) {
			results[o] = append(results[o], float64(float32(y))) // too large is Inf
		}
	}
	s.add(k)
	for o := range results {
		out := s.space(n)
		k.Out = append(k.Out, compute.Full(out, dims))
		s.expect(k, out, results[o], closely)
	}
}

// sampleCopy transposes.
func sampleCopy(s *sample) {
	const rows, cols = 3, 5
	in, values := s.whole(rows, cols)
	out := s.space(rows * cols)
	want := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			want[j*rows+i] = float64(values[i*cols+j])
		}
	}
	k := &compute.Copy{
		Dims: compute.D(rows, cols),
		In:   compute.Operand{View: in.View, Strides: compute.Strides{0, 0, cols, 1}},
		Out:  compute.Operand{View: out, Strides: compute.Strides{0, 0, 1, rows}},
	}
	s.add(k)
	s.expect(k, out, want, exactly)
}

// sampleReduce adds up the rows of a matrix.
func sampleReduce(s *sample) {
	const rows, cols = 70, 6
	in, values := s.whole(rows, cols)
	out := s.space(cols)
	want := make([]float64, cols)
	for i, v := range values {
		want[i%cols] += float64(v)
	}
	dims := compute.D(rows, cols)
	k := &compute.Reduce{
		Op: compute.ReduceSum, Expr: compute.Identity(compute.Float), Dims: dims, Axes: [compute.MaxAxes]bool{2: true},
		In: []compute.Operand{compute.Full(in.View, dims)}, Out: compute.RowVector(out),
	}
	s.add(k)
	s.expect(k, out, want, exactly)
}

// sampleMatMul has edges that no tile divides, a bias and an activation.
func sampleMatMul(s *sample) {
	const m, n, terms = 9, 12, 21
	a, av := s.whole(m, terms)
	w, wv := s.whole(terms, n)
	bias, bv := s.whole(1, n)
	c := s.space(m * n)
	k := &compute.MatMul{
		M: m, N: n, K: terms, A: a, B: w, C: compute.Rows(c, n),
		Epilogue: &compute.Epilogue{Expr: biasedReLU(), In: []compute.Operand{compute.RowVector(bias.View)}},
	}
	want := product64(m, n, terms, av, wv)
	for i := range want {
		want[i] = max(0, want[i]+float64(bv[i%n]))
	}
	s.add(k)
	s.expect(k, c, want, exactly)
}

func biasedReLU() *compute.Expr {
	b := compute.NewBuilder(compute.Float, compute.Float)
	return b.MustBuild(b.Apply(compute.OpRelu, b.Apply(compute.OpAdd, b.Input(0), b.Input(1))))
}

// product64 is the product of an m x k and a k x n matrix.
func product64(m, n, k int, a, b []float32) []float64 {
	c := make([]float64, m*n)
	for i := range m {
		for j := range n {
			for t := range k {
				c[i*n+j] += float64(a[i*k+t]) * float64(b[t*n+j])
			}
		}
	}
	return c
}

// sampleSparse multiplies rows of ones, and their transpose, with a matrix.
func sampleSparse(s *sample) {
	const rows, cols, n = 5, 7, 12
	var ptr, col []int32
	ones, onesT := make([]float32, rows*cols), make([]float32, rows*cols)
	for r := range rows {
		ptr = append(ptr, int32(len(col)))
		for c := range cols {
			if (r+2*c)%3 == 0 {
				col = append(col, int32(c))
				ones[r*cols+c], onesT[c*rows+r] = 1, 1
			}
		}
	}
	ptr = append(ptr, int32(len(col)))
	a := compute.CSR{RowPtr: s.ints(ptr...), Col: s.ints(col...), Cols: cols}
	right, rv := s.whole(cols, n)
	below, bv := s.whole(rows, n)
	c, ct := s.space(rows*n), s.space(cols*n)
	k := &compute.SparseMatMul{M: rows, N: n, A: a, B: right, C: compute.Rows(c, n)}
	s.add(k)
	s.expect(k, c, product64(rows, n, cols, ones, rv), exactly)
	kt := &compute.SparseMatMulT{M: rows, N: n, A: a, B: below, C: compute.Rows(ct, n)}
	s.add(kt)
	s.expect(kt, ct, product64(cols, n, rows, onesT, bv), exactly)
}

// sampleSoftmax has a row whose exponentials overflow unless its largest is
// taken off.
func sampleSoftmax(s *sample) {
	const rows, cols = 2, 4
	values := []float32{1, 2, 3, -1, 1000, 998, 0, 999}
	labels := []int32{2, 1}
	in := compute.Rows(s.floats(values...), cols)
	out, loss, grad := s.space(rows*cols), s.space(rows), s.space(rows*cols)
	p, lost, slope := make([]float64, rows*cols), make([]float64, rows), make([]float64, rows*cols)
	for i := range rows {
		top, sum := math.Inf(-1), 0.0
		for _, x := range values[i*cols:][:cols] {
			top = max(top, float64(x))
		}
		for _, x := range values[i*cols:][:cols] {
			sum += math.Exp(float64(x) - top)
		}
		for j, x := range values[i*cols:][:cols] {
			p[i*cols+j] = math.Exp(float64(x)-top) / sum
			slope[i*cols+j] = p[i*cols+j]
		}
		lost[i] = top + math.Log(sum) - float64(values[i*cols+int(labels[i])])
		slope[i*cols+int(labels[i])]--
	}
	soft := &compute.Softmax{Rows: rows, Cols: cols, In: in, Out: compute.Rows(out, cols)}
	s.add(soft)
	s.expect(soft, out, p, closely)
	cross := &compute.SoftmaxCrossEntropy{Rows: rows, Cols: cols, Logits: in, Labels: s.ints(labels...), Loss: loss, Grad: compute.Rows(grad, cols)}
	s.add(cross)
	s.expect(cross, loss, lost, closely)
	s.expect(cross, grad, slope, closely)
}

// sampleRows picks rows by number, by themselves and in sums of two, and adds
// them to others, one of them twice.
func sampleRows(s *sample) {
	const rows, cols, picked = 6, 3, 4
	table, values := s.whole(rows, cols)
	sums, begun := s.whole(rows, cols)
	numbers := []int32{4, 0, 4, 5}
	index := compute.Index{View: s.ints(numbers...)}
	out := s.space(picked * cols)
	gathered, added := make([]float64, picked*cols), make([]float64, rows*cols)
	for i, v := range begun {
		added[i] = float64(v)
	}
	for i, r := range numbers {
		for j := range cols {
			v := float64(values[int(r)*cols+j])
			gathered[i*cols+j] = v
			added[int(r)*cols+j] += v
		}
	}
	gather := &compute.Gather{Rows: picked, Cols: cols, TableRows: rows, Table: table, Index: index, Out: compute.Rows(out, cols)}
	s.add(gather)
	s.expect(gather, out, gathered, exactly)
	both, pairs := make([]float64, picked/2*cols), s.space(picked/2*cols)
	for i := range both {
		both[i] = gathered[i/cols*2*cols+i%cols] + gathered[(i/cols*2+1)*cols+i%cols]
	}
	summed := &compute.Gather{Rows: picked / 2, Cols: cols, TableRows: rows, Sum: 2, Table: table, Index: index, Out: compute.Rows(pairs, cols)}
	s.add(summed)
	s.expect(summed, pairs, both, exactly)
	scatter := &compute.ScatterAdd{Rows: picked, Cols: cols, TableRows: rows, In: compute.Rows(out, cols), Index: index, Table: sums}
	s.add(scatter)
	s.expect(scatter, sums.View, added, exactly)
}
