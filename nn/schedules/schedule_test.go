package schedules_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	. "github.com/glearn-go/glearn/nn/schedules"
)

// keras names the schedules whose rates testdata/keras.json holds: Keras 3.16's
// own classes at steps 0 to 29.
var keras = map[string]Schedule{
	"exponential":        ExponentialDecay{Initial: 0.1, DecaySteps: 10, DecayRate: 0.5},
	"exponential_stair":  ExponentialDecay{Initial: 0.1, DecaySteps: 10, DecayRate: 0.5, Staircase: true},
	"piecewise":          PiecewiseConstantDecay{Boundaries: []int64{5, 12}, Values: []float64{0.1, 0.05, 0.01}},
	"polynomial":         PolynomialDecay{Initial: 0.1, DecaySteps: 10, End: new(0.01), Power: 2},
	"polynomial_cycle":   PolynomialDecay{Initial: 0.1, DecaySteps: 10, End: new(0.01), Power: 1, Cycle: true},
	"inverse_time":       InverseTimeDecay{Initial: 0.1, DecaySteps: 10, DecayRate: 0.5},
	"inverse_time_stair": InverseTimeDecay{Initial: 0.1, DecaySteps: 10, DecayRate: 0.5, Staircase: true},
	"cosine":             CosineDecay{Initial: 0.1, DecaySteps: 20, Alpha: 0.1},
	"cosine_warmup":      CosineDecay{DecaySteps: 20, WarmupTarget: new(0.1), WarmupSteps: 5},
	"cosine_restarts":    CosineDecayRestarts{Initial: 0.1, FirstDecaySteps: 5},
	"cosine_restarts_t1": CosineDecayRestarts{Initial: 0.1, FirstDecaySteps: 5, TMul: 1, MMul: 0.9, Alpha: 0.1},
}

