package initializers_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	. "github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// truncatedSigma is the deviation of a standard normal cut at two deviations.
const truncatedSigma = 0.87962566103423978

// random holds each initializer that draws one element after the other, with
// mean, deviation and largest distance from the mean for the shape [60, 300].
var random = map[string]struct {
	init                   Initializer
	mean, deviation, limit float64
}{
	"RandomNormal":      {RandomNormal{}, 0, 0.05, math.Inf(1)},
	"RandomNormal/2":    {RandomNormal{Mean: 3, StdDev: 2}, 3, 2, math.Inf(1)},
	"TruncatedNormal":   {TruncatedNormal{}, 0, 0.05 * truncatedSigma, 0.1},
	"TruncatedNormal/2": {TruncatedNormal{Mean: -1, StdDev: 2}, -1, 2 * truncatedSigma, 4},
	"RandomUniform":     {RandomUniform{}, 0, 0.1 / math.Sqrt(12), 0.05},
	"RandomUniform/2":   {RandomUniform{Min: 0, Max: 4}, 2, 4 / math.Sqrt(12), 2},
	"VarianceScaling":   {VarianceScaling{}, 0, math.Sqrt(1 / 60.0), 2 / truncatedSigma * math.Sqrt(1/60.0)},
	"VarianceScaling/2": {VarianceScaling{Scale: 3, Mode: FanOut, Distribution: Untruncated}, 0, 0.1, math.Inf(1)},
	"GlorotUniform":     {GlorotUniform{}, 0, math.Sqrt(2 / 360.0), math.Sqrt(6 / 360.0)},
	"GlorotNormal":      {GlorotNormal{}, 0, math.Sqrt(2 / 360.0), 2 / truncatedSigma * math.Sqrt(2/360.0)},
	"HeUniform":         {HeUniform{}, 0, math.Sqrt(2 / 60.0), math.Sqrt(6 / 60.0)},
	"HeNormal":          {HeNormal{}, 0, math.Sqrt(2 / 60.0), 2 / truncatedSigma * math.Sqrt(2/60.0)},
	"LecunUniform":      {LecunUniform{}, 0, math.Sqrt(1 / 60.0), math.Sqrt(3 / 60.0)},
	"LecunNormal":       {LecunNormal{}, 0, math.Sqrt(1 / 60.0), 2 / truncatedSigma * math.Sqrt(1/60.0)},
}

// fixed holds the others; each has its own test.
var fixed = map[string]Initializer{"Zeros": Zeros{}, "Ones": Ones{}, "Constant": Constant{2.5}, "Identity": Identity{}, "Orthogonal": Orthogonal{}}

