package cpu_fallback

import (
	"fmt"
	"math"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// bounds is the largest error of each approximated function, in units in the
// last place of the right result (of the smallest normal number below that),
// over all exponents.
var bounds = []struct {
	op   compute.Op
	want func(float64) float64
	ulp  float64
}{
	{compute.OpExp, math.Exp, 2},
	{compute.OpExpm1, math.Expm1, 4},
	{compute.OpLog, math.Log, 2},
	{compute.OpLog1p, math.Log1p, 3},
	{compute.OpTanh, math.Tanh, 3},
	{compute.OpSigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 3},
	{compute.OpErf, math.Erf, 6},
}

// everyExponent is floats of both signs and all exponents, 4096 each.
func everyExponent() []float32 {
	var x []float32
	for high := range uint32(512) {
		for i := range uint32(4096) {
			x = append(x, math.Float32frombits(high<<23|i<<11|(i*2654435761)>>21))
		}
	}
	return x
}

func TestFunctionsHoldTheirBounds(t *testing.T) {
	x := everyExponent()
	got := make([]float32, len(x))
	for _, f := range bounds {
		t.Run(f.op.String(), func(t *testing.T) {
			active.floats[f.op][blocks](got, x, nil, nil)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := f.want(float64(v))
				g := float64(got[i])
				if math.IsNaN(want) || math.IsInf(float64(float32(want)), 0) || math.IsNaN(g) || math.IsInf(g, 0) {
					if !(math.IsNaN(want) && math.IsNaN(g)) && float64(float32(want)) != g && math.Abs(want) < math.MaxFloat32*0.999999 {
						t.Fatalf("%v(%v) = %v, want %v", f.op, v, g, want)
					}
					continue
				}
				ulp := math.Ldexp(1, max(math.Ilogb(want), -126)-23)
				if e := math.Abs(g-want) / ulp; e > worst {
					worst, at = e, v
				}
			}
			t.Logf("largest error %.2f ulp, at %v", worst, at)
			if worst > f.ulp {
				t.Errorf("largest error %.2f ulp at %v, bound %v", worst, at, f.ulp)
			}
		})
	}
}

// TestAssemblyGivesTheBitsOfGo runs every assembly loop that the processor can
// run over all pairs of awkward numbers, at every length of a tail.
func TestAssemblyGivesTheBitsOfGo(t *testing.T) {
	big := everyExponent()
	var x, y []float32
	for i := range 40000 {
		x, y = append(x, big[i*52%len(big)]), append(y, big[i*7919%len(big)])
	}
	for _, a := range specials {
		for _, b := range specials {
			x, y = append(x, a), append(y, b)
		}
	}
	for _, table := range vectorTables() {
		for op := range compute.NumOps {
			for kind, loops := range map[string][2][3]loop{"float": {table.floats[op], portable.floats[op]}, "int": {table.ints[op], portable.ints[op]}} {
				for f := range 3 {
					if loops[0][f] == nil {
						continue
					}
					t.Run(fmt.Sprint(table.name, " ", compute.Op(op), kind, f), func(t *testing.T) {
						in := x
						if compute.Op(op) == compute.OpSelect { // takes truth values
							in = make([]float32, len(x))
							less(in, x, y, nil)
						}
						want := loops[1][f]
						if o := compute.Op(op); kind == "float" && (o == compute.OpMul || o == compute.OpDiv) {
							want = flushing(want)
						}
						same(t, in, y, loops[0][f], want, kind == "float" && compute.Op(op) != compute.OpSelect)
					})
				}
			}
		}
		t.Run(table.name+" bool to float", func(t *testing.T) { same(t, x, y, table.boolToFloat, portable.boolToFloat, false) })
		t.Run(table.name+" rows", func(t *testing.T) {
			for _, fold := range [][2]func(x []float32) float32{{table.sumRow, portable.sumRow}, {table.maxRow, portable.maxRow}} {
				for n := range 800 {
					row := x[n*50:][:n]
					if got, want := fold[0](row), fold[1](row); math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
						t.Fatalf("%d numbers: %v, in Go %v", n, got, want)
					}
				}
			}
		})
		t.Run(table.name+" add scaled", func(t *testing.T) {
			same(t, x, y, table.addScaled, flushing(func(dst, x, y, z []float32) {
				flushing(portable.floats[compute.OpMul][singleRight])(dst, y, z, nil)
				portable.floats[compute.OpAdd][blocks](dst, dst, x, nil)
			}), true)
		})
	}
}

// smallestNormal is the least positive number with all of its digits.
const smallestNormal = 0x1p-126

// flushing is a loop whose results below the smallest normal number are 0.
func flushing(l loop) loop {
	return func(dst, x, y, z []float32) {
		l(dst, x, y, z)
		for i, v := range dst {
			if v > -smallestNormal && v < smallestNormal {
				dst[i] = float32(math.Copysign(0, float64(v)))
			}
		}
	}
}

// same compares two loops bit by bit; any two NaN are the same where nan is
// true, since their payload is nobody's promise. 0 is the same as the smallest
// normal number: processors look at what would be left after rounding to 24
// digits, which may be below it.
func same(t *testing.T, x, y []float32, a, b loop, nan bool) {
	t.Helper()
	for n := 1; n < len(x); n = n + 1 + n/70*100 {
		got, want := make([]float32, n+1), make([]float32, n+1)
		got[n], want[n] = 77, 77
		z := x[len(x)-n:]
		a(got[:n], x[:n], y[:n], z)
		b(want[:n], x[:n], y[:n], z)
		for i := range got {
			g, w := math.Float32bits(got[i]), math.Float32bits(want[i])
			if g != w && !(nan && got[i] != got[i] && want[i] != want[i]) && !(got[i] == 0 && math.Abs(float64(want[i])) == smallestNormal) {
				t.Fatalf("length %d, element %d: op(%v, %v) is %v (%#x), in Go %v (%#x)", n, i, x[i], y[i], got[i], g, want[i], w)
			}
		}
	}
}
