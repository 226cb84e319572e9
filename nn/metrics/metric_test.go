package metrics_test

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
	"github.com/glearn-go/glearn/nn/losses"
	. "github.com/glearn-go/glearn/nn/metrics"
)

// keras holds the metrics whose results are in testdata/keras.json: those of
// Keras 3.16's own classes in float64.
var keras = map[string]Metric{
	"binary_accuracy": BinaryAccuracy{}, "categorical_accuracy": CategoricalAccuracy{}, "sparse_categorical_accuracy": SparseCategoricalAccuracy{},
	"top2": TopKCategoricalAccuracy{K: 2}, "precision": Precision{}, "recall": Recall{}, "auc_200": AUC{}, "mae": MeanAbsoluteError{},
	"rmse": RootMeanSquaredError{}, "r2": R2Score{}, "f1_macro": FBeta{Threshold: new(0.5)}, "cosine_metric": CosineSimilarity{},
}

// data is examples on the host. Class numbers are in Class, else targets in True.
type data struct {
	True   [][]float64
	Class  []int
	Pred   [][]float64
	Weight []float64 // nil: all 1
}

// part is some of the rows.
func (d data) part(from, to int) data {
	p := data{Pred: d.Pred[from:to]}
	if d.Class != nil {
		p.Class = d.Class[from:to]
	} else {
		p.True = d.True[from:to]
	}
	if d.Weight != nil {
		p.Weight = d.Weight[from:to]
	}
	return p
}

func flat(rows [][]float64) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

// put is the examples on a sheet.
func (d data) put(s *graphtest.Sheet) (yTrue, yPred, weight *graph.Tensor) {
	n := len(d.Pred)
	yPred = s.Float([]int{n, len(d.Pred[0])}, flat(d.Pred)...)
	if d.Class != nil {
		yTrue = s.Int([]int{n}, d.Class...)
	} else {
		yTrue = s.Float([]int{n, len(d.True[0])}, flat(d.True)...)
	}
	w := d.Weight
	for len(w) < n {
		w = append(w, 1)
	}
	return yTrue, yPred, s.Float([]int{n}, w...)
}

// sums runs a metric over the examples in batches and adds up.
func sums(t *testing.T, b compute.Backend, m Metric, d data, batch int) [][]float64 {
	t.Helper()
	var total [][]float64
	for from := 0; from < len(d.Pred); from += batch {
		s := graphtest.NewSheet(t, b)
		got := s.Eval(m.Sums(d.part(from, min(from+batch, len(d.Pred))).put(s))...)
		if total == nil {
			total = got
			continue
		}
		for i := range got {
			for j := range got[i] {
				total[i][j] += got[i][j]
			}
		}
	}
	return total
}

func TestKeras(t *testing.T) {
	raw, err := os.ReadFile("testdata/keras.json")
	if err != nil {
		t.Fatal(err)
	}
	var oracles map[string]struct {
		YTrue  json.RawMessage `json:"y_true"`
		YPred  [][]float64     `json:"y_pred"`
		Result float64
	}
	if err := json.Unmarshal(raw, &oracles); err != nil {
		t.Fatal(err)
	}
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, o := range oracles {
			m, ok := keras[name]
			if !ok {
				t.Errorf("no metric for the oracle's %q", name)
				continue
			}
			d := data{Pred: o.YPred}
			if json.Unmarshal(o.YTrue, &d.True) != nil {
				d.True = nil
				if err := json.Unmarshal(o.YTrue, &d.Class); err != nil {
					t.Fatal(err)
				}
			}
			for _, batch := range []int{4, 3, 1} {
				// Sums of a few float32 numbers of size 1 to 30.
				graphtest.Near(t, fmt.Sprint(name, " in batches of ", batch), []float64{m.Result(sums(t, b, m, d, batch))}, []float64{o.Result}, 1e-6, 1e-7)
			}
		}
	})
}

