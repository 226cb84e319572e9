package jit

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/cpu"

	"github.com/glearn-go/glearn/cpu_fallback/internal/functions"
)

// forms are the instruction sets that this processor has.
func forms(t *testing.T) []bool {
	t.Helper()
	var out []bool
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		out = append(out, true)
	}
	if cpu.X86.HasAVX2 {
		out = append(out, false)
	}
	if len(out) == 0 {
		t.Skip("the processor has no AVX2")
	}
	return out
}

// evaluate is what a loop does to element i of a row that begins at first,
// operation by operation in Go.
func (b *Builder) evaluate(singles []float32, arrays [][]float32, first, i int) {
	values := make([]uint32, len(b.code))
	for at, in := range b.code {
		arg := func(k int) uint32 { return values[in.args[k]] }
		number := func(k int) float32 { return math.Float32frombits(arg(k)) }
		var x uint32
		switch in.kind {
		case kindLoad:
			x = math.Float32bits(arrays[in.n][first+i])
		case kindRepeat:
			x = math.Float32bits(arrays[in.n][first])
		case kindSingle:
			x = math.Float32bits(singles[in.n])
		case kindWord:
			x = in.n
		case kindStore:
			arrays[in.n][first+i] = number(0)
		case kindRound:
			x = math.Float32bits(float32(rounders[in.n](float64(number(0)))))
		case kindCompare:
			x = compared(in.n, number(0), number(1))
		case kindWhere:
			if x = arg(3); compared(in.n, number(0), number(1)) != 0 {
				x = arg(2)
			}
		case kindSelect:
			if x = arg(2); arg(0) != 0 {
				x = arg(1)
			}
		case kindShift:
			if x = arg(0) << in.n; in.op.extension == 4 {
				x = uint32(int32(arg(0)) >> in.n)
			}
		case kindUnary:
			x = math.Float32bits(float32(math.Sqrt(float64(number(0)))))
			if in.op == opFromInt {
				x = math.Float32bits(float32(int32(arg(0))))
			}
		case kindBinary:
			x = binaries[in.op](arg(0), arg(1))
		}
		values[at] = x
	}
}

var rounders = map[uint32]func(float64) float64{ToNearest: math.RoundToEven, Down: math.Floor}

func compared(predicate uint32, x, y float32) uint32 {
	holds := map[functions.Predicate]bool{functions.Equal: x == y, functions.Less: x < y, functions.LessOrEqual: x <= y, functions.Unordered: x != x || y != y}
	if holds[functions.Predicate(predicate)] {
		return ^uint32(0)
	}
	return 0
}

func onFloats(f func(x, y float32) float32) func(x, y uint32) uint32 {
	return func(x, y uint32) uint32 {
		return math.Float32bits(f(math.Float32frombits(x), math.Float32frombits(y)))
	}
}

// flushed is x, and 0 where that is below the smallest normal number.
func flushed(x float32) float32 {
	if x > -0x1p-126 && x < 0x1p-126 {
		return float32(math.Copysign(0, float64(x)))
	}
	return x
}

var binaries = map[opcode]func(x, y uint32) uint32{
	opAdd:    onFloats(func(x, y float32) float32 { return flushed(x + y) }),
	opSub:    onFloats(func(x, y float32) float32 { return flushed(x - y) }),
	opMul:    onFloats(func(x, y float32) float32 { return flushed(x * y) }),
	opDiv:    onFloats(func(x, y float32) float32 { return flushed(x / y) }),
	opAnd:    func(x, y uint32) uint32 { return x & y },
	opOr:     func(x, y uint32) uint32 { return x | y },
	opXor:    func(x, y uint32) uint32 { return x ^ y },
	opAddInt: func(x, y uint32) uint32 { return x + y },
	opSubInt: func(x, y uint32) uint32 { return x - y },
	opMin: onFloats(func(x, y float32) float32 {
		if x < y {
			return x
		}
		return y
	}),
	opMax: onFloats(func(x, y float32) float32 {
		if x > y {
			return x
		}
		return y
	}),
}

