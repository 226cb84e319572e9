package compute

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// negate is out = -in over all of both.
func negate(in, out Buffer) *Map {
	space := D(in.Len())
	return &Map{Expr: Unary(OpNeg), Dims: space, In: []Operand{Full(ViewOf(in), space)}, Out: []Operand{Full(ViewOf(out), space)}}
}

func buffers(t *testing.T, b Backend, sizes ...int) []Buffer {
	t.Helper()
	var all []Buffer
	for _, n := range sizes {
		x, err := b.NewBuffer(n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

// TestCheckedSticks: a mistake is returned by the next Read and Sync and by
// Close, and neither it nor what follows reaches the device.
func TestCheckedSticks(t *testing.T) {
	other := Checked(newFake())
	foreign := buffers(t, other, 4)[0]
	bare, err := newFake().NewBuffer(4)
	if err != nil {
		t.Fatal(err)
	}
	for name, mistake := range map[string]func(b Backend, x, y Buffer){
		"a kernel that its Check refuses": func(b Backend, x, y Buffer) { b.Run(&Map{Expr: Unary(OpNeg), Dims: D(4)}) },
		"no kernel":                       func(b Backend, x, y Buffer) { b.Run(nil) },
		"a nil kernel":                    func(b Backend, x, y Buffer) { b.Run((*Softmax)(nil)) },
		"an unknown kernel":               func(b Backend, x, y Buffer) { b.Run(struct{ *Copy }{&Copy{}}) },
		"a buffer of another backend":     func(b Backend, x, y Buffer) { b.Run(negate(foreign, y)) },
		"a buffer of no Checked":          func(b Backend, x, y Buffer) { b.Run(negate(x, bare)) },
		"a released buffer":               func(b Backend, x, y Buffer) { x.Release(); b.Run(negate(x, y)) },
		"a released result":               func(b Backend, x, y Buffer) { y.Release(); b.Run(negate(x, y)) },
		"a short Write":                   func(b Backend, x, y Buffer) { b.Write(ViewOf(x), make([]uint32, 3)) },
		"a Write past the end":            func(b Backend, x, y Buffer) { b.Write(ViewOf(x).Slice(1, 4), make([]uint32, 4)) },
		"a Write to nothing":              func(b Backend, x, y Buffer) { b.Write(View{}, nil) },
		"a Write to a released buffer":    func(b Backend, x, y Buffer) { x.Release(); b.Write(ViewOf(x), make([]uint32, 4)) },
		"a Write to another backend":      func(b Backend, x, y Buffer) { b.Write(ViewOf(foreign), make([]uint32, 4)) },
	} {
		f := newFake()
		b := Checked(f)
		xy := buffers(t, b, 4, 4)
		mistake(b, xy[0], xy[1])
		b.Run(negate(xy[1], xy[1]))
		b.Write(ViewOf(xy[1]), make([]uint32, 4))
		for range 2 {
			if err := b.Sync(); !errors.Is(err, ErrMisuse) {
				t.Errorf("%s: Sync: %v, want misuse", name, err)
			}
			if err := b.Read(make([]uint32, 4), ViewOf(xy[1])); !errors.Is(err, ErrMisuse) {
				t.Errorf("%s: Read: %v, want misuse", name, err)
			}
		}
		if slices.Contains(f.calls, "Run") || slices.Contains(f.calls, "Write") || slices.Contains(f.calls, "Read") {
			t.Errorf("%s: the device saw %q, want no work", name, f.calls)
		}
		if err := b.Close(); !errors.Is(err, ErrMisuse) || !f.closed {
			t.Errorf("%s: Close: %v, closed %v, want misuse and a closed device", name, err, f.closed)
		}
		if err := b.Close(); !errors.Is(err, ErrClosed) || errors.Is(err, ErrMisuse) {
			t.Errorf("%s: a second Close: %v, want ErrClosed", name, err)
		}
	}
}

func TestCheckedRead(t *testing.T) {
	for name, read := range map[string]func(b Backend, x Buffer) error{
		"too short":    func(b Backend, x Buffer) error { return b.Read(make([]uint32, 3), ViewOf(x)) },
		"too long":     func(b Backend, x Buffer) error { return b.Read(make([]uint32, 5), ViewOf(x)) },
		"past the end": func(b Backend, x Buffer) error { return b.Read(make([]uint32, 2), ViewOf(x).Slice(3, 2)) },
		"released":     func(b Backend, x Buffer) error { x.Release(); return b.Read(make([]uint32, 4), ViewOf(x)) },
		"nothing":      func(b Backend, x Buffer) error { return b.Read(nil, View{}) },
	} {
		b := Checked(newFake())
		x := buffers(t, b, 4)[0]
		if err := read(b, x); !errors.Is(err, ErrMisuse) {
			t.Errorf("%s: %v, want misuse", name, err)
		}
		if err := b.Sync(); !errors.Is(err, ErrMisuse) {
			t.Errorf("%s, then Sync: %v, want misuse", name, err)
		}
	}
}

func TestCheckedRecordings(t *testing.T) {
	f := newFake()
	b := Checked(f)
	xy := buffers(t, b, 4, 4)
	// A refused recording names the kernel, and does not stick.
	if _, err := b.Record([]Kernel{negate(xy[0], xy[1]), &Map{Dims: D(1)}}); !errors.Is(err, ErrMisuse) || !strings.Contains(err.Error(), "kernel 1") {
		t.Errorf("a bad recording: %v, want misuse of kernel 1", err)
	}
	r, err := b.Record([]Kernel{negate(xy[0], xy[1])})
	if err != nil {
		t.Fatal(err)
	}
	r.Replay(2)
	if err := b.Sync(); err != nil {
		t.Errorf("a good replay: %v", err)
	}
	xy[1].Release()
	if err := b.Sync(); err != nil {
		t.Errorf("a buffer of a recording that is not replayed again was released: %v", err)
	}
	r.Replay(1)
	if err := b.Sync(); !errors.Is(err, ErrMisuse) || !strings.Contains(err.Error(), "released buffer") {
		t.Errorf("a replay on a released buffer: %v, want misuse", err)
	}
	if n := strings.Count(strings.Join(f.calls, " "), "Replay"); n != 1 {
		t.Errorf("the device replayed %d times, want 1", n)
	}
	for name, replay := range map[string]func(r Recording){
		"a released recording": func(r Recording) { r.Release(); r.Replay(1) },
		"-1 times":             func(r Recording) { r.Replay(-1) },
	} {
		f := newFake()
		b := Checked(f)
		r, err := b.Record(nil)
		if err != nil {
			t.Fatal(err)
		}
		replay(r)
		if err := b.Sync(); !errors.Is(err, ErrMisuse) || slices.Contains(f.calls, "Replay") {
			t.Errorf("%s: %v, calls %q, want misuse", name, err, f.calls)
		}
	}
}

// TestCheckedForwards: good calls reach the device with its own buffers, and its
// answers come back.
func TestCheckedForwards(t *testing.T) {
	f := newFake()
	b := Checked(f)
	x, y := buffers(t, b, 4, 4)[0], buffers(t, b, 4)[0]
	if x.Len() != 4 || b.Info() != f.Info() || b.Info().LiveBuffers != 3 {
		t.Errorf("a buffer of %d words, info %+v", x.Len(), b.Info())
	}
	b.Write(ViewOf(x).Slice(1, 2), []uint32{7, 8})
	got := make([]uint32, 3)
	if err := b.Read(got, ViewOf(x).Slice(0, 3)); err != nil || !slices.Equal(got, []uint32{0, 7, 8}) {
		t.Errorf("read %v, %v, want [0 7 8]", got, err)
	}
	k := negate(x, y)
	b.Run(k)
	seen, ok := f.kernel.(*Map)
	if !ok || seen == k || seen.In[0].Buffer == x || seen.String() != k.String() {
		t.Fatalf("the device ran %v, want a copy of %v on its own buffers", f.kernel, k)
	}
	if _, ok := seen.In[0].Buffer.(*fakeBuffer); !ok {
		t.Errorf("the device got a %T", seen.In[0].Buffer)
	}
	x.Release()
	x.Release()
	if n := seen.In[0].Buffer.(*fakeBuffer).releases; n != 2 {
		t.Errorf("two releases reached the device %d times: a second one is its own business", n)
	}
	f.full = true
	if _, err := b.NewBuffer(1); err != ErrOutOfMemory {
		t.Errorf("a full device: %v, want its own error", err)
	}
	if _, err := b.NewBuffer(-1); !errors.Is(err, ErrMisuse) {
		t.Errorf("NewBuffer(-1): %v, want misuse", err)
	}
	if err := b.Sync(); err != nil {
		t.Errorf("after an error of NewBuffer: %v, want none: it does not stick", err)
	}
	if b.(interface{ Unwrap() Backend }).Unwrap() != Backend(f) {
		t.Error("Unwrap is not the backend inside")
	}
}

func TestCheckedLaunches(t *testing.T) {
	for _, counts := range []bool{false, true} {
		f := newFake()
		f.counts = counts
		r, err := Checked(f).Record(nil)
		if err != nil {
			t.Fatal(err)
		}
		want := [2]int{0, 0}
		if counts {
			want = [2]int{3, 2}
		}
		if programs, waits := r.(Launcher).Launches(); [2]int{programs, waits} != want {
			t.Errorf("on a device that counts (%v): %d programs and %d waits, want %v", counts, programs, waits, want)
		}
	}
}

func TestCheckedAfterClose(t *testing.T) {
	f := newFake()
	b := Checked(f)
	x := buffers(t, b, 4)[0]
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Sync": b.Sync(), "Read": b.Read(make([]uint32, 4), ViewOf(x)), "Close": b.Close(),
		"NewBuffer": func() error { _, err := b.NewBuffer(1); return err }(),
		"Record":    func() error { _, err := b.Record(nil); return err }(),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s of a closed device: %v, want ErrClosed", name, err)
		}
	}
	b.Run(nil) // even this only fails quietly
	b.Run(negate(x, x))
	if !slices.Contains(f.calls, "Run") {
		t.Error("work after Close is kept from the device, which has to cope with it")
	}
}

// TestRebind: every operand of every kernel is replaced, and nothing of the
// kernel itself changes.
func TestRebind(t *testing.T) {
	x, y, _, _ := memory()
	v, space := at(x, 0, 12), D(3, 4)
	m, o := Rows(v, 4), Full(v, space)
	index := Index{View: v, Cursor: v, Stride: 3}
	csr := CSR{RowPtr: v, Col: v, Val: v, Cols: 2, Rows: index}
	epilogue := &Epilogue{Expr: Binary(OpAdd), In: []Operand{o}, Out: []Operand{o}}
	for _, k := range []Kernel{
		&MatMul{M: 1, A: m, B: m, C: m, Accumulate: true, Epilogue: epilogue},
		&SparseMatMul{M: 1, A: csr, B: m, C: m, Accumulate: true, Epilogue: epilogue}, &SparseMatMulT{M: 1, A: csr, B: m, C: m, Accumulate: true},
		&Map{Expr: Unary(OpNeg), Dims: space, In: []Operand{o}, Out: []Operand{o}}, &Reduce{Expr: Unary(OpNeg), Dims: space, In: []Operand{o}, Out: o}, &Copy{Dims: space, In: o, Out: o},
		&Softmax{Rows: 3, In: m, Out: m}, &SoftmaxCrossEntropy{Rows: 3, Logits: m, Targets: m, Labels: v, Loss: v, Grad: m},
		&Gather{Rows: 3, Table: m, Index: index, Out: m}, &ScatterAdd{Rows: 3, Table: m, Index: index, In: m},
	} {
		printed := k.String()
		moved := rebind(k, func(v View) View { v.Buffer = y; return v })
		for _, w := range touched(k) {
			if w.Buffer != x {
				t.Errorf("%T: the kernel itself was changed", k)
			}
		}
		for _, w := range touched(moved) {
			if w.Buffer != y {
				t.Errorf("%T: an operand was left where it was", k)
			}
		}
		if len(touched(moved)) != len(touched(k)) || moved.String() != printed || missing(moved) {
			t.Errorf("%T: the copy is %v, want %v", k, moved, k)
		}
	}
	if e := rebindEpilogue(nil, nil); e != nil {
		t.Errorf("no epilogue becomes %v", e)
	}
}
