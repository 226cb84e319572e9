package compute

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// words is a buffer that only has a length.
type words int

func (w words) Len() int { return int(w) }
func (words) Release()   {}

// at is n words of b from offset on.
func at(b Buffer, offset, n int) View { return View{Buffer: b, Offset: offset, Len: n} }

// memory is buffers of 100 words each that overlap nothing.
func memory() (a, b, c, d Buffer) {
	return &struct{ words }{100}, &struct{ words }{100}, &struct{ words }{100}, &struct{ words }{100}
}

// trial is a kernel and what its Check must say: nothing, or misuse with a word.
type trial struct {
	name string
	k    Kernel
	says string
}

func run(t *testing.T, trials []trial) {
	t.Helper()
	for _, c := range trials {
		err := c.k.Check()
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v, want no error", c.name, err)
		case c.says != "" && (!errors.Is(err, ErrMisuse) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want misuse that says %q", c.name, err, c.says)
		}
		if c.k.String() == "" {
			t.Errorf("%s prints as nothing", c.name)
		}
		c.k.Access() // must not panic on what Check refuses
	}
}

// change is a copy of k with one thing changed.
func change[K any](k K, f func(*K)) *K {
	f(&k)
	return &k
}

func TestCheckMatMul(t *testing.T) {
	x, y, z, w := memory()
	good := MatMul{M: 3, N: 4, K: 5, A: Rows(ViewOf(x), 5), B: Rows(ViewOf(y), 4), C: Rows(at(z, 10, 12), 4)}
	epilogue := func(in, out []Operand) func(*MatMul) {
		b := NewBuilder(append([]Type{Float}, make([]Type, len(in))...)...)
		values := []Value{b.Input(0)}
		for i := range in {
			values[0] = b.Apply(OpAdd, values[0], b.Input(i+1))
		}
		for range out {
			values = append(values, b.Input(0))
		}
		return func(k *MatMul) { k.Epilogue = &Epilogue{Expr: b.MustBuild(values...), In: in, Out: out} }
	}
	space := D(3, 4)
	c := Operand{View: good.C.View, Strides: Strides{0, 0, 4, 1}}
	run(t, []trial{
		{"good", &good, ""},
		{"transposed", change(good, func(k *MatMul) { k.TransA, k.A.Stride, k.TransB, k.B.Stride = true, 3, true, 5 }), ""},
		{"one buffer as both factors", change(good, func(k *MatMul) { k.B.View = k.A.View }), ""},
		{"nothing at all", &MatMul{}, ""},
		{"no terms", &MatMul{M: 3, N: 4, C: good.C}, ""},
		{"no rows in a batch", &MatMul{Batch: 3, N: 4}, ""},
		{"batch", change(good, func(k *MatMul) { k.Batch, k.A.Batch, k.C.Batch, k.C.View = 2, 15, 12, ViewOf(z) }), ""},
		{"side by side", change(good, func(k *MatMul) { k.Batch, k.C = 2, Matrix{View: ViewOf(z), Stride: 8, Batch: 4} }), ""},
		{"bias", change(good, epilogue([]Operand{RowVector(at(w, 0, 4))}, nil)), ""},
		{"C as input", change(good, epilogue([]Operand{c}, nil)), ""},
		{"C as input, written otherwise", change(good, epilogue([]Operand{Full(good.C.View, space)}, nil)), ""},
		{"another output", change(good, epilogue(nil, []Operand{Full(at(w, 3, 12), space)})), ""},
		{"a factor as input", change(good, epilogue([]Operand{Full(at(x, 0, 12), space)}, nil)), ""},

		{"negative size", change(good, func(k *MatMul) { k.M = -1 }), "negative"},
		{"negative batch", change(good, func(k *MatMul) { k.Batch = -1 }), "negative"},
		{"A missing", change(good, func(k *MatMul) { k.A.View = View{} }), "A spans 15"},
		{"A of no buffer", change(good, func(k *MatMul) { k.A.Buffer = nil }), "A is missing"},
		{"stride", change(good, func(k *MatMul) { k.B.Stride = 3 }), "B has stride 3 for 4 columns"},
		{"A transposed only in name", change(good, func(k *MatMul) { k.TransA, k.A.Stride = true, 2 }), "A has stride 2 for 3 columns"},
		{"C too short", change(good, func(k *MatMul) { k.C.Len-- }), "C spans 12"},
		{"past the buffer", change(good, func(k *MatMul) { k.C.Offset = 89 }), "buffer of 100"},
		{"before the buffer", change(good, func(k *MatMul) { k.C.Offset = -1 }), "buffer of 100"},
		{"far past the buffer", change(good, func(k *MatMul) { k.C.Offset = 1<<63 - 5 }), "buffer of 100"},
		{"batch over itself", change(good, func(k *MatMul) { k.Batch, k.C.Batch, k.C.View = 2, 11, ViewOf(z) }), "overlap"},
		{"batch in one place", change(good, func(k *MatMul) { k.Batch = 2 }), "overlap"},
		{"batch interleaved too tightly", change(good, func(k *MatMul) { k.Batch, k.C = 2, Matrix{View: ViewOf(z), Stride: 7, Batch: 4} }), "overlap"},
		{"C over A", change(good, func(k *MatMul) { k.C.View = at(x, 50, 12) }), "C overlaps a factor"},
		{"no expression", change(good, func(k *MatMul) { k.Epilogue = &Epilogue{} }), "epilogue"},
		{"empty expression", change(good, func(k *MatMul) { k.Epilogue = &Epilogue{Expr: &Expr{Inputs: []Type{Float}}} }), "epilogue"},
		{"integer product", change(good, func(k *MatMul) { k.Epilogue = &Epilogue{Expr: Identity(Int)} }), "float product"},
		{"bias missing", change(good, func(k *MatMul) { k.Epilogue = &Epilogue{Expr: Binary(OpAdd)} }), "2 inputs, kernel gives 1"},
		{"bias too short", change(good, epilogue([]Operand{RowVector(at(w, 0, 3))}, nil)), "spans 4 words"},
		{"input over C", change(good, epilogue([]Operand{Full(at(z, 12, 12), space)}, nil)), "overlaps input 0"},
		{"output over C", change(good, epilogue(nil, []Operand{c})), "outputs 0 and 1"},
		{"output over a factor", change(good, epilogue(nil, []Operand{Full(at(x, 0, 12), space)})), "overlaps a factor"},
		{"output repeats", change(good, epilogue(nil, []Operand{RowVector(at(w, 0, 4))})), "overlapping elements"},
	})
}