// random is a formula of arrays and single values in which any instruction may
// follow any other. Truth values are only selected by, so that they are whole
// words.
func random(r *rand.Rand, wide bool, arrays, singles, length int) *Builder {
	b := NewBuilder(wide)
	var values, masks []Value
	for i := range arrays {
		array := b.Array()
		if i%2 == 1 && r.IntN(3) == 0 { // nothing is stored there
			values = append(values, b.Repeat(array))
			continue
		}
		values = append(values, b.Load(array))
	}
	for i := range singles {
		values = append(values, b.Single(i))
	}
	values = append(values, b.Word(math.Float32bits(1.5)), b.Word(0), b.Word(math.Float32bits(-3)))
	pick := func() Value { return values[r.IntN(len(values))] }
	binary := []func(x, y Value) Value{b.Add, b.Sub, b.Mul, b.Div, b.RawMin, b.RawMax}
	for range length {
		switch n := r.IntN(12); {
		case n < 6:
			values = append(values, binary[r.IntN(len(binary))](pick(), pick()))
		case n == 6:
			x := b.AddInt(b.ShiftRight(pick(), 1+r.IntN(31)), b.ShiftLeft(pick(), 1+r.IntN(31)))
			values = append(values, b.FromInt(b.SubInt(x, pick())))
		case n == 7:
			values = append(values, b.Sqrt(pick()))
		case n == 8:
			values = append(values, b.Round(pick(), []uint32{ToNearest, Down}[r.IntN(2)]))
		case n == 9:
			masks = append(masks, b.Compare([]functions.Predicate{functions.Equal, functions.Less, functions.LessOrEqual, functions.Unordered}[r.IntN(4)], pick(), pick()))
		case len(masks) > 1 && n == 10:
			x, y := masks[r.IntN(len(masks))], masks[r.IntN(len(masks))]
			masks = append(masks, b.And(x, y), b.Or(x, y), b.Xor(x, y))
		case len(masks) > 0:
			values = append(values, b.Select(masks[r.IntN(len(masks))], pick(), pick()))
		}
	}
	for i := range arrays {
		if i%2 == 0 {
			b.Store(i, values[len(values)-1-i/2])
		}
	}
	return b
}

// same is true of equal words, and of any two NaN.
func same(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

func TestLoopsGiveTheBitsOfGo(t *testing.T) {
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 2.5, -3.5, 1e30, -1e30, 1e-30, 3e38, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	r := rand.New(rand.NewPCG(1, 2))
	compiled := 0
	for round := range 600 {
		arrays, singles := 1+r.IntN(MaxArrays), r.IntN(20)
		seed, length := r.Uint64(), 1+r.IntN(40)
		n, rows := 1+r.IntN(70), 1+r.IntN(4)
		step := n + r.IntN(3)
		draw := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				if x[i] = float32(r.NormFloat64() * 3); r.IntN(6) == 0 {
					x[i] = special[r.IntN(len(special))]
				}
			}
			return x
		}
		values := draw(singles)
		var start [][]float32
		for range arrays {
			start = append(start, draw(rows*step+1))
		}
		for _, wide := range forms(t) {
			b := random(rand.New(rand.NewPCG(seed, 0)), wide, arrays, singles, length)
			want := clone(start)
			for i := range rows * n {
				b.evaluate(values, want, i/n*step, i%n)
			}
			loop, err := b.Compile()
			if err != nil {
				continue
			}
			compiled++
			got := clone(start)
			args := Args{Count: n, Rows: rows}
			if singles > 0 {
				args.Singles = &values[0]
			}
			for i := range got {
				args.Arrays[i], args.Steps[i] = &got[i][0], 4*step
			}
			loop.Run(&args)
			for a := range got {
				for i := range got[a] { // also those that the loop may not touch
					if !same(got[a][i], want[a][i]) {
						t.Fatalf("formula %d, wide %v, %d rows of %d elements: array %d has %v at %d, want %v", round, wide, rows, n, a, got[a][i], i, want[a][i])
					}
				}
			}
		}
	}
	if compiled < 600 {
		t.Errorf("only %d of 1200 formulas found registers", compiled)
	}
}

