package graph

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
)

// bench binds variables on a checked CPU backend and keeps their float64
// values for the evaluator.
type bench struct {
	t    *testing.T
	b    compute.Backend
	g    *Graph
	vars map[*Variable][]float64
	r    *rand.Rand
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	n := &bench{t: t, b: compute.Checked(b), g: New(), vars: map[*Variable][]float64{}, r: rand.New(rand.NewPCG(1, 2))}
	t.Cleanup(func() {
		if err := n.b.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return n
}

// variable allocates a float variable with values from f.
func (n *bench) variable(name string, f func() float64, shape ...int) *Variable {
	n.t.Helper()
	v := NewVariable(name, compute.Float, shape...)
	n.fill(v, f)
	return v
}

func (n *bench) ints(name string, values ...int32) *Variable {
	n.t.Helper()
	v := NewVariable(name, compute.Int, len(values))
	i := 0
	n.fill(v, func() float64 { i++; return float64(values[i-1]) })
	return v
}

func (n *bench) fill(v *Variable, f func() float64) {
	n.t.Helper()
	buffer, err := v.Allocate(n.b)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(buffer.Release)
	values := make([]float64, v.Size())
	words := make([]uint32, v.Size())
	for i := range values {
		x := float32(f())
		values[i] = float64(x)
		if v.typ == compute.Int {
			words[i] = uint32(int32(x))
		} else {
			words[i] = math.Float32bits(x)
		}
	}
	n.b.Write(v.View(), words)
	n.vars[v] = values
}

func (n *bench) normal() float64 { return n.r.NormFloat64() }

// away is a normal number that is not near 0, where |x| and relu bend.
func (n *bench) away() float64 {
	x := n.r.NormFloat64()
	return math.Copysign(math.Abs(x)+0.2, x)
}

func (n *bench) positive() float64 { return n.r.Float64()*2 + 0.25 }

// run compiles the graph, runs it once and compares every output with the
// evaluator. Float32 sums over the few elements here stay within 2e-5 of the
// largest magnitude.
func (n *bench) run(outputs ...*Tensor) *Program {
	n.t.Helper()
	e := newEvaluator(n.vars)
	var want [][]float64
	for _, o := range outputs {
		n.g.Output(o)
		if n.g.Err() == nil {
			want = append(want, e.eval(o))
		}
	}
	p, err := Compile(n.b, n.g)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(p.Release)
	p.Run(1)
	for i, o := range outputs {
		n.compare(o.String(), o.typ, p.View(o), want[i])
	}
	return p
}

func (n *bench) compare(name string, typ compute.Type, v compute.View, want []float64) {
	n.t.Helper()
	words := make([]uint32, v.Len)
	if err := n.b.Read(words, v); err != nil {
		n.t.Fatal(err)
	}
	top := 1.0
	for _, w := range want {
		top = math.Max(top, math.Abs(w))
	}
	for i, w := range want {
		got := float64(math.Float32frombits(words[i]))
		if typ == compute.Int {
			got = float64(int32(words[i]))
		}
		if !(math.Abs(got-w) <= 2e-5*top) {
			n.t.Fatalf("%s: element %d is %g, want %g", name, i, got, w)
		}
	}
}

// slopes holds the gradients of sum(weights * f(x...)) against central
// differences of the float64 evaluator, and runs them on the device.
func (n *bench) slopes(f func(x ...*Tensor) *Tensor, vars ...*Variable) {
	n.t.Helper()
	x := make([]*Tensor, len(vars))
	for i, v := range vars {
		x[i] = n.g.Read(v)
	}
	y := f(x...)
	weights := n.variable("weights", n.normal, y.shape...)
	loss := Sum(Mul(y, n.g.Read(weights)))
	grads := Gradients(loss, x...)
	if err := n.g.Err(); err != nil {
		n.t.Fatal(err)
	}
	at := newEvaluator(n.vars)
	for k, v := range vars {
		got := at.eval(grads[k])
		for i, old := range n.vars[v] {
			const h = 1e-5
			n.vars[v][i] = old + h
			up := newEvaluator(n.vars).eval(loss)[0]
			n.vars[v][i] = old - h
			down := newEvaluator(n.vars).eval(loss)[0]
			n.vars[v][i] = old
			want := (up - down) / (2 * h)
			// The differences' own error is about h^2 times the third derivative.
			if math.Abs(got[i]-want) > 1e-6*math.Max(1, math.Abs(want)) {
				n.t.Fatalf("gradient %d, element %d is %g, central difference %g", k, i, got[i], want)
			}
		}
	}
	n.run(append(grads, y)...)
}

// smooth lists a test for every elementwise operation with a gradient; flat
// those whose gradient is zero by definition.
var smooth = map[compute.Op]func(n *bench){
	compute.OpAdd: binary(compute.OpAdd), compute.OpSub: binary(compute.OpSub), compute.OpMul: binary(compute.OpMul),
	compute.OpMin: binary(compute.OpMin), compute.OpMax: binary(compute.OpMax),
	compute.OpDiv: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Div(x[0], x[1]) }, n.variable("a", n.normal, 3, 4), n.variable("b", n.positive, 4))
	},
	compute.OpPow: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Pow(x[0], x[1]) }, n.variable("a", n.positive, 3, 4), n.variable("b", n.normal, 3, 1))
	},
	compute.OpNeg: unary(compute.OpNeg), compute.OpAbs: unary(compute.OpAbs), compute.OpExp: unary(compute.OpExp),
	compute.OpExpm1: unary(compute.OpExpm1), compute.OpSin: unary(compute.OpSin), compute.OpCos: unary(compute.OpCos),
	compute.OpTanh: unary(compute.OpTanh), compute.OpSigmoid: unary(compute.OpSigmoid), compute.OpErf: unary(compute.OpErf),
	compute.OpRelu: unary(compute.OpRelu),
	compute.OpSqrt: onPositive(compute.OpSqrt), compute.OpLog: onPositive(compute.OpLog), compute.OpLog1p: onPositive(compute.OpLog1p),
	compute.OpSelect: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Select(Less(x[0], x[1]), Square(x[0]), Exp(x[1])) }, n.variable("a", n.normal, 3, 4), n.variable("b", n.normal, 4))
	},
}

