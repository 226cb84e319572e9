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

// mean is the weighted mean of f over rows.
func mean(d data, f func(t, p []float64) float64) float64 {
	s, w := 0.0, 0.0
	for i, t := range d.hot() {
		s, w = s+d.Weight[i]*f(t, d.Pred[i]), w+d.Weight[i]
	}
	return s / w
}

func each(f func(t, p float64) float64) func(d data) float64 {
	return func(d data) float64 {
		return mean(d, func(t, p []float64) float64 {
			s := 0.0
			for j := range p {
				s += f(t[j], p[j])
			}
			return s / float64(len(p))
		})
	}
}

func rows(f func(t, p []float64) float64) func(d data) float64 {
	return func(d data) float64 { return mean(d, f) }
}

func argmax(x []float64) int {
	best := 0
	for i := range x {
		if x[i] > x[best] {
			best = i
		}
	}
	return best
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func topK(k int) func(d data) float64 {
	return rows(func(t, p []float64) float64 {
		larger := 0
		for _, x := range p {
			larger += int(truth(x > p[argmax(t)]))
		}
		return truth(larger < k)
	})
}

// counts are TP, FP, FN, TN of some columns at a threshold.
func counts(d data, threshold float64, columns ...int) (tp, fp, fn, tn float64) {
	for i, t := range d.hot() {
		for _, j := range columns {
			w := d.Weight[i]
			switch yes, one := d.Pred[i][j] > threshold, t[j] > 0; {
			case yes && one:
				tp += w
			case yes:
				fp += w
			case one:
				fn += w
			default:
				tn += w
			}
		}
	}
	return
}

func fbeta(tp, fp, fn, beta float64) float64 {
	if tp == 0 {
		return 0
	}
	return (1 + beta*beta) * tp / ((1+beta*beta)*tp + beta*beta*fn + fp)
}

// area is AUC by its definition: counts at each threshold, then the curve.
func area(curve Curve, s Summation, n int, columns ...int) func(d data) float64 {
	return func(d data) float64 {
		var x, y, tps, ps []float64
		for i := range n {
			th := float64(i) / float64(n-1)
			if i == 0 {
				th = -1e-7
			}
			if i == n-1 {
				th = 1 + 1e-7
			}
			tp, fp, fn, tn := counts(d, th, columns...)
			tps, ps = append(tps, tp), append(ps, tp+fp)
			if curve == PR {
				precision := 0.0
				if tp+fp > 0 {
					precision = tp / (tp + fp)
				}
				x, y = append(x, tp/(tp+fn)), append(y, precision)
			} else {
				x, y = append(x, fp/(fp+tn)), append(y, tp/(tp+fn))
			}
		}
		sum := 0.0
		for i := range n - 1 {
			if curve == PR && s == "" {
				// The integral of precision over recall, by the midpoint rule.
				const parts = 20000
				for k := range parts {
					at := (float64(k) + 0.5) / parts
					tp, p := tps[i+1]+at*(tps[i]-tps[i+1]), ps[i+1]+at*(ps[i]-ps[i+1])
					if p > 0 {
						sum += tp / p * (tps[i] - tps[i+1]) / parts / tps[0]
					}
				}
				continue
			}
			h := map[Summation]float64{"": (y[i] + y[i+1]) / 2, Minoring: math.Min(y[i], y[i+1]), Majoring: math.Max(y[i], y[i+1])}[s]
			sum += (x[i] - x[i+1]) * h
		}
		return sum
	}
}

func perClass(f func(d data, j int) float64) func(d data) float64 {
	return func(d data) float64 { return (f(d, 0) + f(d, 1) + f(d, 2)) / 3 }
}

func square(t, p float64) float64 { return (t - p) * (t - p) }

func hinge(t, p float64) float64 {
	if t == 0 {
		t = -1
	}
	return math.Max(1-t*p, 0)
}

// reference holds each metric with its definition in float64, over random
// examples of a kind, weighted.
var reference = map[string]struct {
	m    Metric
	kind string
	f    func(d data) float64
}{
	"BinaryAccuracy":                {BinaryAccuracy{Threshold: new(0.25)}, "flags", each(func(t, p float64) float64 { return truth((p > 0.25) == (t == 1)) })},
	"CategoricalAccuracy":           {CategoricalAccuracy{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"SparseCategoricalAccuracy":     {SparseCategoricalAccuracy{}, "sparse", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"Accuracy":                      {Accuracy{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"Accuracy/sparse":               {Accuracy{}, "sparse", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"TopKCategoricalAccuracy":       {TopKCategoricalAccuracy{K: 1}, "onehot", topK(1)},
	"SparseTopKCategoricalAccuracy": {SparseTopKCategoricalAccuracy{K: 2}, "sparse", topK(2)},
	"Precision": {Precision{Threshold: new(0.25)}, "flags", func(d data) float64 {
		tp, fp, _, _ := counts(d, 0.25, 0, 1, 2)
		return tp / (tp + fp)
	}},
	"Precision/class": {Precision{ClassID: new(1), Threshold: new(0.25)}, "sparse", func(d data) float64 {
		tp, fp, _, _ := counts(d, 0.25, 1)
		return tp / (tp + fp)
	}},
	"Recall": {Recall{Threshold: new(0.25)}, "flags", func(d data) float64 {
		tp, _, fn, _ := counts(d, 0.25, 0, 1, 2)
		return tp / (tp + fn)
	}},
	"Recall/class": {Recall{ClassID: new(2)}, "flags", func(d data) float64 {
		tp, _, fn, _ := counts(d, 0.5, 2)
		return tp / (tp + fn)
	}},
	"FBeta": {FBeta{Beta: 2, Threshold: new(0.3)}, "flags", perClass(func(d data, j int) float64 {
		tp, fp, fn, _ := counts(d, 0.3, j)
		return fbeta(tp, fp, fn, 2)
	})},
	"FBeta/micro": {FBeta{Beta: 0.5, Threshold: new(0.3), Average: Micro}, "flags", func(d data) float64 {
		tp, fp, fn, _ := counts(d, 0.3, 0, 1, 2)
		return fbeta(tp, fp, fn, 0.5)
	}},
	"FBeta/weighted": {FBeta{Threshold: new(0.3), Average: Weighted}, "flags", func(d data) float64 {
		s, all := 0.0, 0.0
		for j := range 3 {
			tp, fp, fn, _ := counts(d, 0.3, j)
			s, all = s+(tp+fn)*fbeta(tp, fp, fn, 1), all+tp+fn
		}
		return s / all
	}},
	"F1Score": {F1Score{}, "sparse", perClass(func(d data, j int) float64 {
		largest := data{True: d.hot(), Weight: d.Weight}
		for _, p := range d.Pred {
			top := p[argmax(p)]
			largest.Pred = append(largest.Pred, []float64{truth(p[0] == top), truth(p[1] == top), truth(p[2] == top)})
		}
		tp, fp, fn, _ := counts(largest, 0.5, j)
		return fbeta(tp, fp, fn, 1)
	})},
	"AUC":          {AUC{}, "flags", area(ROC, "", 200, 0, 1, 2)},
	"AUC/5":        {AUC{NumThresholds: 5}, "flags", area(ROC, "", 5, 0, 1, 2)},
	"AUC/minoring": {AUC{Summation: Minoring}, "flags", area(ROC, Minoring, 200, 0, 1, 2)},
	"AUC/majoring": {AUC{Summation: Majoring, Curve: ROC}, "flags", area(ROC, Majoring, 200, 0, 1, 2)},
	"AUC/PR":       {AUC{Curve: PR, NumThresholds: 9}, "flags", area(PR, "", 9, 0, 1, 2)},
	"AUC/PR/minor": {AUC{Curve: PR, Summation: Minoring}, "flags", area(PR, Minoring, 200, 0, 1, 2)},
	"AUC/labels": {AUC{MultiLabel: true}, "flags", perClass(func(d data, j int) float64 {
		return area(ROC, "", 200, j)(d)
	})},
	"AUC/sparse": {AUC{MultiLabel: true, Curve: PR, Summation: Majoring}, "sparse", perClass(func(d data, j int) float64 {
		return area(PR, Majoring, 200, j)(d)
	})},
	"ConfusionMatrix":             {ConfusionMatrix{}, "onehot", rows(func(t, p []float64) float64 { return truth(argmax(t) == argmax(p)) })},
	"MeanLoss":                    {MeanLoss{Loss: losses.Huber{}}, "real", each(func(t, p float64) float64 { e := math.Abs(t - p); return math.Min(e*e/2, e-0.5+truth(e < 1)) })},
	"MeanSquaredError":            {MeanSquaredError{}, "real", each(square)},
	"MeanAbsoluteError":           {MeanAbsoluteError{}, "real", each(func(t, p float64) float64 { return math.Abs(t - p) })},
	"MeanAbsolutePercentageError": {MeanAbsolutePercentageError{}, "real", each(func(t, p float64) float64 { return 100 * math.Abs((t-p)/t) })},
	"MeanSquaredLogarithmicError": {MeanSquaredLogarithmicError{}, "flags", each(func(t, p float64) float64 { return square(math.Log1p(t), math.Log1p(p)) })},
	"LogCoshError":                {LogCoshError{}, "real", each(func(t, p float64) float64 { return math.Log(math.Cosh(p - t)) })},
	"Poisson":                     {Poisson{}, "flags", each(func(t, p float64) float64 { return p - t*math.Log(p+1e-7) })},
	"KLDivergence": {KLDivergence{}, "onehot", rows(func(t, p []float64) float64 {
		s := 0.0
		for j := range p {
			s += math.Max(t[j], 1e-7) * math.Log(math.Max(t[j], 1e-7)/p[j])
		}
		return s
	})},
	"Hinge":        {Hinge{}, "flags", each(hinge)},
	"SquaredHinge": {SquaredHinge{}, "flags", each(func(t, p float64) float64 { return hinge(t, p) * hinge(t, p) })},
	"CategoricalHinge": {CategoricalHinge{}, "onehot", rows(func(t, p []float64) float64 {
		own, other := p[argmax(t)], 0.0
		for j := range p {
			other = math.Max(other, (1-t[j])*p[j])
		}
		return math.Max(other-own+1, 0)
	})},
	"BinaryCrossentropy": {BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.2}, "flags", each(func(t, p float64) float64 {
		return math.Log1p(math.Exp(p)) - (t*0.8+0.1)*p
	})},
	"CategoricalCrossentropy": {CategoricalCrossentropy{LabelSmoothing: 0.3}, "onehot", rows(func(t, p []float64) float64 {
		s := 0.0
		for j := range p {
			s -= (t[j]*0.7 + 0.1) * math.Log(p[j]/(p[0]+p[1]+p[2]))
		}
		return s
	})},
	"SparseCategoricalCrossentropy": {SparseCategoricalCrossentropy{FromLogits: true}, "sparse", rows(func(t, p []float64) float64 {
		return math.Log(math.Exp(p[0])+math.Exp(p[1])+math.Exp(p[2])) - p[argmax(t)]
	})},
	"RootMeanSquaredError": {RootMeanSquaredError{}, "real", func(d data) float64 { return math.Sqrt(each(square)(d)) }},
	"R2Score": {R2Score{}, "real", perClass(func(d data, j int) float64 {
		residual, variance := moments(d, j)
		return 1 - residual/variance
	})},
	"R2Score/weighted": {R2Score{VarianceWeighted: true}, "real", func(d data) float64 {
		s, all := 0.0, 0.0
		for j := range 3 {
			residual, variance := moments(d, j)
			s, all = s+variance-residual, all+variance
		}
		return s / all
	}},
	"CosineSimilarity": {CosineSimilarity{}, "real", rows(func(t, p []float64) float64 {
		dot, tt, pp := 0.0, 0.0, 0.0
		for j := range p {
			dot, tt, pp = dot+t[j]*p[j], tt+t[j]*t[j], pp+p[j]*p[j]
		}
		return dot / math.Sqrt(tt*pp)
	})},
}

// moments is the residual and the variance of a column, times the weight.
func moments(d data, j int) (residual, variance float64) {
	mean := mean(d, func(t, _ []float64) float64 { return t[j] })
	for i, t := range d.True {
		residual += d.Weight[i] * square(t[j], d.Pred[i][j])
		variance += d.Weight[i] * square(t[j], mean)
	}
	return residual, variance
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
		"one-hot rows need":   SparseCategoricalAccuracy{},
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
