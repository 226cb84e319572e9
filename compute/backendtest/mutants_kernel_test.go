package backendtest

import (
	"github.com/glearn-go/glearn/compute"
)

var productMutants = []mutation{
	{"ignores TransA of square factors", "MatMul", bent(func(k *compute.MatMul) { k.TransA = k.TransA && k.M != k.K })},
	{"swaps the transposes", "MatMul", bent(func(k *compute.MatMul) {
		if k.M == k.N && k.N == k.K {
			k.TransA, k.TransB = k.TransB, k.TransA
		}
	})},
	{"ignores Accumulate", "MatMul", bent(func(k *compute.MatMul) { k.Accumulate = false })},
	{"always accumulates", "MatMul", bent(func(k *compute.MatMul) { k.Accumulate = true })},
	{"drops the last column past a tile", "MatMul", bent(func(k *compute.MatMul) {
		if k.N > 16 && k.N%16 == 1 {
			k.N--
		}
	})},
	{"drops the last term past a tile", "MatMul", bent(func(k *compute.MatMul) {
		if k.K > 16 && k.K%16 == 1 {
			k.K--
		}
	})},
	{"writes a column too many", "MatMul", bent(func(k *compute.MatMul) {
		if !k.TransB && k.M > 1 && k.K > 1 && k.B.Stride > k.N && k.C.Stride > k.N {
			k.N++
		}
	})},
	{"takes the columns for the stride", "MatMul", bent(func(k *compute.MatMul) { k.C.Stride = k.N })},
	{"aligns offsets to 64 words", "MatMul", bent(func(k *compute.MatMul) { k.A.Offset = k.A.Offset / 64 * 64 })},
	{"gives every product the first factor", "MatMulBatched", bent(func(k *compute.MatMul) { k.A.Batch = 0 })},
	{"knows no shared factor", "MatMulBatched", bent(func(k *compute.MatMul) {
		if k.B.Batch == 0 && !k.TransB && k.B.Offset+k.Batches()*k.K*k.B.Stride <= k.B.Buffer.Len() {
			k.B.Batch = k.K * k.B.Stride
		} else if k.B.Batch == 0 {
			k.Batch = 1
		}
	})},
	{"stops after 65,535 terms", "MatMulLarge", bent(func(k *compute.MatMul) { k.K = min(k.K, 65_535) })},
	{"stops after 65,535 rows", "MatMulLarge", bent(func(k *compute.MatMul) {
		if !k.TransA {
			k.M = min(k.M, 65_535)
		}
	})},
	{"leaves out the epilogue", "MatMulEpilogue", bent(func(k *compute.MatMul) { k.Epilogue = nil })},
	{"forgets an extra output", "MatMulEpilogue", bent(func(k *compute.MatMul) {
		if k.Epilogue != nil && len(k.Epilogue.Out) > 1 {
			e := *k.Epilogue
			e.Out = append([]compute.Operand{e.Out[0]}, e.Out[0])
			k.Epilogue = &e
		}
	})},
	{"takes a bias row for a column", "MatMulEpilogue", bent(func(k *compute.MatMul) {
		if k.Epilogue != nil && len(k.Epilogue.In) == 1 && k.M <= k.N {
			e := *k.Epilogue
			e.In = []compute.Operand{compute.ColumnVector(e.In[0].View)}
			k.Epilogue = &e
		}
	})},
	{"hides NaN", "MatMulValues", bent(func(k *compute.MatMul) {
		if k.Epilogue == nil {
			b := compute.NewBuilder(compute.Float)
			x := b.Input(0)
			k.Epilogue = &compute.Epilogue{Expr: b.MustBuild(b.Apply(compute.OpSelect, b.Apply(compute.OpFinite, x), x, b.Float(0)))}
		}
	})},
	{"rounds to 1/64", "MatMulValues", bent(func(k *compute.MatMul) {
		if k.Epilogue == nil {
			b := compute.NewBuilder(compute.Float)
			units := b.Apply(compute.OpRound, b.Apply(compute.OpMul, b.Input(0), b.Float(64)))
			k.Epilogue = &compute.Epilogue{Expr: b.MustBuild(b.Apply(compute.OpMul, units, b.Float(1.0/64)))}
		}
	})},
	{"ignores sparse values", "SparseMatMul", bent(func(k *compute.SparseMatMul) { k.A.Val = compute.View{} })},
	{"ignores the rows of a sparse factor", "SparseMatMul", bent(func(k *compute.SparseMatMul) { k.A.Rows = compute.Index{} })},
	{"ignores a sparse epilogue", "SparseMatMul", bent(func(k *compute.SparseMatMul) { k.Epilogue = nil })},
	{"ignores the cursor of sparse rows", "SparseMatMulT", bent(func(k *compute.SparseMatMulT) { k.A.Rows.Cursor = compute.View{} })},
	{"leaves untouched columns as they were", "SparseMatMulT", bent(func(k *compute.SparseMatMulT) { k.Accumulate = true })},
}