var flat = map[compute.Op]bool{
	compute.OpSign: true, compute.OpFloor: true, compute.OpRound: true, compute.OpLess: true, compute.OpLessEq: true, compute.OpEqual: true,
	compute.OpAnd: true, compute.OpOr: true, compute.OpNot: true, compute.OpFinite: true, compute.OpToFloat: true, compute.OpToInt: true,
	// Leaves: nothing to differentiate with respect to.
	compute.OpInput: true, compute.OpConst: true, compute.OpRandom: true,
}

func unary(op compute.Op) func(n *bench) {
	return func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Apply(op, x[0]) }, n.variable("a", n.away, 3, 5))
	}
}

func onPositive(op compute.Op) func(n *bench) {
	return func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Apply(op, x[0]) }, n.variable("a", n.positive, 7))
	}
}

func binary(op compute.Op) func(n *bench) {
	return func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Add(Apply(op, x[0], x[1]), Apply(op, x[1], x[2])) },
			n.variable("a", n.normal, 2, 3, 4), n.variable("row", n.normal, 4), n.variable("column", n.normal, 3, 1))
	}
}

func TestElementwiseGradients(t *testing.T) {
	for op := range compute.Op(compute.NumOps) {
		test := smooth[op]
		if (test == nil) == !flat[op] {
			t.Errorf("%v must be in exactly one of the lists smooth and flat", op)
		}
		if test != nil {
			t.Run(op.String(), func(t *testing.T) { test(newBench(t)) })
		}
	}
}

