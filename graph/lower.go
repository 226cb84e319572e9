package graph

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
)

// view is the storage of a base node.
func (c *compiler) view(b *Tensor) compute.View {
	switch {
	case b.kind == kindVar:
		return b.variable.view
	case b.kind == kindAssign || b.kind == kindPack:
		return b.variable.view
	}
	v, ok := c.places[b]
	if !ok {
		panic(fmt.Sprintf("graph: compiler: %v has no storage", b))
	}
	return v
}

// window is a strided tensor's part of its base's storage.
func (c *compiler) window(r strided, shape []int) compute.View {
	n := 0
	if sizeOf(shape) > 0 {
		n = 1
		for i, d := range shape {
			n += (d - 1) * r.strides[i]
		}
	}
	return c.view(r.base).Slice(r.offset, n)
}

// iteration is a shape as a kernel's iteration space.
func iteration(shape []int) compute.Dims { return compute.D(shape...) }

// over lays a tensor over an iteration space of the given shape.
func (c *compiler) over(t *Tensor, shape []int) compute.Operand {
	r := c.resolve(t)
	strides := stretch(t.shape, r.strides, shape)
	return compute.Operand{View: c.window(r, t.shape), Strides: axes(strides, shape)}
}

// axes pads strides to a kernel's axes. Axes of length 1 get the stride that
// the array without gaps would have, or 0, so that equal arrays look equal.
func axes(strides, shape []int) compute.Strides {
	var out compute.Strides
	d := iteration(shape)
	full := d.Contiguous()
	if packed(shape, strides) {
		return full
	}
	shift := compute.MaxAxes - len(shape)
	for i, s := range strides {
		if shape[i] != 1 {
			out[shift+i] = s
		}
	}
	return out
}

// formula builds the Expr of a unit's elementwise nodes.
type formula struct {
	c      *compiler
	u      *unit
	shape  []int // iteration space
	in     []compute.Operand
	types  []compute.Type
	index  map[*Tensor]int // operand number, by tensor as seen (not by base)
	b      *compute.Builder
	values map[*Tensor]compute.Value
}

// newFormula finds the operands of a unit. product, when not nil, is operand 0
// and has no array behind it.
func (c *compiler) newFormula(u *unit, shape []int, product *Tensor) *formula {
	f := &formula{c: c, u: u, shape: shape, index: map[*Tensor]int{}, values: map[*Tensor]compute.Value{}}
	if product != nil {
		f.index[product] = 0
		f.types = append(f.types, compute.Float)
	}
	return f
}

// operand numbers a tensor that the formula loads. Equal windows of one array
// are one operand.
func (f *formula) operand(t *Tensor) int {
	if n, ok := f.index[t]; ok {
		return n
	}
	o := f.c.over(t, f.shape)
	base := len(f.types) - len(f.in)
	for i, old := range f.in {
		if old == o && f.types[base+i] == stored(t) {
			f.index[t] = base + i
			return base + i
		}
	}
	n := len(f.types)
	f.index[t] = n
	f.in = append(f.in, o)
	f.types = append(f.types, stored(t))
	return n
}

// stored is the type in memory: truth values are kept as 0 and 1.
func stored(t *Tensor) compute.Type {
	if t.typ == compute.Bool {
		return compute.Float
	}
	return t.typ
}

// internal is true of a node computed inside the formula.
func (f *formula) internal(t *Tensor) bool { return t.kind == kindElem && f.c.unitOf[t] == f.u }

// scan numbers the operands of t and of what it is computed from.
func (f *formula) scan(t *Tensor, seen map[*Tensor]bool) {
	t = peel(t)
	if seen[t] {
		return
	}
	seen[t] = true
	switch {
	case constantOf(t) != nil:
	case f.internal(t):
		for _, a := range t.args {
			f.scan(a, seen)
		}
	default:
		f.operand(t)
	}
}

// peel drops views that change no element's place.
func peel(t *Tensor) *Tensor {
	for t.kind == kindStop {
		t = t.args[0]
	}
	return t
}

// constantOf is the constant that t repeats, or nil.
func constantOf(t *Tensor) *Tensor {
	for t.isView() {
		t = t.args[0]
	}
	if t.kind == kindConst {
		return t
	}
	return nil
}

