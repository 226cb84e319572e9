package compute

import "testing"

func TestCheckReduce(t *testing.T) {
	x, y, _, _ := memory()
	space := D(3, 4)
	rows := [MaxAxes]bool{3: true}
	good := Reduce{Expr: Identity(Float), Dims: space, Axes: rows, In: []Operand{Full(at(x, 0, 12), space)}, Out: ColumnVector(at(y, 0, 3))}
	b := NewBuilder(Float)
	two := change(good, func(k *Reduce) {
		k.Expr, k.More = b.MustBuild(b.Input(0), b.Input(0)), []Operand{ColumnVector(at(y, 3, 3))}
	})
	then := &Map{Expr: Unary(OpNeg), Dims: good.Kept(), In: []Operand{good.Out}, Out: []Operand{ColumnVector(at(y, 6, 3))}}
	followed := change(good, func(k *Reduce) { k.Then = then })
	run(t, []trial{
		{"good", &good, ""},
		{"columns", change(good, func(k *Reduce) { k.Axes, k.Out = [MaxAxes]bool{2: true}, RowVector(at(y, 0, 4)) }), ""},
		{"all", change(good, func(k *Reduce) { k.Axes, k.Out = [MaxAxes]bool{true, true, true, true}, Scalar(at(y, 0, 1)) }), ""},
		{"none", change(good, func(k *Reduce) { k.Axes, k.Out = [MaxAxes]bool{}, Full(at(y, 0, 12), space) }), ""},
		{"of nothing", &Reduce{Expr: Identity(Float), Dims: D(3, 0), Axes: rows, In: make([]Operand, 1), Out: good.Out}, ""},
		{"to nothing", &Reduce{Op: ReduceArgMax, Expr: Identity(Float), Dims: D(0, 0), Axes: rows, In: make([]Operand, 1)}, ""},
		{"unknown", change(good, func(k *Reduce) { k.Op = 3 }), "unknown"},
		{"negative axis", change(good, func(k *Reduce) { k.Dims[3] = -1 }), "negative axis"},
		{"argmax of nothing", &Reduce{Op: ReduceArgMax, Expr: Identity(Float), Dims: D(3, 0), Axes: rows, In: make([]Operand, 1), Out: good.Out}, "argmax"},
		{"moves along the reduced axis", change(good, func(k *Reduce) { k.Out.Strides[3] = 1 }), "reduced axis 3"},
		{"no expression", change(good, func(k *Reduce) { k.Expr = nil }), "expression is missing"},
		{"integers", change(good, func(k *Reduce) { k.Expr = Identity(Int) }), "must be a float"},
		{"two outputs", change(good, func(k *Reduce) { k.Expr = b.MustBuild(b.Input(0), b.Input(0)) }), "2 outputs, kernel takes 1"},
		{"output missing", change(good, func(k *Reduce) { k.Out.View = View{} }), "output 0 is missing"},
		{"output too short", change(good, func(k *Reduce) { k.Out.Len = 2 }), "output 0 spans 3"},
		{"output repeats", change(good, func(k *Reduce) { k.Out.Strides[2] = 0 }), "overlapping elements"},
		{"output over input", change(good, func(k *Reduce) { k.Out.View = at(x, 11, 3) }), "overlaps input 0"},
		{"two results", two, ""},
		{"second result too short", change(*two, func(k *Reduce) { k.More = []Operand{ColumnVector(at(y, 3, 2))} }), "output 1 spans 3"},
		{"one result for two", change(*two, func(k *Reduce) { k.More = nil }), "2 outputs, kernel takes 1"},
		{"results over each other", change(*two, func(k *Reduce) { k.More = []Operand{ColumnVector(at(y, 2, 3))} }), "outputs 0 and 1 overlap"},
		{"followed", followed, ""},
		{"followed over another space", change(*followed, func(k *Reduce) { m := *then; m.Dims = D(3); k.Then = &m }), "runs over"},
		{"followed by a mistake", change(*followed, func(k *Reduce) { m := *then; m.Expr = nil; k.Then = &m }), "expression is missing"},
		{"followed out of place", change(*followed, func(k *Reduce) { m := *then; m.In = []Operand{ColumnVector(at(y, 1, 3))}; k.Then = &m }), "same array"},
		{"followed over the result", change(*followed, func(k *Reduce) { m := *then; m.Out = []Operand{good.Out}; k.Then = &m }), "what follows overlaps output 0"},
		{"followed over the input", change(*followed, func(k *Reduce) { m := *then; m.Out = []Operand{ColumnVector(at(x, 3, 3))}; k.Then = &m }), "what follows overlaps input 0"},
	})
	if k := (&Reduce{Dims: Dims{2, 3, 4, 5}, Axes: [MaxAxes]bool{1: true, 3: true}}); k.Kept() != (Dims{2, 1, 4, 1}) || k.Reduced() != 15 {
		t.Errorf("axes 1 and 3 of %v: kept %v, reduced %d", k.Dims, k.Kept(), k.Reduced())
	}
}