func TestCheckSparse(t *testing.T) {
	x, y, z, w := memory()
	a := CSR{RowPtr: at(x, 0, 4), Col: at(x, 10, 6), Val: at(x, 20, 6), Cols: 5}
	good := SparseMatMul{M: 3, N: 4, A: a, B: Rows(ViewOf(y), 4), C: Rows(ViewOf(z), 4)}
	goodT := SparseMatMulT{M: 3, N: 4, A: a, B: Rows(at(y, 0, 12), 4), C: Rows(at(z, 0, 20), 4)}
	run(t, []trial{
		{"good", &good, ""},
		{"ones", change(good, func(k *SparseMatMul) { k.A.Val = View{} }), ""},
		{"no words", change(good, func(k *SparseMatMul) { k.A.Val, k.A.Col = View{}, View{} }), ""},
		{"picked rows", change(good, func(k *SparseMatMul) { k.A.Rows, k.A.RowPtr.Len = Index{View: at(w, 0, 3)}, 2 }), ""},
		{"nothing", &SparseMatMul{}, ""},
		{"negative", change(good, func(k *SparseMatMul) { k.A.Cols = -1 }), "negative"},
		{"RowPtr missing", change(good, func(k *SparseMatMul) { k.A.RowPtr = View{} }), "RowPtr is missing"},
		{"RowPtr too short", change(good, func(k *SparseMatMul) { k.A.RowPtr.Len = 3 }), "RowPtr has 3 words for 3 rows"},
		{"values for other columns", change(good, func(k *SparseMatMul) { k.A.Val.Len = 5 }), "5 values for 6 columns"},
		{"values without columns", change(good, func(k *SparseMatMul) { k.A.Col = View{} }), "6 values for 0 columns"},
		{"B too short", change(good, func(k *SparseMatMul) { k.B.Len = 19 }), "B spans 20"},
		{"C over B", change(good, func(k *SparseMatMul) { k.C.View = ViewOf(y) }), "C overlaps a factor"},
		{"C over the columns", change(good, func(k *SparseMatMul) { k.C.View = at(x, 10, 12) }), "C overlaps a factor"},
		{"output over the columns", change(good, func(k *SparseMatMul) {
			b := NewBuilder(Float)
			k.Epilogue = &Epilogue{Expr: b.MustBuild(b.Input(0), b.Input(0)), Out: []Operand{Full(at(x, 10, 12), D(3, 4))}}
		}), "overlaps a factor"},

		{"transposed", &goodT, ""},
		{"transposed, no rows", &SparseMatMulT{N: 4, A: CSR{Cols: 5}, C: goodT.C}, ""},
		{"transposed, negative", change(goodT, func(k *SparseMatMulT) { k.M = -1 }), "negative"},
		{"transposed, C too short", change(goodT, func(k *SparseMatMulT) { k.C.Len = 19 }), "C spans 20"},
		{"transposed, B too short", change(goodT, func(k *SparseMatMulT) { k.B.Len = 11 }), "B spans 12"},
		{"transposed, C over the rows", change(goodT, func(k *SparseMatMulT) {
			k.A.Rows, k.C.View = Index{View: at(w, 0, 3)}, at(w, 2, 20)
		}), "C overlaps a factor"},
	})
}