// random is n examples of three classes, with weights of which some are 0.
func random(kind string, n int) data {
	r := rand.New(rand.NewPCG(5, 6))
	d := data{}
	for range n {
		t, p := make([]float64, 3), make([]float64, 3)
		for j := range p {
			t[j], p[j] = float64(float32(r.NormFloat64())), float64(float32(r.NormFloat64()))
			switch kind {
			case "flags", "class":
				t[j] = float64(r.IntN(2))
				p[j] = float64(r.IntN(257)) / 256 // some fall on thresholds
			case "onehot", "sparse":
				t[j] = 0
				p[j] = float64(1+r.IntN(9)) / 16 // some are equal
			}
		}
		class := r.IntN(3)
		if kind == "onehot" {
			t[class] = 1
		}
		if kind == "sparse" {
			d.Class = append(d.Class, class)
		}
		d.True, d.Pred, d.Weight = append(d.True, t), append(d.Pred, p), append(d.Weight, float64(r.IntN(4))/2)
	}
	if kind == "sparse" {
		d.True = nil
	}
	return d
}

// hot is class numbers as one-hot rows.
func (d data) hot() [][]float64 {
	if d.Class == nil {
		return d.True
	}
	var out [][]float64
	for _, c := range d.Class {
		row := make([]float64, 3)
		row[c] = 1
		out = append(out, row)
	}
	return out
}

// Every metric agrees with its definition over weighted examples, whole and in
// uneven batches.
func TestReference(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			d := random(c.kind, 50)
			want := []float64{c.f(d)}
			for _, batch := range []int{50, 17} {
				// Sums of 150 float32 numbers of size 1.
				graphtest.Near(t, fmt.Sprint(name, " in batches of ", batch), []float64{c.m.Result(sums(t, b, c.m, d, batch))}, want, 5e-6, 1e-6)
			}
		}
	})
}

// Examples in the padding of a batch count nothing, whatever stands there.
func TestPadding(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			d := random(c.kind, 6)
			d.Weight = []float64{1, 1, 0.5, 1, 0, 0}
			want := c.m.Result(sums(t, b, c.m, d.part(0, 4), 4))
			for _, i := range []int{4, 5} {
				d.Pred[i] = []float64{math.NaN(), math.Inf(1), 0}
			}
			graphtest.Near(t, name, []float64{c.m.Result(sums(t, b, c.m, d, 6))}, []float64{want}, 1e-6, 0)
		}
	})
}

// No examples give 0, not NaN.
func TestEmpty(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		for name, c := range reference {
			d := random(c.kind, 3)
			d.Weight = []float64{0, 0, 0}
			if got := c.m.Result(sums(t, b, c.m, d, 3)); got != 0 {
				t.Errorf("%s of nothing is %v", name, got)
			}
		}
	})
}

// The example in the documentation of Keras' AUC.
func TestAUCOfThreeThresholds(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		d := data{True: [][]float64{{0}, {0}, {1}, {1}}, Pred: [][]float64{{0}, {0.5}, {0.3}, {0.9}}}
		m := AUC{NumThresholds: 3}
		graphtest.Near(t, "auc", []float64{m.Result(sums(t, b, m, d, 4))}, []float64{0.75}, 0, 1e-9)
		d.Weight = []float64{1, 0, 0, 1}
		graphtest.Near(t, "weighted", []float64{m.Result(sums(t, b, m, d, 4))}, []float64{1}, 0, 1e-9)
		logits := data{True: d.True, Pred: [][]float64{{-50}, {0}, {-0.8}, {2}}}
		m.FromLogits = true
		graphtest.Near(t, "logits", []float64{m.Result(sums(t, b, m, logits, 4))}, []float64{0.75}, 0, 1e-9)
	})
}