func TestKeras(t *testing.T) {
	data, err := os.ReadFile("testdata/keras.json")
	if err != nil {
		t.Fatal(err)
	}
	var oracle map[string][]float64
	if err := json.Unmarshal(data, &oracle); err != nil {
		t.Fatal(err)
	}
	for name, want := range oracle {
		s, ok := keras[name]
		if !ok {
			t.Errorf("no schedule for the oracle's %q", name)
			continue
		}
		if err := Check(s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := Points(s, len(want))
		for i := range want {
			// Both are float64; Keras computes some steps in another order, and
			// its epsilon-sized rests near 0 differ.
			if d := math.Abs(got[i] - want[i]); d > 1e-9*math.Abs(want[i])+1e-12 {
				t.Errorf("%s at step %d: got %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}

// The one-cycle numbers are those of PyTorch's documentation of OneCycleLR:
// start max/25, highest at pct_start*steps - 1, end start/10000.
func TestOneCycle(t *testing.T) {
	c := OneCycle{Max: 1, Steps: 10}
	p := Points(c, 12)
	near := func(i int, want float64) {
		t.Helper()
		if math.Abs(p[i]-want) > 1e-12 {
			t.Errorf("step %d: got %v, want %v", i, p[i], want)
		}
	}
	near(0, 0.04)
	near(1, 0.52) // half way up a cosine wave of two steps
	near(2, 1)
	near(9, 0.04/1e4)
	near(11, 0.04/1e4)
	for i := 3; i < 10; i++ {
		if p[i] >= p[i-1] {
			t.Errorf("rate rises after the top: %v", p)
		}
	}
	straight := OneCycle{Max: 1, Steps: 11, PctStart: 0.5, DivFactor: 10, FinalDivFactor: 10, Linear: true}
	if got, want := straight.At(9), 1+(0.01-1)*(9-4.5)/(10-4.5); math.Abs(got-want) > 1e-12 {
		t.Errorf("linear: got %v, want %v", got, want)
	}
	for _, c := range []OneCycle{{Max: 1, Steps: 2}, {Max: 1, Steps: 2, PctStart: 1}, {Max: 1, Steps: 3, PctStart: 0.01}} {
		for i, x := range Points(c, 5) {
			if math.IsNaN(x) || x < 0 || x > 1 {
				t.Errorf("%+v at step %d is %v", c, i, x)
			}
		}
	}
}

func TestRestartsAtWaveStarts(t *testing.T) {
	for _, mul := range []float64{1, 2, 3} {
		s := CosineDecayRestarts{Initial: 1, FirstDecaySteps: 7, TMul: mul}
		at, length := 0.0, 7.0
		for range 8 {
			if got := s.At(int64(at)); math.Abs(got-1) > 1e-9 {
				t.Errorf("TMul %v: rate at the restart at step %v is %v", mul, at, got)
			}
			at += length
			length *= mul
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, s := range []Schedule{
		Constant(-1), Constant(math.NaN()), Func(nil),
		ExponentialDecay{Initial: 0.1},
		ExponentialDecay{Initial: 0.1, DecaySteps: 100},
		ExponentialDecay{DecaySteps: 100, DecayRate: 0.9},
		InverseTimeDecay{DecaySteps: 100, DecayRate: 0.9},
		PolynomialDecay{DecaySteps: 100},
		CosineDecay{DecaySteps: 100},
		CosineDecayRestarts{FirstDecaySteps: 100},
		OneCycle{Steps: 100},
		ExponentialDecay{Initial: -0.1, DecaySteps: 1},
		InverseTimeDecay{Initial: 0.1, DecaySteps: -1},
		PolynomialDecay{Initial: 0.1, DecaySteps: 1, End: new(-1.0)},
		PiecewiseConstantDecay{},
		PiecewiseConstantDecay{Boundaries: []int64{2, 2}, Values: []float64{1, 2, 3}},
		PiecewiseConstantDecay{Values: []float64{-1}},
		CosineDecay{Initial: 0.1, DecaySteps: 1, Alpha: 2},
		CosineDecay{Initial: 0.1, DecaySteps: 1, WarmupSteps: 3},
		CosineDecayRestarts{Initial: 0.1, FirstDecaySteps: 1, TMul: 0.5},
		OneCycle{Max: 1, Steps: 1},
		OneCycle{Max: 1, Steps: 9, PctStart: 1.5},
	} {
		if Check(s) == nil {
			t.Errorf("%#v passes Check", s)
		}
	}
}

func ExamplePoints() {
	warmup := CosineDecay{DecaySteps: 4, WarmupTarget: new(0.1), WarmupSteps: 2}
	fmt.Printf("%.3f\n", Points(warmup, 7))
	// Output: [0.000 0.050 0.100 0.085 0.050 0.015 0.000]
}

func ExampleFunc() {
	halve := Func(func(step int64) float64 { return 0.1 / float64(int64(1)<<(step/100)) })
	fmt.Println(halve.At(0), halve.At(250))
	// Output: 0.1 0.025
}

// others are the schedules that Keras has no class for; each has its own test.
var others = map[string]Schedule{"constant": Constant(0.25), "one_cycle": OneCycle{Max: 1, Steps: 10, Linear: true}}

// Every schedule is in a table and comes back from JSON; a Go function does not
// pretend to.
func TestComplete(t *testing.T) {
	listed := map[string]bool{"Func": true}
	for _, table := range []map[string]Schedule{keras, others} {
		for name, want := range table {
			listed[reflect.TypeOf(want).Name()] = true
			written, err := spec.Encode(want)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got, err := spec.Decode[Schedule](written); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s comes back as %v, %v", name, written, got, err)
			}
		}
	}
	types, _ := graphtest.Exported(t, "", "At")
	for _, name := range types {
		if !listed[name] {
			t.Errorf("schedule %s is in no test table", name)
		}
	}
	if _, err := spec.Encode[Schedule](Func(func(int64) float64 { return 1 })); err == nil {
		t.Error("a Go function is saved")
	}
}