// structural lists a gradient test for every other kind of node.
var structural = map[kind]func(n *bench){
	kindReshape: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(Reshape(x[0], 6, -1)) }, n.variable("a", n.normal, 3, 4))
	},
	kindPermute: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Tanh(Reshape(Permute(x[0], 2, 0, 1), 4, 6)) }, n.variable("a", n.normal, 2, 3, 4))
	},
	kindSlice: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Mul(SliceAxis(x[0], 1, 1, 3), SliceAxis(x[0], -1, 2, 4)) }, n.variable("a", n.normal, 3, 4))
	},
	kindPad: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(Pad(x[0], []int{1, 2}, []int{5, 6})) }, n.variable("a", n.normal, 3, 4))
	},
	kindBroadcast: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(BroadcastTo(x[0], 2, 3, 4)) }, n.variable("a", n.normal, 3, 1))
	},
	kindConcat: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Square(Concat(1, x[0], Exp(x[1]), x[0])) }, n.variable("a", n.normal, 3, 2), n.variable("b", n.normal, 3, 4))
	},
	kindMatMul: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor {
			y := MatMul(Tanh(MatMul(x[0], x[1])), Transpose(x[1]))
			return Relu(Add(y, x[2]))
		}, n.variable("a", n.normal, 3, 4), n.variable("b", n.normal, 4, 5), n.variable("bias", n.normal, 4))
	},
	kindReduce: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor {
			return Add(Mul(Sum(Exp(x[0]), 0), Mean(x[0], 0)), ReduceMax(x[0], 0))
		}, n.variable("a", n.normal, 3, 4))
	},
	kindSoftmax: func(n *bench) {
		n.slopes(func(x ...*Tensor) *Tensor { return Add(Softmax(x[0]), LogSoftmax(Scale(x[0], 2))) }, n.variable("a", n.normal, 3, 4))
	},
	kindCrossEntropy: func(n *bench) {
		labels := n.ints("labels", 2, 0, 3)
		n.slopes(func(x ...*Tensor) *Tensor {
			return Add(SoftmaxCrossEntropy(x[0], n.g.Read(labels)), SoftmaxCrossEntropy(Scale(x[0], 0.5), x[1]))
		}, n.variable("a", n.normal, 3, 4), n.variable("targets", n.positive, 3, 4))
	},
	kindGather: func(n *bench) {
		index := n.ints("index", 2, 0, 2, 1)
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(Gather(x[0], n.g.Read(index))) }, n.variable("table", n.normal, 3, 5))
	},
	kindScatter: func(n *bench) {
		index := n.ints("index", 2, 0, 2, 1)
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(ScatterAdd(x[0], n.g.Read(index), 4)) }, n.variable("a", n.normal, 4, 5))
	},
	kindSparseMatMul: func(n *bench) {
		s := n.sparse()
		n.slopes(func(x ...*Tensor) *Tensor { return Tanh(Add(MatMul(n.g.Sparse(s), x[0]), x[1])) }, n.variable("w", n.normal, 5, 3), n.variable("bias", n.normal, 3))
	},
	kindSparseMatMulT: func(n *bench) {
		s := n.sparse()
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(matmul(n.g.Sparse(s), x[0], true, false)) }, n.variable("d", n.normal, 3, 2))
	},
	kindAssign: func(n *bench) {
		v := n.variable("state", n.normal, 3)
		n.slopes(func(x ...*Tensor) *Tensor { return Exp(n.g.Assign(v, Square(x[0]))) }, n.variable("a", n.normal, 3))
	},
	kindPack: func(n *bench) {
		v := n.variable("flat", n.normal, 20)
		n.slopes(func(x ...*Tensor) *Tensor { return Square(n.g.Pack(v, []int{0, 9}, x[0], Exp(x[1]))) }, n.variable("a", n.normal, 2, 3), n.variable("b", n.normal, 4))
	},
}

// leaves have no operands, or stop gradients on purpose.
var leafKinds = map[kind]bool{kindVar: true, kindConst: true, kindElem: true, kindStop: true, kindSparse: true, kindCrossEntropyGrad: true, kindCopy: true}

func (n *bench) sparse() *Sparse {
	return &Sparse{Rows: 3, Cols: 5, RowPtr: n.ints("ptr", 0, 2, 2, 5, 6), Col: n.ints("col", 0, 3, 1, 2, 4, 3), Val: n.variable("val", n.normal, 6),
		Index: n.ints("rows", 0, 0, 0, 3, 0, 2), Cursor: n.ints("cursor", 1), Stride: 3}
}

func TestStructuralGradients(t *testing.T) {
	for k := range kindCount {
		test := structural[k]
		if (test == nil) == !leafKinds[k] {
			t.Errorf("%v must be in exactly one of the lists structural and leafKinds", k)
		}
		if test != nil {
			t.Run(k.String(), func(t *testing.T) { test(newBench(t)) })
		}
	}
}

// A dense layer's bias and activation run in the product's epilogue, and its
// backward pass keeps the activation's derivative in one, too.
func TestDenseFuses(t *testing.T) {
	n := newBench(t)
	x, labels := n.g.Read(n.variable("x", n.normal, 6, 5)), n.g.Read(n.ints("y", 0, 1, 2, 0, 1, 2))
	w1, b1 := n.variable("w1", n.normal, 5, 8), n.variable("b1", n.normal, 8)
	w2, b2 := n.variable("w2", n.normal, 8, 3), n.variable("b2", n.normal, 3)
	read := func(v *Variable) *Tensor { return n.g.Read(v) }
	h := Relu(Add(MatMul(x, read(w1)), read(b1)))
	loss := Mean(SoftmaxCrossEntropy(Add(MatMul(h, read(w2)), read(b2)), labels))
	grads := Gradients(loss, read(w1), read(b1), read(w2), read(b2))
	p := n.run(append(grads, loss)...)
	// Two products forward, loss and slope, three products back, two bias sums,
	// and the mean of the loss.
	if got := len(p.Kernels()); got > 9 {
		t.Errorf("%d kernels, want at most 9:\n%s", got, p)
	}
	if s := p.String(); !strings.Contains(s, "relu(add(in0, in1))") {
		t.Errorf("the first product has no fused activation:\n%s", s)
	}
}