// value is t inside the formula.
func (f *formula) value(t *Tensor) compute.Value {
	t = peel(t)
	if v, ok := f.values[t]; ok {
		return v
	}
	var v compute.Value
	if k := constantOf(t); k != nil {
		v = k.constantIn(f.b)
	} else if f.internal(t) {
		args := make([]compute.Value, len(t.args))
		for i, a := range t.args {
			args[i] = f.value(a)
		}
		if t.op == compute.OpRandom {
			v = f.b.Random(args[0], args[1], t.number)
		} else {
			v = f.b.Apply(t.op, args...)
		}
	} else {
		v = f.b.Input(f.operand(t))
		if t.typ == compute.Bool {
			v = f.b.Apply(compute.OpLess, f.b.Float(0), v)
		}
	}
	f.values[t] = v
	return v
}

// build makes the Expr that stores the given tensors.
func (f *formula) build(outputs []*Tensor) (*compute.Expr, error) {
	seen := map[*Tensor]bool{}
	for _, t := range outputs {
		f.scan(t, seen)
	}
	f.b = compute.NewBuilder(f.types...)
	vs := make([]compute.Value, len(outputs))
	for i, t := range outputs {
		vs[i] = f.value(t)
		if t.typ == compute.Bool {
			vs[i] = f.b.Apply(compute.OpToFloat, vs[i])
		}
	}
	return f.b.Build(vs...)
}

// lower turns a unit into kernels.
func (c *compiler) lower(u *unit) ([]compute.Kernel, error) {
	if u.main == nil {
		return c.lowerMap(u)
	}
	t := u.main
	switch t.kind {
	case kindMatMul:
		return c.lowerMatMul(u)
	case kindSparseMatMul, kindSparseMatMulT:
		return c.lowerSparse(u)
	case kindReduce:
		return c.lowerReduce(u)
	case kindSoftmax:
		x := t.args[0]
		rows, cols := rowsOf(x.shape)
		in := c.flat(x)
		return []compute.Kernel{&compute.Softmax{Rows: rows, Cols: cols, Log: t.log,
			In: compute.Rows(c.window(in, x.shape), cols), Out: compute.Rows(c.view(t), cols)}}, nil
	case kindCrossEntropy, kindCrossEntropyGrad:
		return c.lowerCrossEntropy(u), nil
	case kindGather:
		return c.lowerGather(t), nil
	case kindScatter:
		return c.lowerScatter(t), nil
	case kindConcat:
		var ks []compute.Kernel
		at, axis := 0, t.axes[0]
		strides := contiguous(t.shape)
		for _, p := range t.args {
			out := strided{base: t, offset: at * strides[axis], strides: strides}
			ks = append(ks, c.store(p, compute.Operand{View: c.window(out, p.shape), Strides: axes(strides, p.shape)}))
			at += p.shape[axis]
		}
		return ks, nil
	case kindPad:
		x := t.args[0]
		out := strided{base: t, strides: contiguous(t.shape)}
		for i, from := range t.axes {
			out.offset += from * out.strides[i]
		}
		return []compute.Kernel{fill(c.view(t), t.typ), c.store(x, compute.Operand{View: c.window(out, x.shape), Strides: axes(out.strides, x.shape)})}, nil
	case kindCopy, kindAssign:
		return []compute.Kernel{c.store(t.args[0], compute.Full(c.view(t), iteration(t.shape)))}, nil
	case kindPack:
		var ks []compute.Kernel
		for i, p := range c.parts[t] {
			if p != nil {
				ks = append(ks, c.store(p, compute.Full(t.variable.view.Slice(t.offsets[i], p.Size()), iteration(p.shape))))
			}
		}
		return ks, nil
	}
	return nil, fmt.Errorf("graph: compiler: no kernel for %v", t)
}

func rowsOf(shape []int) (rows, cols int) {
	cols = shape[len(shape)-1]
	return sizeOf(shape[:len(shape)-1]), cols
}

// fill sets a view to zeros.
func fill(v compute.View, typ compute.Type) compute.Kernel {
	d := compute.D(v.Len)
	e := compute.Constant(0)
	if typ == compute.Int {
		b := compute.NewBuilder()
		e = b.MustBuild(b.Int(0))
	}
	return &compute.Map{Expr: e, Dims: d, Out: []compute.Operand{compute.Full(v, d)}}
}

// store copies t to an array of its shape.
func (c *compiler) store(t *Tensor, out compute.Operand) compute.Kernel {
	d := iteration(t.shape)
	if k := constantOf(t); k != nil {
		b := compute.NewBuilder()
		v := b.Float(k.value)
		if k.typ == compute.Int {
			v = b.Int(k.number)
		}
		return &compute.Map{Expr: b.MustBuild(v), Dims: d, Out: []compute.Operand{out}}
	}
	return &compute.Copy{Dims: d, In: c.over(t, t.shape), Out: out}
}

