package losses_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	. "github.com/glearn-go/glearn/nn/losses"
)

// oracle is a loss of Keras 3.16 in float64.
type oracle struct {
	YTrue     json.RawMessage `json:"y_true"`
	YPred     [][]float64     `json:"y_pred"`
	PerSample []float64       `json:"per_sample"`
	Mean      float64
}

func flat(rows [][]float64) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

// targets puts the oracle's targets on a sheet: rows of floats or class numbers.
func (o oracle) targets(t *testing.T, s *graphtest.Sheet) *graph.Tensor {
	var rows [][]float64
	if json.Unmarshal(o.YTrue, &rows) == nil {
		return s.Float([]int{len(rows), len(rows[0])}, flat(rows)...)
	}
	var class []int
	if err := json.Unmarshal(o.YTrue, &class); err != nil {
		t.Fatal(err)
	}
	return s.Int([]int{len(class)}, class...)
}

func TestKeras(t *testing.T) {
	data, err := os.ReadFile("testdata/keras.json")
	if err != nil {
		t.Fatal(err)
	}
	var oracles map[string]oracle
	if err := json.Unmarshal(data, &oracles); err != nil {
		t.Fatal(err)
	}
	if len(oracles) != 23 {
		t.Errorf("%d losses in the oracle, want 23", len(oracles))
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, o := range oracles {
			c, ok := reference[name]
			if !ok {
				t.Errorf("no loss for the oracle's %q", name)
				continue
			}
			s := graphtest.NewSheet(t, b)
			y := s.Float([]int{len(o.YPred), len(o.YPred[0])}, flat(o.YPred)...)
			per := c.loss.PerSample(o.targets(t, s), y)
			got := s.Eval(per, graph.Mean(per))
			// A handful of float32 operations (6e-8 each); near 0 what is left
			// is the rounding of numbers near 1, such as a clipped 1 - 1e-7.
			graphtest.Near(t, name, got[0], o.PerSample, 2e-6, 3e-7)
			graphtest.Near(t, name+" mean", got[1], []float64{o.Mean}, 2e-6, 3e-7)
		}
	})
}

// batch is random targets and predictions of a kind.
func batch(r *rand.Rand, kind, rows, cols int) (yTrue, yPred [][]float64) {
	for range rows {
		t, p := make([]float64, cols), make([]float64, cols)
		for j := range cols {
			t[j], p[j] = r.NormFloat64(), r.NormFloat64()
			switch kind {
			case positive:
				t[j], p[j] = math.Abs(t[j])+0.1, math.Abs(p[j])+0.1
			case probability:
				t[j], p[j] = float64(r.IntN(2)), 0.02+0.96*r.Float64()
			case distribution:
				t[j], p[j] = 0, 0.05+r.Float64()
			case scores:
				t[j] = 0
			case flags:
				t[j] = float64(r.IntN(2))
			}
			p[j] = float64(float32(p[j]))
			t[j] = float64(float32(t[j]))
		}
		if kind == distribution || kind == scores {
			t[r.IntN(cols)] = 1
		}
		yTrue, yPred = append(yTrue, t), append(yPred, p)
	}
	return yTrue, yPred
}

func onehot(row []float64) int {
	for i, x := range row {
		if x == 1 {
			return i
		}
	}
	panic("no class")
}

// Every loss agrees with its float64 formula, and its gradient with that
// formula's central differences.
func TestReference(t *testing.T) {
	const rows, cols = 5, 4
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			r := rand.New(rand.NewPCG(1, 2))
			yTrue, yPred := batch(r, c.kind, rows, cols)
			s := graphtest.NewSheet(t, b)
			target := s.Float([]int{rows, cols}, flat(yTrue)...)
			if strings.HasPrefix(name, "scce") {
				class := make([]int, rows)
				for i := range class {
					class[i] = onehot(yTrue[i])
				}
				target = s.Int([]int{rows, 1}, class...)
			}
			p := s.Float([]int{rows, cols}, flat(yPred)...)
			per := c.loss.PerSample(target, p)
			got := s.Eval(per, graph.Gradients(graph.Sum(per), p)[0])
			var values, slopes []float64
			for i := range rows {
				values = append(values, c.row(yTrue[i], yPred[i]))
				for j := range cols {
					slopes = append(slopes, graphtest.Slope(func(x float64) float64 {
						moved := append([]float64(nil), yPred[i]...)
						moved[j] = x
						return c.row(yTrue[i], moved)
					}, yPred[i][j]))
				}
			}
			// About ten float32 operations on numbers up to ten or so.
			graphtest.Near(t, name, got[0], values, 3e-6, 1e-6)
			graphtest.Near(t, "gradient of "+name, got[1], slopes, 1e-5, 3e-6)
		}
	})
}