func clone(x [][]float32) [][]float32 {
	var out [][]float32
	for _, a := range x {
		out = append(out, append([]float32(nil), a...))
	}
	return out
}

// More constants than registers are loaded where they are used.
func TestManyConstants(t *testing.T) {
	for _, wide := range forms(t) {
		b := NewBuilder(wide)
		v := b.Load(b.Array())
		want := float32(1)
		for i := range 60 {
			v = b.Sub(b.Word(math.Float32bits(float32(i))), b.AddNumber(v, float32(i)))
			want = float32(i) - (want + float32(i))
		}
		b.Store(0, v)
		loop, err := b.Compile()
		if err != nil {
			t.Fatal(err)
		}
		x := []float32{1, 1, 1, 1, 1}
		loop.Run(&Args{Count: len(x), Rows: 1, Arrays: [MaxArrays]*float32{&x[0]}})
		if got := fmt.Sprint(x); got != fmt.Sprint([]float32{want, want, want, want, want}) {
			t.Errorf("wide %v: %v, want all %v", wide, got, want)
		}
	}
}

func TestTooManyValuesAreAnError(t *testing.T) {
	for _, wide := range forms(t) {
		b := NewBuilder(wide)
		array := b.Array()
		var values []Value
		for range 40 {
			values = append(values, b.Load(array))
		}
		for _, v := range values {
			b.Store(array, v)
		}
		if _, err := b.Compile(); err != ErrTooLarge {
			t.Errorf("wide %v: %v, want ErrTooLarge", wide, err)
		}
	}
}

func TestTheSameFormulaIsTheSameLoop(t *testing.T) {
	var loops [2]*Loop
	for i := range loops {
		b := NewBuilder(forms(t)[0])
		x := b.Load(b.Array())
		b.Store(0, b.Mul(x, x))
		loop, err := b.Compile()
		if err != nil {
			t.Fatal(err)
		}
		loops[i] = loop
	}
	if loops[0] != loops[1] {
		t.Error("the same code was loaded twice")
	}
}

// sum is the loop x + n x, for one array.
func sum(t *testing.T, n float32) (*Loop, error) {
	b := NewBuilder(forms(t)[0])
	x := b.Load(b.Array())
	b.Store(0, b.Add(x, b.MulNumber(x, n)))
	return b.Compile()
}

// bytesOfLoops is the memory that code takes.
func bytesOfLoops() int {
	loops.Lock()
	defer loops.Unlock()
	return loops.bytes
}

// Code that no program has any more takes no memory, and comes anew.
func TestMemoryOfLoopsIsGivenBack(t *testing.T) {
	kept, err := sum(t, -1)
	if err != nil {
		t.Fatal(err)
	}
	before := bytesOfLoops()
	for round := range 2 {
		for i := range 20 {
			if _, err := sum(t, float32(i)); err != nil {
				t.Fatal(err)
			}
		}
		for deadline := time.Now().Add(10 * time.Second); bytesOfLoops() > before; {
			if time.Now().After(deadline) {
				t.Fatalf("round %d: %d bytes of code are left, %d were there before", round, bytesOfLoops(), before)
			}
			runtime.GC()
		}
	}
	if again, err := sum(t, -1); again != kept || err != nil {
		t.Errorf("a loop in use was loaded anew: %v", err)
	}
	x := []float32{1, 2, 3}
	kept.Run(&Args{Count: len(x), Rows: 1, Arrays: [MaxArrays]*float32{&x[0]}})
	if fmt.Sprint(x) != "[0 0 0]" {
		t.Errorf("x - x is %v", x)
	}
}

func TestMemoryOfLoopsIsBounded(t *testing.T) {
	loops.Lock()
	loops.bytes += mostBytes
	loops.Unlock()
	_, err := sum(t, 1e9)
	loops.Lock()
	loops.bytes -= mostBytes
	loops.Unlock()
	if !errors.Is(err, ErrFull) {
		t.Errorf("one loop more than there is memory for: %v, want ErrFull", err)
	}
}