func (c *compiler) lowerMap(u *unit) ([]compute.Kernel, error) {
	results := c.results(u)
	f := c.newFormula(u, u.shape, nil)
	e, err := f.build(results)
	if err != nil {
		return nil, err
	}
	k := &compute.Map{Expr: e, Dims: iteration(u.shape), In: f.in}
	for _, t := range results {
		k.Out = append(k.Out, compute.Full(c.view(t), k.Dims))
	}
	return []compute.Kernel{k}, nil
}

// epilogue makes the Expr of a product's fused nodes, and the tensors it
// stores, the one that goes to C first.
func (c *compiler) epilogue(u *unit, shape []int) (*compute.Epilogue, *Tensor, error) {
	results := c.results(u)
	if len(u.elems) == 0 {
		return nil, u.main, nil
	}
	// C must be a float; there is one, or the unit would not have been fused.
	for i, t := range results {
		if t.typ == compute.Float {
			results[0], results[i] = results[i], results[0]
			break
		}
	}
	f := c.newFormula(u, u.shape, u.main)
	e, err := f.build(results)
	if err != nil {
		return nil, nil, err
	}
	ep := &compute.Epilogue{Expr: e}
	for _, o := range f.in {
		o.Strides = product(o.Strides, u.shape)
		ep.In = append(ep.In, o)
	}
	for _, t := range results[1:] {
		ep.Out = append(ep.Out, compute.Full(c.view(t), iteration(shape)))
	}
	return ep, results[0], nil
}

// product turns strides over a tensor's shape into strides over a product's
// batch, m and n: leading axes are taken as one.
func product(s compute.Strides, shape []int) compute.Strides {
	d := iteration(shape)
	stride, _ := collapse(d[:compute.MaxAxes-2], s[:compute.MaxAxes-2])
	return compute.Strides{0, stride, s[2], s[3]}
}

func (c *compiler) lowerMatMul(u *unit) ([]compute.Kernel, error) {
	t := u.main
	a, b := t.args[0], t.args[1]
	n := len(t.shape)
	k := &compute.MatMul{Batch: sizeOf(t.shape[:n-2]), M: t.shape[n-2], N: t.shape[n-1], K: a.shape[len(a.shape)-1]}
	if t.ta {
		k.K = a.shape[len(a.shape)-2]
	}
	var transposed bool
	k.A, transposed = c.matrixOperand(a)
	k.TransA = t.ta != transposed
	k.B, transposed = c.matrixOperand(b)
	k.TransB = t.tb != transposed
	if len(b.shape) < n {
		k.B.Batch = 0
	}
	ep, out, err := c.epilogue(u, []int{k.Batch, k.M, k.N})
	if err != nil {
		return nil, err
	}
	k.Epilogue = ep
	k.C = compute.Matrix{View: c.view(out), Stride: k.N, Batch: k.M * k.N}
	if k.Batch == 0 {
		return nil, nil // an empty batch: nothing to compute
	}
	return []compute.Kernel{k}, nil
}

func (c *compiler) matrixOperand(x *Tensor) (compute.Matrix, bool) {
	r, row, batch, transposed := c.matrix(x)
	return compute.Matrix{View: c.window(r, x.shape), Stride: row, Batch: batch}, transposed
}

func (c *compiler) lowerSparse(u *unit) ([]compute.Kernel, error) {
	t := u.main
	b := t.args[0]
	in := c.flat(b)
	right := compute.Rows(c.window(in, b.shape), b.shape[1])
	if t.kind == kindSparseMatMulT {
		return []compute.Kernel{&compute.SparseMatMulT{M: b.shape[0], N: b.shape[1], A: t.sparse.csr(), B: right, C: compute.Rows(c.view(t), b.shape[1])}}, nil
	}
	ep, out, err := c.epilogue(u, t.shape)
	if err != nil {
		return nil, err
	}
	return []compute.Kernel{&compute.SparseMatMul{M: t.shape[0], N: t.shape[1], A: t.sparse.csr(), B: right, C: compute.Rows(c.view(out), t.shape[1]), Epilogue: ep}}, nil
}