// Sums over the same axes are one kernel, and so is what scalars are made of
// them, down to the variables that it ends in.
func TestSumsJoin(t *testing.T) {
	n := newBench(t)
	x, y := n.g.Read(n.variable("x", n.normal, 6)), n.g.Read(n.variable("y", n.normal, 6))
	total, count := n.variable("total", n.normal), n.variable("count", n.normal)
	sum := Sum(Mul(x, y))
	newTotal := n.g.Assign(total, Add(n.g.Read(total), Div(sum, Sum(Square(y)))))
	newCount := n.g.Assign(count, Shift(n.g.Read(count), 6))
	e := newEvaluator(n.vars)
	wantTotal, wantCount := e.eval(newTotal), e.eval(newCount)
	p := n.run(sum)
	n.compare("total", compute.Float, total.View(), wantTotal)
	n.compare("count", compute.Float, count.View(), wantCount)
	if got := len(p.Kernels()); got != 1 {
		t.Errorf("%d kernels, want 1:\n%s", got, p)
	}
}

// Picked rows that are averaged are added up as they are picked, and the
// gradient of their table is not repeated in memory for each of them.
func TestAveragedRowsAreNotCopied(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []int // of the index
		axis  int
		want  string
	}{
		{"last axis", []int{2, 3}, 1, "each row 3 times"},
		{"all axes", []int{1, 6}, 1, "each row 6 times"},
		{"first axis", []int{3, 2}, 0, "Copy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newBench(t)
			index := Reshape(n.g.Read(n.ints("index", 2, 0, 1, 3, 3, 2)), c.shape...)
			table := n.g.Read(n.variable("table", n.normal, 4, 5))
			p := n.run(Gradients(Sum(Square(Mean(Gather(table, index), c.axis))), table)...)
			s, copied := p.String(), c.want == "Copy"
			if !strings.Contains(s, c.want) || strings.Contains(s, "Copy") != copied || strings.Contains(s, "sums of") == copied {
				t.Errorf("want %s:\n%s", c.want, p)
			}
		})
	}
}

// A variable that a sum reads is not written while it is being read, though the
// new value follows from the sum.
func TestSumOfItsOwnVariable(t *testing.T) {
	n := newBench(t)
	x := n.g.Read(n.variable("x", n.normal, 6))
	s := n.variable("s", n.normal)
	next := n.g.Assign(s, Add(n.g.Read(s), Sum(Mul(x, n.g.Read(s)))))
	want := newEvaluator(n.vars).eval(next)
	n.run(Sum(x))
	n.compare("s", compute.Float, s.View(), want)
}

// An optimizer writes weights and slots in place, after everything that reads
// the old weights.
func TestAssignInPlace(t *testing.T) {
	n := newBench(t)
	x := n.variable("x", n.normal, 4, 3)
	w, m := n.variable("w", n.normal, 3, 3), n.variable("m", n.normal, 3, 3)
	y := MatMul(n.g.Read(x), n.g.Read(w))
	loss := Sum(Square(y))
	grad := Gradients(loss, n.g.Read(w))[0]
	slot := Add(Scale(n.g.Read(m), 0.9), grad)
	next := Sub(n.g.Read(w), Scale(slot, 0.01))
	nw, nm := n.g.Assign(w, next), n.g.Assign(m, slot)
	e := newEvaluator(n.vars)
	wantW, wantM := e.eval(nw), e.eval(nm)
	p := n.run(loss)
	n.compare("w", compute.Float, w.View(), wantW)
	n.compare("m", compute.Float, m.View(), wantM)
	if got := len(p.Kernels()); got > 4 {
		t.Errorf("%d kernels, want at most 4:\n%s", got, p)
	}
}

// Values that need each other's old contents are kept aside.
func TestAssignSwap(t *testing.T) {
	n := newBench(t)
	a, b := n.variable("a", n.normal, 5), n.variable("b", n.normal, 5)
	c := n.variable("c", n.normal, 3, 3)
	oldA, oldB, oldC := n.vars[a], n.vars[b], n.vars[c]
	n.g.Assign(a, n.g.Read(b))
	n.g.Assign(b, n.g.Read(a))
	n.g.Assign(c, Transpose(n.g.Read(c)))
	n.run(Sum(n.g.Read(a)))
	n.compare("a", compute.Float, a.View(), oldB)
	n.compare("b", compute.Float, b.View(), oldA)
	want := make([]float64, 9)
	for i := range 9 {
		want[i] = oldC[i%3*3+i/3]
	}
	n.compare("c", compute.Float, c.View(), want)
}