func TestCheckMap(t *testing.T) {
	x, y, z, _ := memory()
	space := D(3, 4)
	good := Map{Expr: Binary(OpAdd), Dims: space, In: []Operand{Full(at(x, 5, 12), space), RowVector(at(y, 0, 4))}, Out: []Operand{Full(at(z, 0, 12), space)}}
	b := NewBuilder(Float)
	twice := b.MustBuild(b.Input(0), b.Input(0))
	two := func(apart int, s Strides, d Dims) *Map {
		v := at(z, 0, 100)
		return &Map{Expr: twice, Dims: d, In: []Operand{Scalar(at(x, 0, 1))}, Out: []Operand{
			{View: at(z, 0, 100-apart), Strides: s}, {View: v.Slice(apart, 100-apart), Strides: s},
		}}
	}
	run(t, []trial{
		{"good", &good, ""},
		{"in place", change(good, func(k *Map) { k.Out = []Operand{k.In[0]} }), ""},
		{"in place, other strides along axes of 1", change(good, func(k *Map) { k.Out = []Operand{{View: k.In[0].View, Strides: Strides{9, 9, 4, 1}}} }), ""},
		{"turned", change(good, func(k *Map) { k.Out = []Operand{{View: at(z, 0, 12), Strides: Strides{0, 0, 1, 3}}} }), ""},
		{"empty", &Map{Expr: Unary(OpNeg), Dims: D(0), In: make([]Operand, 1), Out: make([]Operand, 1)}, ""},
		{"side by side", two(4, Strides{0, 0, 8, 1}, space), ""},
		{"one above the other", two(12, Strides{0, 0, 4, 1}, space), ""},
		{"even and odd", two(1, Strides{0, 0, 8, 2}, space), ""},

		{"no expression", change(good, func(k *Map) { k.Expr = nil }), "expression is missing"},
		{"negative axis", change(good, func(k *Map) { k.Dims[1] = -1 }), "negative axis"},
		{"input missing", change(good, func(k *Map) { k.In = k.In[:1] }), "2 inputs, kernel gives 1"},
		{"input empty", change(good, func(k *Map) { k.In = []Operand{{}, k.In[1]} }), "input 0 is missing"},
		{"output missing", change(good, func(k *Map) { k.Out = nil }), "1 outputs, kernel takes 0"},
		{"negative stride", change(good, func(k *Map) { k.In = []Operand{k.In[0], {View: k.In[1].View, Strides: Strides{0, 0, 0, -1}}} }), "negative stride"},
		{"input too short", change(good, func(k *Map) { k.In = []Operand{k.In[0], RowVector(at(y, 0, 3))} }), "input 1 spans 4"},
		{"output repeats", change(good, func(k *Map) { k.Out = []Operand{RowVector(at(z, 0, 4))} }), "overlapping elements"},
		{"output steps on itself", change(good, func(k *Map) { k.Out = []Operand{{View: at(z, 0, 50), Strides: Strides{0, 0, 3, 1}}} }), "overlapping elements"},
		{"output over input", change(good, func(k *Map) { k.Out = []Operand{Full(at(x, 6, 12), space)} }), "overlaps input 0"},
		{"output over a repeated input", change(good, func(k *Map) { k.Out = []Operand{Full(at(y, 0, 12), space)} }), "overlaps input 1"},
		{"turned in place", change(good, func(k *Map) { k.Out = []Operand{{View: k.In[0].View, Strides: Strides{0, 0, 1, 3}}} }), "overlaps input 0"},
		{"one array twice", two(0, Strides{0, 0, 8, 1}, space), "outputs 0 and 1"},
		{"shifted by one", two(1, Strides{0, 0, 8, 1}, space), "outputs 0 and 1"},
		{"shifted by a row", two(8, Strides{0, 0, 8, 1}, space), "outputs 0 and 1"},
		{"the last and the first", two(11, Strides{0, 0, 4, 1}, space), "outputs 0 and 1"},
		{"a row on and columns back", two(6, Strides{0, 0, 8, 1}, space), "outputs 0 and 1"},
	})
}

