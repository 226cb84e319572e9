package compute

// missing is true of a nil kernel, a nil pointer to one, and of a type that is
// not one of this package's kernels.
func missing(k Kernel) bool {
	switch k := k.(type) {
	case *MatMul:
		return k == nil
	case *SparseMatMul:
		return k == nil
	case *SparseMatMulT:
		return k == nil
	case *Map:
		return k == nil
	case *Reduce:
		return k == nil
	case *Softmax:
		return k == nil
	case *SoftmaxCrossEntropy:
		return k == nil
	case *Gather:
		return k == nil
	case *ScatterAdd:
		return k == nil
	case *Copy:
		return k == nil
	}
	return true
}

// rebind is a copy of k in which every view v is to(v). It shares nothing that
// can change with k.
func rebind(k Kernel, to func(View) View) Kernel {
	switch k := k.(type) {
	case *MatMul:
		c := *k
		c.A, c.B, c.C = rebindMatrix(c.A, to), rebindMatrix(c.B, to), rebindMatrix(c.C, to)
		c.Epilogue = rebindEpilogue(c.Epilogue, to)
		return &c
	case *SparseMatMul:
		c := *k
		c.A, c.B, c.C = rebindCSR(c.A, to), rebindMatrix(c.B, to), rebindMatrix(c.C, to)
		c.Epilogue = rebindEpilogue(c.Epilogue, to)
		return &c
	case *SparseMatMulT:
		c := *k
		c.A, c.B, c.C = rebindCSR(c.A, to), rebindMatrix(c.B, to), rebindMatrix(c.C, to)
		return &c
	case *Map:
		c := *k
		c.In, c.Out = rebindOperands(c.In, to), rebindOperands(c.Out, to)
		return &c
	case *Reduce:
		c := *k
		c.In, c.More = rebindOperands(c.In, to), rebindOperands(c.More, to)
		c.Out.View = to(c.Out.View)
		if c.Then != nil {
			c.Then = rebind(c.Then, to).(*Map)
		}
		return &c
	case *Softmax:
		c := *k
		c.In, c.Out = rebindMatrix(c.In, to), rebindMatrix(c.Out, to)
		return &c
	case *SoftmaxCrossEntropy:
		c := *k
		c.Logits, c.Targets, c.Grad = rebindMatrix(c.Logits, to), rebindMatrix(c.Targets, to), rebindMatrix(c.Grad, to)
		c.Labels, c.Loss = to(c.Labels), to(c.Loss)
		return &c
	case *Gather:
		c := *k
		c.Table, c.Index, c.Out = rebindMatrix(c.Table, to), rebindIndex(c.Index, to), rebindMatrix(c.Out, to)
		return &c
	case *ScatterAdd:
		c := *k
		c.In, c.Index, c.Table = rebindMatrix(c.In, to), rebindIndex(c.Index, to), rebindMatrix(c.Table, to)
		return &c
	case *Copy:
		c := *k
		c.In.View, c.Out.View = to(c.In.View), to(c.Out.View)
		return &c
	}
	return k
}

func rebindMatrix(m Matrix, to func(View) View) Matrix {
	m.View = to(m.View)
	return m
}

func rebindIndex(x Index, to func(View) View) Index {
	x.View, x.Cursor = to(x.View), to(x.Cursor)
	return x
}

func rebindCSR(a CSR, to func(View) View) CSR {
	a.RowPtr, a.Col, a.Val, a.Rows = to(a.RowPtr), to(a.Col), to(a.Val), rebindIndex(a.Rows, to)
	return a
}

func rebindOperands(os []Operand, to func(View) View) []Operand {
	moved := make([]Operand, len(os))
	for i, o := range os {
		o.View = to(o.View)
		moved[i] = o
	}
	return moved
}

func rebindEpilogue(e *Epilogue, to func(View) View) *Epilogue {
	if e == nil {
		return nil
	}
	return &Epilogue{Expr: e.Expr, In: rebindOperands(e.In, to), Out: rebindOperands(e.Out, to)}
}