func run(t *testing.T, i Initializer, seed uint64, shape ...int) []float32 {
	t.Helper()
	n := 1
	for _, d := range shape {
		n *= d
	}
	w := make([]float32, n)
	for k := range w {
		w[k] = 99 // must be written over
	}
	if err := i.Init(w, shape, rand.New(rand.NewPCG(seed, 7))); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRandom(t *testing.T) {
	for name, c := range random {
		w := run(t, c.init, 1, 60, 300)
		sum, square, far := 0.0, 0.0, 0.0
		for _, x := range w {
			d := float64(x) - c.mean
			sum, square, far = sum+d, square+d*d, math.Max(far, math.Abs(d))
		}
		n := float64(len(w))
		// 18,000 draws: the mean is within 4 standard errors of deviation/134,
		// the deviation within 3%, about 5 of its standard errors.
		if math.Abs(sum/n) > 4*c.deviation/math.Sqrt(n) || math.Abs(math.Sqrt(square/n)/c.deviation-1) > 0.03 {
			t.Errorf("%s: mean off by %v, deviation %v, want %v", name, sum/n, math.Sqrt(square/n), c.deviation)
		}
		if far > c.limit*(1+1e-6) || !math.IsInf(c.limit, 1) && far < 0.98*c.limit {
			t.Errorf("%s: up to %v from the mean, want %v", name, far, c.limit)
		}
		if again := run(t, c.init, 1, 60, 300); !reflect.DeepEqual(again, w) {
			t.Errorf("%s: the same seed gives other numbers", name)
		}
		if other := run(t, c.init, 2, 60, 300); reflect.DeepEqual(other, w) {
			t.Errorf("%s: another seed gives the same numbers", name)
		}
	}
}

// Fans as Keras computes them.
func TestFans(t *testing.T) {
	for _, c := range []struct {
		shape   []int
		in, out float64
	}{{nil, 1, 1}, {[]int{500}, 500, 500}, {[]int{20, 30}, 20, 30}, {[]int{3, 3, 16, 32}, 144, 288}, {[]int{5, 4, 10}, 20, 50}} {
		for _, m := range []Mode{FanIn, FanOut, FanAvg} {
			fan := map[Mode]float64{FanIn: c.in, FanOut: c.out, FanAvg: (c.in + c.out) / 2}[m]
			limit, far := math.Sqrt(3/fan), 0.0
			for seed := range uint64(40) {
				for _, x := range run(t, VarianceScaling{Mode: m, Distribution: Uniform}, seed, c.shape...) {
					far = math.Max(far, math.Abs(float64(x)))
				}
			}
			if far > limit*(1+1e-6) || far < 0.9*limit {
				t.Errorf("shape %v, %s: up to %v, want %v", c.shape, m, far, limit)
			}
		}
	}
}

func TestFixed(t *testing.T) {
	for _, c := range []struct {
		init  Initializer
		shape []int
		want  []float32
	}{
		{Zeros{}, []int{3}, []float32{0, 0, 0}}, {Ones{}, []int{1, 2}, []float32{1, 1}}, {Constant{2.5}, nil, []float32{2.5}},
		{Identity{}, []int{2, 3}, []float32{1, 0, 0, 0, 1, 0}}, {Identity{Gain: 2}, []int{3, 2}, []float32{2, 0, 0, 2, 0, 0}},
	} {
		if got := run(t, c.init, 1, c.shape...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T of %v: got %v, want %v", c.init, c.shape, got, c.want)
		}
	}
}

func TestOrthogonal(t *testing.T) {
	for _, shape := range [][]int{{4, 4}, {30, 5}, {5, 30}, {2, 3, 4}, {1, 1}, {200, 200}} {
		w := run(t, Orthogonal{Gain: 2}, 3, shape...)
		cols := shape[len(shape)-1]
		rows := len(w) / cols
		at := func(i, k int) float64 { return float64(w[k*cols+i]) } // column i
		n, m := cols, rows
		if rows < cols {
			at, n, m = func(i, k int) float64 { return float64(w[i*cols+k]) }, rows, cols
		}
		for i := range n {
			for j := range n {
				dot, want := 0.0, 0.0
				for k := range m {
					dot += at(i, k) * at(j, k)
				}
				if i == j {
					want = 4
				}
				if math.Abs(dot-want) > 1e-5 { // weights are rounded to float32
					t.Fatalf("shape %v: product of vectors %d and %d is %v", shape, i, j, dot)
				}
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		init  Initializer
		shape []int
	}{
		{Identity{}, []int{3}}, {Identity{}, []int{2, 2, 2}}, {Orthogonal{}, []int{3}}, {Orthogonal{Gain: math.NaN()}, []int{2, 2}},
		{Constant{math.Inf(1)}, []int{1}}, {RandomNormal{StdDev: -1}, []int{1}}, {TruncatedNormal{StdDev: -1}, []int{1}}, {RandomNormal{Mean: math.NaN()}, []int{1}},
		{RandomUniform{Min: 2, Max: 1}, []int{1}}, {VarianceScaling{Scale: -1}, []int{1}}, {VarianceScaling{Mode: "fan"}, []int{1}}, {VarianceScaling{Distribution: "normal"}, []int{1}},
	} {
		w := make([]float32, 8)
		if err := c.init.Init(w, c.shape, rand.New(rand.NewPCG(1, 1))); err == nil {
			t.Errorf("%#v takes shape %v", c.init, c.shape)
		}
	}
}

func TestComplete(t *testing.T) {
	types, _ := graphtest.Exported(t, "", "Init")
	for _, name := range types {
		if _, ok := random[name]; !ok && fixed[name] == nil {
			t.Errorf("initializer %s is in no test table", name)
		}
	}
	all := map[string]Initializer{}
	for name, i := range fixed {
		all[name] = i
	}
	for name, c := range random {
		all[name] = c.init
	}
	for name, i := range all {
		data, err := spec.Encode(i)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if back, err := spec.Decode[Initializer](data); err != nil || back != i {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
	}
}

func ExampleGlorotUniform() {
	w := make([]float32, 6)
	err := GlorotUniform{}.Init(w, []int{2, 3}, rand.New(rand.NewPCG(1, 2)))
	limit := float32(math.Sqrt(6.0 / (2 + 3)))
	fmt.Println(w[0] > -limit && w[0] < limit, err)
	// Output: true <nil>
}