// The curve at five thresholds, counted by hand.
func TestAUCDetails(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		d := data{True: [][]float64{{0}, {0}, {1}, {1}, {1}}, Pred: [][]float64{{0}, {0.6}, {0.3}, {0.9}, {1}}, Weight: []float64{1, 1, 2, 1, 1}}
		want := [][]float64{{0, 1, 1, 4.0 / 6}, {0.25, 0.5, 1, 0.8}, {0.5, 0.5, 0.5, 2.0 / 3}, {0.75, 0, 0.5, 1}, {1, 0, 0, 0}}
		for name, m := range map[string]Detailed{"auc": AUC{NumThresholds: 5}, "named": Named{Label: "prc", Metric: AUC{NumThresholds: 5, Curve: PR}}} {
			got := m.Details(sums(t, b, m, d, 2))
			graphtest.Near(t, name, flat(got), flat(want), 1e-9, 0)
		}
		two := data{True: [][]float64{{0, 1}, {1, 0}}, Pred: [][]float64{{0.2, 0.2}, {0.8, 0.8}}}
		labels := AUC{NumThresholds: 3, MultiLabel: true}
		graphtest.Near(t, "labels", flat(labels.Details(sums(t, b, labels, two, 2))),
			[]float64{0, 1, 1, 0.5, 0.5, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0.5, 0.5, 1, 0, 0, 1, 0, 0, 0}, 1e-9, 0)
	})
}

func TestNamed(t *testing.T) {
	g := graph.New()
	for want, m := range map[string]Metric{"prc": Named{Label: "prc", Metric: AUC{}}, "auc": Named{Metric: AUC{}}, "": Named{}} {
		if m.Name() != want {
			t.Errorf("%#v is called %q, want %q", m, m.Name(), want)
		}
	}
	resolved, err := Named{Label: "hits", Metric: Accuracy{}}.Resolve(g.Zeros(4, 3), g.Zeros(4, 3))
	if err != nil {
		t.Fatal(err)
	}
	choice, err := Accuracy{}.Resolve(g.Zeros(4, 3), g.Zeros(4, 3))
	if want := (Named{Label: "hits", Metric: choice}); err != nil || resolved != Metric(want) {
		t.Errorf("resolves to %#v, %v, want %#v", resolved, err, want)
	}
	if _, err := (Named{Label: "hits", Metric: Accuracy{}}).Resolve(g.Zeros(), g.Zeros()); err == nil {
		t.Error("accuracy of scalars")
	}
	plain := Named{Label: "rmse", Metric: RootMeanSquaredError{}}
	if same, err := plain.Resolve(g.Zeros(4, 3), g.Zeros(4, 3)); err != nil || same != Metric(plain) || plain.Details([][]float64{{1}, {2}}) != nil {
		t.Errorf("resolves to %#v, %v", same, err)
	}
}

func TestConfusionMatrix(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := ConfusionMatrix{}
		d := data{Class: []int{0, 2, 2, 1, 2}, Pred: [][]float64{{0.8, 0.1, 0.1}, {0, 0, 1}, {0.9, 0, 0.1}, {0, 0.5, 0.4}, {0.1, 0.2, 0.7}}, Weight: []float64{1, 1, 2, 1, 1}}
		got := m.Details(sums(t, b, m, d, 2))
		if want := [][]float64{{1, 0, 0}, {0, 1, 0}, {2, 0, 2}}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		binary := data{True: [][]float64{{0}, {1}, {1}}, Pred: [][]float64{{0.7}, {0.7}, {0.2}}}
		got = m.Details(sums(t, b, m, binary, 3))
		if want := [][]float64{{0, 1}, {1, 1}}; !reflect.DeepEqual(got, want) {
			t.Errorf("binary: got %v, want %v", got, want)
		}
		f := F1Score{}
		details := f.Details(sums(t, b, f, d, 3))
		graphtest.Near(t, "class 2", details[2], []float64{1, 0.5, 2.0 / 3, 4}, 1e-6, 0)
	})
}

// A top-k prediction that is NaN is not among the first.
func TestTopKOfNaN(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := SparseTopKCategoricalAccuracy{K: 2}
		d := data{Class: []int{0, 1}, Pred: [][]float64{{math.NaN(), 1, 2}, {math.NaN(), 1, 2}}}
		graphtest.Near(t, "top 2", []float64{m.Result(sums(t, b, m, d, 2))}, []float64{0.5}, 0, 0)
	})
}