// A softmax or sigmoid before its cross-entropy is computed from the logits:
// no clipping, and gradients p - t however wrong the prediction is.
func TestFromOutputLayer(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		logits := []float64{200, -1, 0, -300, 0, 50}
		for name, l := range map[string]Loss{"categorical": CategoricalCrossentropy{}, "declared": CategoricalCrossentropy{FromLogits: true}, "sparse": SparseCategoricalCrossentropy{}} {
			s := graphtest.NewSheet(t, b)
			x := s.Float([]int{2, 3}, logits...)
			target := s.Float([]int{2, 3}, 0, 1, 0, 1, 0, 0)
			if name == "sparse" {
				target = s.Float([]int{2}, 1, 0) // class numbers that came as floats
			}
			per := l.PerSample(target, graph.Softmax(x))
			got := s.Eval(per, graph.Gradients(graph.Sum(per), x)[0])
			graphtest.Near(t, name, got[0], []float64{201, 350}, 1e-6, 0)
			graphtest.Near(t, name, got[1], []float64{1, -1, 0, -1, 0, 1}, 1e-6, 1e-6)
		}
		s := graphtest.NewSheet(t, b)
		x := s.Float([]int{4, 1}, 200, -1000, 1e30, 0)
		per := BinaryCrossentropy{}.PerSample(s.Float([]int{4}, 0, 1, 1, 1), graph.Sigmoid(x))
		got := s.Eval(per, graph.Gradients(graph.Sum(per), x)[0])
		graphtest.Near(t, "binary", got[0], []float64{200, 1000, 0, math.Ln2}, 1e-6, 0)
		graphtest.Near(t, "binary", got[1], []float64{1, -1, 0, -0.5}, 1e-6, 0)
	})
}

// Losses are finite, with finite gradients, at the ends of their range.
func TestExtremes(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			values := map[int][]float64{real: {0, 1e4}, positive: {0, 1e4}, probability: {0, 1}, distribution: {0, 1}, scores: {-1e4, 1e4}, flags: {-1e4, 1e4}}[c.kind]
			s := graphtest.NewSheet(t, b)
			target := s.Float([]int{2, 2}, 0, 1, 1, 0)
			if strings.HasPrefix(name, "scce") {
				target = s.Int([]int{2}, 1, 0)
			}
			p := s.Float([]int{2, 2}, values[0], values[1], values[0], values[1])
			per := c.loss.PerSample(target, p)
			for i, g := range s.Eval(per, graph.Gradients(graph.Sum(per), p)[0]) {
				for _, x := range g {
					if math.IsNaN(x) || math.IsInf(x, 0) {
						t.Errorf("%s: result %d at the extremes is %v", name, i, g)
						break
					}
				}
			}
		}
	})
}

func TestAxis(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		s := graphtest.NewSheet(t, b)
		shape := []int{2, 3, 2}
		p := s.Float(shape, 0.1, 0.2, 0.3, 0.4, 0.6, 0.4, 0.2, 0.3, 0.2, 0.3, 0.6, 0.4)
		y := s.Float(shape, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0)
		tp, tt := graph.Permute(p, 0, 2, 1), graph.Permute(y, 0, 2, 1)
		soft := graph.Softmax(p) // along another axis than the loss
		got := s.Eval(CategoricalCrossentropy{Axis: 1}.PerSample(y, p), CategoricalCrossentropy{}.PerSample(tt, tp),
			CategoricalFocalCrossentropy{Axis: -2}.PerSample(y, p), CategoricalFocalCrossentropy{}.PerSample(tt, tp),
			CosineSimilarity{Axis: 1}.PerSample(y, p), CosineSimilarity{}.PerSample(tt, tp),
			CategoricalCrossentropy{Axis: 1}.PerSample(y, soft), CategoricalCrossentropy{}.PerSample(tt, graph.Permute(soft, 0, 2, 1)))
		for i := 0; i < len(got); i += 2 {
			graphtest.Near(t, fmt.Sprint("pair ", i/2), got[i], got[i+1], 1e-6, 0)
		}
		if len(got[0]) != 4 {
			t.Errorf("%d losses, want 2x2", len(got[0]))
		}
	})
}