func TestCheckCopy(t *testing.T) {
	x, y, _, _ := memory()
	space := D(3, 4)
	good := Copy{Dims: space, In: Full(at(x, 0, 12), space), Out: Full(at(y, 0, 12), space)}
	run(t, []trial{
		{"good", &good, ""},
		{"onto itself", change(good, func(k *Copy) { k.Out = k.In }), ""},
		{"repeated", change(good, func(k *Copy) { k.In = Scalar(at(x, 0, 1)) }), ""},
		{"beside itself", change(good, func(k *Copy) { k.Out.View = at(x, 12, 12) }), ""},
		{"nothing", &Copy{}, ""},
		{"input missing", change(good, func(k *Copy) { k.In = Operand{} }), "input 0 is missing"},
		{"turned onto itself", change(good, func(k *Copy) { k.Out = Operand{View: k.In.View, Strides: Strides{0, 0, 1, 3}} }), "overlaps input 0"},
		{"output repeats", change(good, func(k *Copy) { k.Out = Scalar(at(y, 0, 1)) }), "overlapping elements"},
		{"negative axis", change(good, func(k *Copy) { k.Dims[0] = -2 }), "negative axis"},
	})
}

func TestCheckSoftmax(t *testing.T) {
	x, y, z, w := memory()
	good := Softmax{Rows: 3, Cols: 4, In: Rows(at(x, 0, 12), 4), Out: Rows(at(y, 0, 12), 4)}
	run(t, []trial{
		{"good", &good, ""},
		{"log, in place", change(good, func(k *Softmax) { k.Log, k.Out = true, k.In }), ""},
		{"nothing", &Softmax{Rows: 3}, ""},
		{"negative", change(good, func(k *Softmax) { k.Rows = -1 }), "negative"},
		{"In too short", change(good, func(k *Softmax) { k.In.Len = 11 }), "In spans 12"},
		{"Out of a small stride", change(good, func(k *Softmax) { k.Out.Stride = 3 }), "Out has stride 3"},
		{"shifted onto itself", change(good, func(k *Softmax) { k.Out.View = at(x, 4, 12) }), "Out overlaps In"},
	})
	hard := SoftmaxCrossEntropy{Rows: 3, Cols: 4, Logits: Rows(at(x, 0, 12), 4), Labels: at(y, 0, 3), Loss: at(z, 0, 3), Grad: Rows(at(w, 0, 12), 4)}
	soft := hard
	soft.Labels, soft.Targets = View{}, Rows(at(y, 0, 12), 4)
	run(t, []trial{
		{"labels", &hard, ""},
		{"targets", &soft, ""},
		{"no gradient", change(hard, func(k *SoftmaxCrossEntropy) { k.Grad = Matrix{} }), ""},
		{"gradient in place", change(hard, func(k *SoftmaxCrossEntropy) { k.Grad = k.Logits }), ""},
		{"nothing", &SoftmaxCrossEntropy{Cols: 4}, ""},
		{"negative", change(hard, func(k *SoftmaxCrossEntropy) { k.Cols = -1 }), "negative"},
		{"both", change(hard, func(k *SoftmaxCrossEntropy) { k.Targets = soft.Targets }), "not both"},
		{"neither", change(hard, func(k *SoftmaxCrossEntropy) { k.Labels = View{} }), "Targets or Labels"},
		{"labels of other rows", change(hard, func(k *SoftmaxCrossEntropy) { k.Labels.Len = 4 }), "4 labels for 3 rows"},
		{"losses of other rows", change(hard, func(k *SoftmaxCrossEntropy) { k.Loss.Len = 2 }), "2 losses for 3 rows"},
		{"no losses", change(hard, func(k *SoftmaxCrossEntropy) { k.Loss = View{} }), "Loss is missing"},
		{"logits too short", change(hard, func(k *SoftmaxCrossEntropy) { k.Logits.Len = 3 }), "Logits spans 12"},
		{"targets too short", change(soft, func(k *SoftmaxCrossEntropy) { k.Targets.Len = 3 }), "Targets spans 12"},
		{"gradient too short", change(hard, func(k *SoftmaxCrossEntropy) { k.Grad.Len = 3 }), "Grad spans 12"},
		{"gradient beside the logits", change(hard, func(k *SoftmaxCrossEntropy) { k.Grad.View = at(x, 4, 12) }), "Grad overlaps Logits"},
		{"gradient over the targets", change(soft, func(k *SoftmaxCrossEntropy) { k.Grad = k.Targets }), "overlaps the targets"},
		{"loss over the labels", change(hard, func(k *SoftmaxCrossEntropy) { k.Loss = k.Labels }), "overlaps the targets"},
		{"loss over the logits", change(hard, func(k *SoftmaxCrossEntropy) { k.Loss = at(x, 2, 3) }), "Loss overlaps"},
	})
}