func TestAccuracyResolves(t *testing.T) {
	g := graph.New()
	ints := func(shape ...int) *graph.Tensor { return graph.ToInt(g.Zeros(shape...)) }
	for _, c := range []struct {
		true, pred *graph.Tensor
		want       any
	}{
		{g.Zeros(4, 1), g.Zeros(4, 1), BinaryAccuracy{}},
		{g.Zeros(4), g.Zeros(4, 1), BinaryAccuracy{}},
		{ints(4), g.Zeros(4, 1), BinaryAccuracy{}},
		{ints(4), g.Zeros(4, 3), SparseCategoricalAccuracy{}},
		{ints(4, 1), graph.Softmax(g.Zeros(4, 3)), SparseCategoricalAccuracy{}},
		{g.Zeros(4, 3), g.Zeros(4, 3), CategoricalAccuracy{}},
		{g.Zeros(4, 3), graph.Softmax(g.Zeros(4, 3)), CategoricalAccuracy{}},
		{g.Zeros(4, 3), graph.Sigmoid(g.Read(graph.NewVariable("x", compute.Float, 4, 3))), BinaryAccuracy{}},
	} {
		m, err := Accuracy{}.Resolve(c.true, c.pred)
		if err != nil {
			t.Error(err)
			continue
		}
		inner := reflect.ValueOf(m).Field(0).Interface()
		if inner != c.want || m.Name() != "accuracy" {
			t.Errorf("%v and %v resolve to %T called %q, want %T", c.true, c.pred, inner, m.Name(), c.want)
		}
	}
	if _, err := (Accuracy{}).Resolve(g.Zeros(), g.Zeros()); err == nil {
		t.Error("accuracy of scalars")
	}
}

func TestComplete(t *testing.T) {
	tested := map[string]bool{}
	for name, c := range reference {
		tested[reflect.TypeOf(c.m).Name()] = true
		data, err := spec.Encode(c.m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if back, err := spec.Decode[Metric](data); err != nil || !reflect.DeepEqual(back, c.m) {
			t.Errorf("%s: %s comes back as %v, %v", name, data, back, err)
		}
	}
	types, _ := graphtest.Exported(t, "", "Sums", "Result")
	for _, name := range types {
		if !tested[name] {
			t.Errorf("metric %s is in no test table", name)
		}
	}
}

func TestMistakes(t *testing.T) {
	for what, m := range map[string]Metric{
		"K is 4, want 1 to 3": TopKCategoricalAccuracy{K: 4},
		"K is 5, want 1 to 3": TopKCategoricalAccuracy{},
		"K is -1":             TopKCategoricalAccuracy{K: -1},
		"ClassID is 3":        Precision{ClassID: new(3)},
		"Beta is -1":          FBeta{Beta: -1},
		`Average is "mean"`:   F1Score{Average: "mean"},
		"NumThresholds is 1":  AUC{NumThresholds: 1},
		`Curve is "PRC"`:      AUC{Curve: "PRC"},
		"Summation is":        AUC{Summation: "x"},
		"no Loss":             MeanLoss{},
		"no Metric":           Named{Label: "prc"},
		"class numbers have shape [4 3], want [4]": SparseCategoricalAccuracy{},
	} {
		err := graphtest.MistakeOf(func(g *graph.Graph) { m.Sums(g.Zeros(4, 3), g.Zeros(4, 3), g.Zeros(4)) })
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error with %q, got %v", what, err)
		}
	}
	for name, c := range reference {
		if graphtest.MistakeOf(func(g *graph.Graph) { c.m.Sums(g.Zeros(4, 2), g.Zeros(4, 3), g.Zeros(4)) }) == nil {
			t.Errorf("%s takes targets of two columns for three", name)
		}
	}
}

func ExampleAccuracy() {
	g := graph.New()
	labels, outputs := graph.ToInt(g.Zeros(32)), graph.Softmax(g.Zeros(32, 46))
	m, err := Accuracy{}.Resolve(labels, outputs)
	fmt.Println(m.Name(), m.Result([][]float64{{24}, {32}}), err)
	// Output: accuracy 0.75 <nil>
}

func ExampleMeanLoss() {
	m := MeanLoss{Loss: losses.Huber{Delta: 2}, Label: "huber"}
	fmt.Println(m.Name())
	// Output: huber
}