func (c *compiler) lowerReduce(u *unit) ([]compute.Kernel, error) {
	shape := u.main.args[0].shape
	var operands []*Tensor
	for _, t := range u.mains() {
		operands = append(operands, t.args[0])
	}
	f := c.newFormula(u, shape, nil)
	e, err := f.build(operands)
	if err != nil {
		return nil, err
	}
	k := &compute.Reduce{Op: u.main.red, Expr: e, Dims: iteration(shape), In: f.in}
	shift := compute.MaxAxes - len(shape)
	strides := contiguous(u.main.shape)
	for _, a := range u.main.axes {
		k.Axes[shift+a] = true
		strides[a] = 0
	}
	for n, t := range u.mains() {
		out := compute.Operand{View: c.view(t)}
		for i, s := range strides {
			if t.shape[i] != 1 {
				out.Strides[shift+i] = s
			}
		}
		if n == 0 {
			k.Out = out
		} else {
			k.More = append(k.More, out)
		}
	}
	k.Then, err = c.lowerThen(u)
	return []compute.Kernel{k}, err
}

// lowerThen is the Map that follows u's reductions, or nil.
func (c *compiler) lowerThen(u *unit) (*compute.Map, error) {
	if len(u.then) == 0 {
		return nil, nil
	}
	shape := u.then[0].shape
	var results []*Tensor
	for _, t := range c.results(u) {
		if t.kind == kindElem {
			results = append(results, t)
		}
	}
	f := c.newFormula(u, shape, nil)
	e, err := f.build(results)
	if err != nil {
		return nil, err
	}
	k := &compute.Map{Expr: e, Dims: iteration(shape), In: f.in}
	for _, t := range results {
		k.Out = append(k.Out, compute.Full(c.view(t), k.Dims))
	}
	return k, nil
}

func (c *compiler) lowerCrossEntropy(u *unit) []compute.Kernel {
	logits, targets := u.main.args[0], u.main.args[1]
	rows, cols := rowsOf(logits.shape)
	in, want := c.flat(logits), c.flat(targets)
	k := &compute.SoftmaxCrossEntropy{Rows: rows, Cols: cols, Logits: compute.Rows(c.window(in, logits.shape), cols)}
	if targets.typ == compute.Int {
		k.Labels = c.window(want, targets.shape)
	} else {
		k.Targets = compute.Rows(c.window(want, targets.shape), cols)
	}
	for _, t := range c.results(u) {
		if t.kind == kindCrossEntropy {
			k.Loss = c.view(t)
		} else {
			k.Grad, k.Scale = compute.Rows(c.view(t), cols), t.value
		}
	}
	return []compute.Kernel{k}
}

func (c *compiler) lowerGather(t *Tensor) []compute.Kernel {
	table, index := t.args[0], t.args[1]
	k := &compute.Gather{TableRows: table.shape[0], Cols: sizeOf(table.shape[1:]), Sum: t.sum}
	k.Rows = index.Size() / k.Sums()
	k.Table = compute.Rows(c.window(c.flat(table), table.shape), k.Cols)
	k.Index = compute.Index{View: c.window(c.flat(index), index.shape)}
	if len(t.args) > 2 {
		k.Rows = t.shape[0]
		k.Index.Cursor = c.window(c.flat(t.args[2]), t.args[2].shape)
		k.Index.Stride = t.stride
	}
	k.Out = compute.Rows(c.view(t), k.Cols)
	return []compute.Kernel{k}
}

func (c *compiler) lowerScatter(t *Tensor) []compute.Kernel {
	index, cols := t.args[1], sizeOf(t.shape[1:])
	in, repeat := c.scattered(t)
	k := &compute.ScatterAdd{
		Rows: index.Size(), Cols: cols, TableRows: t.shape[0], Repeat: repeat,
		In:    compute.Rows(c.window(in, []int{index.Size() / repeat, cols}), cols),
		Index: compute.Index{View: c.window(c.flat(index), index.shape)},
		Table: compute.Rows(c.view(t), cols)}
	return []compute.Kernel{fill(c.view(t), compute.Float), k}
}

// scattered is where the rows lie that a ScatterAdd adds, and for how many row
// numbers each: a row that is repeated along the last axes of the index, as the
// gradient of a mean over words is, need not be copied.
func (c *compiler) scattered(t *Tensor) (in strided, repeat int) {
	x, n := t.args[0], len(t.args[1].shape)
	r := c.resolve(x)
	shape := append([]int(nil), x.shape...)
	repeat = 1
	for a := n - 1; a >= 0 && x.Size() > 0 && (r.strides[a] == 0 || shape[a] == 1); a-- {
		repeat *= shape[a]
		shape[a] = 1
	}
	if r.base.kind == kindConst || repeat == 1 || !packed(shape, r.strides) {
		r, repeat = c.flat(x), 1
	}
	r.strides = contiguous([]int{t.args[1].Size() / repeat, sizeOf(t.shape[1:])})
	return r, repeat
}