// Random formulas compile to what the evaluator computes: whatever the fusion
// and the memory plan make of them.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(150) {
		n := newBench(t)
		n.r = rand.New(rand.NewPCG(seed, 7))
		pool := []*Tensor{n.g.Read(n.variable("a", n.normal, 4, 4)), n.g.Read(n.variable("b", n.normal, 4, 4)), n.g.Read(n.variable("row", n.normal, 4))}
		s := n.variable("s", n.normal)
		pool = append(pool, n.g.Read(s))
		pick := func() *Tensor { return pool[n.r.IntN(len(pool))] }
		square := func() *Tensor { return BroadcastTo(pick(), 4, 4) }
		for range 5 + n.r.IntN(15) {
			var t *Tensor
			switch n.r.IntN(12) {
			case 0:
				t = Scale(MatMul(square(), square()), 0.2)
			case 1:
				t = Scale(MatMul(Transpose(square()), square()), 0.2)
			case 2:
				t = Tanh(pick())
			case 3:
				t = Add(pick(), pick())
			case 4:
				t = Sub(Sigmoid(pick()), pick())
			case 5:
				t = Mean(square(), n.r.IntN(2))
			case 6:
				t = Transpose(square())
			case 7:
				t = Select(Less(pick(), pick()), square(), pick())
			case 8:
				t = Softmax(square())
			case 9:
				t = Mean(pick())
			case 10:
				t = Scale(ToFloat(ArgMax(square(), n.r.IntN(2))), 0.1)
			case 11:
				t = Max(Sum(square(), 0), Reshape(pool[3], 1))
			}
			pool = append(pool, t)
		}
		loss := Mean(Square(Tanh(pool[len(pool)-1])))
		grads := Gradients(loss, pool[0], pool[1], pool[2])
		flat := n.variable("flat", func() float64 { return 0 }, 64)
		packed := n.g.Pack(flat, []int{0, 16, 32}, grads...)
		step := n.g.Assign(s, Add(n.g.Read(s), Scale(Add(loss, Sum(Square(square()))), 0.01)))
		want := newEvaluator(n.vars).eval(step)
		n.run(append([]*Tensor{loss, Sum(packed)}, pick(), pick())...)
		n.compare("s", compute.Float, s.View(), want)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestMistakes(t *testing.T) {
	tests := map[string]struct {
		build func(g *Graph)
		want  string
	}{
		"add":     {func(g *Graph) { Add(g.Zeros(2, 3), g.Zeros(4)) }, "[2 3] and [4]"},
		"matmul":  {func(g *Graph) { MatMul(g.Zeros(2, 3), g.Zeros(4, 2)) }, "[2 3] and [4 2]"},
		"reshape": {func(g *Graph) { Reshape(g.Zeros(2, 3), 4) }, "[2 3] to [4]"},
		"slice":   {func(g *Graph) { SliceAxis(g.Zeros(2, 3), 1, 2, 5) }, "slice"},
		"axis":    {func(g *Graph) { Sum(g.Zeros(2), 3) }, "axis"},
		"types":   {func(g *Graph) { Add(g.Const(1), g.ConstInt(1)) }, "type"},
		"loss":    {func(g *Graph) { Gradients(g.Zeros(2), g.Const(0)) }, "one float"},
		"bound":   {func(g *Graph) { g.Output(Exp(g.Read(NewVariable("w", compute.Float, 2)))) }, "no storage"},
		"scope":   {func(g *Graph) { g.Scope("dense_1", func() { Add(g.Zeros(2), g.Zeros(3)) }) }, `layer "dense_1"`},
		"words":   {func(g *Graph) { g.Scope("loss mine", func() { Add(g.Zeros(2), g.Zeros(3)) }) }, "loss mine: graph: "},
		"targets": {func(g *Graph) { SoftmaxCrossEntropy(g.Zeros(2, 3), g.Zeros(2)) }, "want [2 3]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := newBench(t)
			test.build(n.g)
			_, err := Compile(n.b, n.g)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	g := New()
	v := NewVariable("v", compute.Float, 64, 64)
	buffer, err := v.Allocate(b)
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	g.Assign(v, Tanh(Add(g.Read(v), Mean(g.Read(v)))))
	p, err := Compile(b, g)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Release()
	if n := testing.AllocsPerRun(20, func() { p.Run(1) }); n != 0 {
		t.Errorf("a run makes %v allocations, want none", n)
	}
}