func TestComplete(t *testing.T) {
	tested := map[string]bool{"Func": true, "WithTargets": true}
	for name, c := range reference {
		tested[reflect.TypeOf(c.loss).Name()] = true
		data, err := spec.Encode(c.loss)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if back, err := spec.Decode[Loss](data); err != nil || !reflect.DeepEqual(back, c.loss) {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
		if ReductionOf(c.loss) != SumOverBatchSize {
			t.Errorf("%s: reduction %v by default", name, ReductionOf(c.loss))
		}
	}
	types, _ := graphtest.Exported(t, "", "PerSample")
	for _, name := range types {
		if !tested[name] {
			t.Errorf("loss %s is in no test table", name)
		}
	}
	if ReductionOf(Huber{Reduction: Sum}) != Sum || ReductionOf(Func(nil)) != SumOverBatchSize {
		t.Error("ReductionOf does not look at the loss")
	}
}

func TestWithTargets(t *testing.T) {
	l := WithTargets{Shape: []int{2}, Loss: Huber{Delta: 0.5, Reduction: Sum}}
	if l.Name() != "huber_loss" || ReductionOf(l) != Sum || !reflect.DeepEqual(l.TargetShape(), []int{2}) || l.Check() != nil {
		t.Errorf("called %q, reduction %v, targets %v, %v", l.Name(), ReductionOf(l), l.TargetShape(), l.Check())
	}
	data, err := spec.Encode(Loss(l))
	if err != nil {
		t.Fatal(err)
	}
	if back, err := spec.Decode[Loss](data); err != nil || !reflect.DeepEqual(back, Loss(l)) {
		t.Errorf("%s comes back as %v, %v", data, back, err)
	}
	// The loss gets the shape that it is told, also where the data leaves a last
	// axis of 1 out.
	column := WithTargets{Shape: []int{1}, Loss: Func(func(yTrue, _ *graph.Tensor) *graph.Tensor { return yTrue })}
	g := graph.New()
	if got := column.PerSample(g.Zeros(4), g.Zeros(4, 3)); g.Err() != nil || !reflect.DeepEqual(got.Shape(), []int{4, 1}) {
		t.Errorf("the loss gets %v, %v", got.Shape(), g.Err())
	}
	for name, wrong := range map[string]WithTargets{"no Loss": {}, "Shape [0]": {Loss: Huber{}, Shape: []int{0}}} {
		if err := wrong.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want an error with %q", err, name)
		}
	}
	if name := (WithTargets{}).Name(); name != "" {
		t.Errorf("without a loss it is called %q", name)
	}
}

func TestMistakes(t *testing.T) {
	for what, f := range map[string]func(g *graph.Graph){
		"targets have shape [4 3] and predictions [4 2]": func(g *graph.Graph) { MeanSquaredError{}.PerSample(g.Zeros(4, 3), g.Zeros(4, 2)) },
		"LabelSmoothing is 1.5":                          func(g *graph.Graph) { BinaryCrossentropy{LabelSmoothing: 1.5}.PerSample(g.Zeros(4), g.Zeros(4)) },
		"LabelSmoothing is NaN": func(g *graph.Graph) {
			CategoricalCrossentropy{LabelSmoothing: math.NaN()}.PerSample(g.Zeros(4, 2), g.Zeros(4, 2))
		},
		"Delta is -1": func(g *graph.Graph) { Huber{Delta: -1}.PerSample(g.Zeros(4), g.Zeros(4)) },
		"Gamma is -1": func(g *graph.Graph) { BinaryFocalCrossentropy{Gamma: new(-1.0)}.PerSample(g.Zeros(4), g.Zeros(4)) },
		"no axis 3":   func(g *graph.Graph) { CosineSimilarity{Axis: 3}.PerSample(g.Zeros(4, 2), g.Zeros(4, 2)) },
		"class numbers have shape [4 3], want [4]":     func(g *graph.Graph) { SparseCategoricalCrossentropy{}.PerSample(g.Zeros(4, 3), g.Zeros(4, 3)) },
		"targets have shape [4] and predictions [4 3]": func(g *graph.Graph) { CategoricalCrossentropy{}.PerSample(graph.ToInt(g.Zeros(4)), g.Zeros(4, 3)) },
	} {
		if err := graphtest.MistakeOf(f); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error with %q, got %v", what, err)
		}
	}
}

// A user's own loss is a formula; its gradient is taken by rule.
func ExampleFunc() {
	fourth := Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
		return graph.Mean(graph.Square(graph.Square(graph.Sub(yPred, yTrue))), -1)
	})
	g := graph.New()
	fmt.Println(fourth.PerSample(g.Zeros(8, 3), g.Zeros(8, 3)).Shape(), g.Err())
	// Output: [8] <nil>
}