// replaced is a backend whose formulas have op computed by build instead.
func replaced(op compute.Op, build func(b *compute.Builder, in compute.Instr, args []compute.Value) compute.Value) func() *mutant {
	return bent(func(k *compute.Map) { k.Expr = rewrite(k.Expr, op, build) })
}

var elementMutants = []mutation{
	{"loses NaN in max", "Ops", replaced(compute.OpMax, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		return b.Apply(compute.OpSelect, b.Apply(compute.OpLess, x[1], x[0]), x[0], x[1])
	})},
	{"loses NaN in relu", "Ops", replaced(compute.OpRelu, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		return b.Apply(compute.OpSelect, b.Apply(compute.OpLess, b.Float(0), x[0]), x[0], b.Float(0))
	})},
	{"overflows in sigmoid", "Ops", replaced(compute.OpSigmoid, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		e := b.Apply(compute.OpExp, x[0])
		return b.Apply(compute.OpDiv, e, b.Apply(compute.OpAdd, b.Float(1), e))
	})},
	{"rounds halves away from zero", "Ops", replaced(compute.OpRound, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		return b.Apply(compute.OpFloor, b.Apply(compute.OpAdd, x[0], b.Float(0.5)))
	})},
	{"knows no powers of negative numbers", "Ops", replaced(compute.OpPow, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		return b.Apply(compute.OpExp, b.Apply(compute.OpMul, x[1], b.Apply(compute.OpLog, x[0])))
	})},
	{"computes tanh of small numbers as their cube's", "Ops", replaced(compute.OpTanh, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		small := b.Apply(compute.OpLess, b.Apply(compute.OpAbs, x[0]), b.Float(1e-4))
		return b.Apply(compute.OpSelect, small, b.Float(0), b.Apply(compute.OpTanh, x[0]))
	})},
	{"multiplies integers as floats", "Ops", replaced(compute.OpMul, func(b *compute.Builder, in compute.Instr, x []compute.Value) compute.Value {
		if in.Type == compute.Float {
			return b.Apply(compute.OpMul, x...)
		}
		return b.Apply(compute.OpToInt, b.Apply(compute.OpMul, b.Apply(compute.OpToFloat, x[0]), b.Apply(compute.OpToFloat, x[1])))
	})},
	{"uses one random stream", "Random", replaced(compute.OpRandom, func(b *compute.Builder, _ compute.Instr, x []compute.Value) compute.Value {
		return b.Random(x[0], x[1], 0)
	})},
	{"ignores the random step", "Random", replaced(compute.OpRandom, func(b *compute.Builder, in compute.Instr, x []compute.Value) compute.Value {
		return b.Random(x[0], b.Int(0), int32(in.N))
	})},
	{"repeats no columns", "Map", bent(func(k *compute.Map) {
		in := append([]compute.Operand(nil), k.In...)
		for i := range in {
			if in[i].Strides == (compute.Strides{0, 0, 1, 0}) {
				in[i].Strides = compute.Strides{}
			}
		}
		k.In = in
	})},
	{"swaps two outputs", "Map", bent(func(k *compute.Map) {
		if len(k.Out) > 1 {
			k.Out = append([]compute.Operand{k.Out[1], k.Out[0]}, k.Out[2:]...)
		}
	})},
	{"does not work in place", "Map", bent(func(k *compute.Map) {
		for _, x := range k.In {
			if len(k.Out) == 1 && x.Buffer == k.Out[0].Buffer {
				k.Dims = compute.Dims{}
			}
		}
	})},
	{"stops after 65,535 elements", "Map", bent(func(k *compute.Map) { k.Dims[3] = min(k.Dims[3], 65_535) })},
	{"takes a sum for a maximum", "Reduce", bent(func(k *compute.Reduce) {
		if k.Op == compute.ReduceMax {
			k.Op = compute.ReduceSum
		}
	})},
	{"drops the last of the elements", "Reduce", bent(func(k *compute.Reduce) {
		if k.Axes[3] && k.Dims[3] > 64 {
			k.Dims[3]--
		}
	})},
	{"reduces columns only", "Reduce", bent(func(k *compute.Reduce) {
		if k.Axes == subset(12) && k.Dims[3] > 1 {
			k.Dims[3] = 1
		}
	})},
	{"forgets what follows", "Reduce", bent(func(k *compute.Reduce) { k.Then = nil })},
	{"gives the first result for the second", "Reduce", bent(func(k *compute.Reduce) {
		if len(k.More) > 0 {
			e := *k.Expr
			e.Outputs = append([]int{e.Outputs[0], e.Outputs[0]}, e.Outputs[2:]...)
			k.Expr = &e
		}
	})},
	{"leaves the result of no elements", "Reduce", bent(func(k *compute.Reduce) {
		if k.Dims.Size() == 0 {
			k.Out.View, k.Axes, k.Dims = compute.View{}, [4]bool{}, compute.Dims{}
		}
	})},
	{"copies floats and not words", "Copy", func() *mutant {
		return &mutant{kernel: func(k compute.Kernel) compute.Kernel {
			if c, ok := k.(*compute.Copy); ok {
				b := compute.NewBuilder(compute.Float)
				return &compute.Map{Expr: b.MustBuild(b.Apply(compute.OpAdd, b.Input(0), b.Float(0))), Dims: c.Dims, In: []compute.Operand{c.In}, Out: []compute.Operand{c.Out}}
			}
			return k
		}}
	}},
	{"ignores the strides of a copy's result", "Copy", bent(func(k *compute.Copy) {
		if k.Dims[0] == 1 && k.Dims[1] == 1 {
			k.Out.Strides = k.Dims.Contiguous()
		}
	})},
}