func TestCheckGatherAndScatter(t *testing.T) {
	x, y, z, w := memory()
	index := Index{View: at(z, 0, 6), Cursor: at(w, 0, 1), Stride: 3}
	gather := Gather{Rows: 3, Cols: 4, TableRows: 5, Table: Rows(at(x, 0, 20), 4), Index: index, Out: Rows(at(y, 0, 12), 4)}
	scatter := ScatterAdd{Rows: 3, Cols: 4, TableRows: 5, Table: Rows(at(x, 0, 20), 4), Index: index, In: Rows(at(y, 0, 12), 4)}
	run(t, []trial{
		{"gather", &gather, ""},
		{"no index", change(gather, func(k *Gather) { k.Index = Index{} }), ""},
		{"no table", change(gather, func(k *Gather) { k.TableRows, k.Table = 0, Matrix{} }), ""},
		{"nothing", &Gather{Cols: 4}, ""},
		{"negative", change(gather, func(k *Gather) { k.TableRows = -1 }), "negative"},
		{"table too short", change(gather, func(k *Gather) { k.Table.Len = 19 }), "Table spans 20"},
		{"out too short", change(gather, func(k *Gather) { k.Out.Len = 11 }), "Out spans 12"},
		{"index too short", change(gather, func(k *Gather) { k.Index.Len = 2 }), "2 row numbers for 3 rows"},
		{"index past its buffer", change(gather, func(k *Gather) { k.Index.Offset = 95 }), "index is 6 words"},
		{"cursor of two words", change(gather, func(k *Gather) { k.Index.Cursor.Len = 2 }), "cursor has 2 words"},
		{"cursor past its buffer", change(gather, func(k *Gather) { k.Index.Cursor.Offset = 100 }), "cursor is 1 words"},
		{"cursor alone", change(gather, func(k *Gather) { k.Index.View = View{} }), "cursor without row numbers"},
		{"cursor going back", change(gather, func(k *Gather) { k.Index.Stride = -1 }), "passes over -1"},
		{"out over the table", change(gather, func(k *Gather) { k.Out.View = at(x, 10, 12) }), "Out overlaps"},
		{"out over the cursor", change(gather, func(k *Gather) { k.Out.View = at(w, 0, 12) }), "Out overlaps"},

		{"scatter", &scatter, ""},
		{"scatter of nothing", &ScatterAdd{TableRows: 3, Cols: 4, Table: scatter.Table}, ""},
		{"scatter too short", change(scatter, func(k *ScatterAdd) { k.In.Len = 11 }), "In spans 12"},
		{"scatter onto itself", change(scatter, func(k *ScatterAdd) { k.In.View = at(x, 0, 12) }), "Table overlaps"},
		{"scatter over the index", change(scatter, func(k *ScatterAdd) { k.Table.View = at(z, 0, 20) }), "Table overlaps"},
	})
}