// TestReaches holds the test for a shared word against trying all pairs.
func TestReaches(t *testing.T) {
	for _, c := range []struct {
		s Strides
		d Dims
	}{
		{Strides{0, 0, 4, 1}, D(3, 4)}, {Strides{0, 0, 9, 2}, D(3, 4)}, {Strides{60, 20, 5, 1}, Dims{2, 3, 4, 5}}, {Strides{1, 2, 6, 24}, Dims{2, 3, 4, 2}},
		{Strides{0, 7, 0, 3}, Dims{1, 3, 1, 2}}, {Strides{5, 5, 5, 5}, D(1)}, {Strides{100, 31, 10, 3}, Dims{2, 2, 3, 3}},
	} {
		if !injective(c.s, c.d) {
			t.Fatalf("strides %v over %v are not injective", c.s, c.d)
		}
		var places []int
		for i := range c.d.Size() {
			rest, place := i, 0
			for a := MaxAxes - 1; a >= 0; a-- {
				place += rest % c.d[a] * c.s[a]
				rest /= c.d[a]
			}
			places = append(places, place)
		}
		for apart := -140; apart <= 140; apart++ {
			want := slices.ContainsFunc(places, func(p int) bool { return slices.Contains(places, p+apart) })
			if got := reaches(apart, c.s, c.d); got != want {
				t.Errorf("strides %v over %v, %d words apart: a shared word %v, want %v", c.s, c.d, apart, got, want)
			}
		}
	}
}

func TestInjective(t *testing.T) {
	for _, c := range []struct {
		s    Strides
		d    Dims
		want bool
	}{
		{Strides{}, D(1), true}, {Strides{}, D(2), false}, {Strides{}, D(0, 2), true},
		{Strides{0, 0, 4, 1}, D(3, 4), true}, {Strides{0, 0, 3, 1}, D(3, 4), false}, {Strides{0, 0, 1, 3}, D(3, 4), true}, {Strides{0, 0, 1, 2}, D(3, 4), false},
		{Strides{0, 0, 1, 1}, D(1, 4), true}, {Strides{12, 12, 4, 1}, Dims{1, 2, 3, 4}, true}, {Strides{12, 12, 4, 1}, Dims{2, 2, 3, 4}, false}, {Strides{1, 2, 4, 8}, Dims{2, 2, 2, 2}, true},
	} {
		if got := injective(c.s, c.d); got != c.want {
			t.Errorf("strides %v over %v are injective: %v, want %v", c.s, c.d, got, c.want)
		}
	}
}

func TestViews(t *testing.T) {
	x, y, _, _ := memory()
	v := at(x, 10, 20)
	if s := v.Slice(5, 3); s != at(x, 15, 3) {
		t.Errorf("Slice(5, 3) = %v", s)
	}
	for _, c := range []struct {
		w    View
		want bool
	}{{at(x, 29, 1), true}, {at(x, 30, 5), false}, {at(x, 0, 10), false}, {at(x, 0, 11), true}, {at(y, 10, 20), false}, {View{}, false}} {
		if v.Overlaps(c.w) != c.want || c.w.Overlaps(v) != c.want {
			t.Errorf("%v overlaps %v: %v, want %v", v, c.w, !c.want, c.want)
		}
	}
	if !(View{}).Empty() || v.Empty() || (View{}).Overlaps(View{}) {
		t.Error("the zero View is not empty, or overlaps")
	}
	if d := D(3, 4); d != (Dims{1, 1, 3, 4}) || d.Size() != 12 || d.Contiguous() != (Strides{12, 12, 4, 1}) {
		t.Errorf("D(3, 4) = %v of %d elements, strides %v", d, d.Size(), d.Contiguous())
	}
	if got := (Strides{100, 10, 5, 2}).Index(Dims{1, 2, 3, 4}); got != 143 {
		t.Errorf("Index = %d, want 100 + 20 + 15 + 8 = 143", got)
	}
}