var rowMutants = []mutation{
	{"gives the logarithm for softmax", "Softmax", bent(func(k *compute.Softmax) { k.Log = true })},
	{"reads softmax rows without their stride", "Softmax", bent(func(k *compute.Softmax) { k.In.Stride = k.Cols })},
	{"does not take the largest off", "Softmax", careless},
	{"gives no gradient", "CrossEntropy", bent(func(k *compute.SoftmaxCrossEntropy) { k.Grad = compute.Matrix{} })},
	{"drops the last row's loss", "CrossEntropy", bent(func(k *compute.SoftmaxCrossEntropy) { k.Rows = max(0, k.Rows-1) })},
	{"leaves the gradient unscaled", "CrossEntropy", bent(func(k *compute.SoftmaxCrossEntropy) { k.Scale = 0 })},
	{"ignores the cursor", "Gather", bent(func(k *compute.Gather) { k.Index.Cursor = compute.View{} })},
	{"moves the cursor by one row", "Gather", bent(func(k *compute.Gather) { k.Index.Stride = min(k.Index.Stride, 1) })},
	{"gathers a row past the table", "Gather", bent(func(k *compute.Gather) {
		if k.Table.Offset+(k.TableRows+1)*k.Table.Stride <= k.Table.Buffer.Len() {
			k.TableRows++
		}
	})},
	{"leaves the last row of a sum out", "GatherSums", bent(func(k *compute.Gather) { k.Sum = max(k.Sum-1, 1) })},
	{"ignores the index", "ScatterAdd", bent(func(k *compute.ScatterAdd) { k.Index = compute.Index{} })},
	{"adds the first row for all", "ScatterAdd", bent(func(k *compute.ScatterAdd) { k.Repeat = max(k.Rows, 1) })},
	{"drops a repeated row", "ScatterAdd", bent(func(k *compute.ScatterAdd) { k.Rows = min(k.Rows, k.TableRows) })},
}

// unsteady changes its sums from call to call, as float atomics do.
func unsteady() *mutant {
	calls := 0
	return &mutant{kernel: func(k compute.Kernel) compute.Kernel {
		p, ok := k.(*compute.MatMul)
		if !ok || p.Epilogue != nil {
			return k
		}
		calls++
		c := *p
		b := compute.NewBuilder(compute.Float)
		c.Epilogue = &compute.Epilogue{Expr: b.MustBuild(b.Apply(compute.OpMul, b.Input(0), b.Float(1+float32(calls%2)*0x1p-23)))}
		return &c
	}}
}

// careless computes softmax as exp(x) / sum exp(x), which overflows.
func careless() *mutant {
	m := &mutant{}
	m.kernel = func(k compute.Kernel) compute.Kernel {
		s, ok := k.(*compute.Softmax)
		if !ok || s.Log || s.Rows*s.Cols == 0 {
			return k
		}
		sums, err := m.reference.NewBuffer(s.Rows)
		if err != nil {
			panic(err)
		}
		defer sums.Release()
		space := compute.D(s.Rows, s.Cols)
		in := []compute.Operand{{View: s.In.View, Strides: compute.Strides{0, 0, s.In.Stride, 1}}}
		out := compute.Operand{View: s.Out.View, Strides: compute.Strides{0, 0, s.Out.Stride, 1}}
		sum := compute.ColumnVector(compute.ViewOf(sums))
		m.reference.Run(&compute.Map{Expr: compute.Unary(compute.OpExp), Dims: space, In: in, Out: []compute.Operand{out}})
		m.reference.Run(&compute.Reduce{Expr: compute.Identity(compute.Float), Dims: space, Axes: subset(8), In: []compute.Operand{out}, Out: sum})
		m.reference.Run(&compute.Map{Expr: compute.Binary(compute.OpDiv), Dims: space, In: []compute.Operand{out, sum}, Out: []compute.Operand{out}})
		return nil
	}
	return m
}
