package metrics

import (
	"math"

	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
)

// Curve is what AUC measures the area under.
type Curve string

// The curves, by Keras' names.
const (
	ROC Curve = "ROC" // true positive rate over false positive rate
	PR  Curve = "PR"  // precision over recall
)

// Summation is how AUC adds up between thresholds.
type Summation string

// The summations, by Keras' names.
const (
	Interpolation Summation = "interpolation" // straight lines; for PR as Davis & Goadrich 2006
	Minoring      Summation = "minoring"      // a lower bound
	Majoring      Summation = "majoring"      // an upper bound
)

// AUC is the area under a curve that is known at NumThresholds evenly spaced
// thresholds of the prediction: for ROC, the chance that a random one is
// predicted higher than a random zero. Targets above 0 are ones, predictions
// lie in [0, 1]. Details has the curve.
type AUC struct {
	NumThresholds int       // at least 2; 0: 200
	Curve         Curve     // "": ROC
	Summation     Summation // "": Interpolation
	FromLogits    bool      // predictions are logits of a sigmoid
	// MultiLabel takes the mean of the areas of every output; else all outputs
	// count as examples of one.
	MultiLabel bool
}

// Name is "auc".
func (AUC) Name() string { return "auc" }

func (m AUC) thresholds() int {
	if m.NumThresholds == 0 {
		return 200
	}
	return m.NumThresholds
}

// Sums are the weights of zeros and of ones by the interval between thresholds
// that their prediction lies in: [NumThresholds, labels].
func (m AUC) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	t, p := labels(yTrue, yPred)
	g := p.Graph()
	n := m.thresholds()
	switch {
	case n < 2:
		g.Fail("NumThresholds is %d, want at least 2", n)
		n = 2
	case m.Curve != "" && m.Curve != ROC && m.Curve != PR:
		g.Fail("Curve is %q, want %q or %q", m.Curve, ROC, PR)
	case m.Summation != "" && m.Summation != Interpolation && m.Summation != Minoring && m.Summation != Majoring:
		g.Fail("Summation is %q, want %q, %q or %q", m.Summation, Interpolation, Minoring, Majoring)
	}
	if m.FromLogits {
		p = graph.Sigmoid(p)
	}
	// Interval i lies above threshold i/(n-1), up to and at the next; 0 itself
	// lies in interval 0, as Keras' first threshold is just below 0.
	last := float32(n - 1)
	above := graph.Neg(graph.Floor(graph.Neg(graph.Scale(p, last)))) // rounded up
	interval := graph.Clip(graph.Shift(above, -1), 0, last)
	interval = graph.Select(graph.Finite(p), interval, p.Const(0))
	labels := 1
	if m.MultiLabel {
		labels = p.Shape()[p.Rank()-1]
		interval = graph.Add(graph.Scale(interval, float32(labels)), targets.Iota(g, labels))
	}
	place := graph.ToInt(graph.Reshape(interval, -1))
	count := func(x *graph.Tensor) *graph.Tensor {
		return graph.Reshape(graph.ScatterAdd(graph.Reshape(weighted(x, weight), -1), place, n*labels), n, labels)
	}
	return []*graph.Tensor{count(graph.OneMinus(t)), count(t)}
}

// Result is the area, 0 to 1.
func (m AUC) Result(sums [][]float64) float64 {
	total, labels := 0.0, len(sums[0])/m.thresholds()
	for label := range labels {
		total += m.area(m.counts(sums, label))
	}
	return ratio(total, float64(labels))
}

// Details is the curve: for each threshold, from 0 to 1, a row of the threshold
// and the false positive rate, true positive rate (which is recall) and precision
// above it. The first counts every prediction as above. With MultiLabel the rows
// of each output follow those of the one before.
func (m AUC) Details(sums [][]float64) [][]float64 {
	var rows [][]float64
	for label := range len(sums[0]) / m.thresholds() {
		fp, tp := m.counts(sums, label)
		for i := range fp {
			threshold := float64(i) / float64(len(fp)-1)
			rows = append(rows, []float64{threshold, ratio(fp[i], fp[0]), ratio(tp[i], tp[0]), ratio(tp[i], tp[i]+fp[i])})
		}
	}
	return rows
}

// counts is the false and true positives of one label at every threshold, of
// which the first is below all predictions.
func (m AUC) counts(sums [][]float64, label int) (fp, tp []float64) {
	n := m.thresholds()
	labels := len(sums[0]) / n
	fp, tp = make([]float64, n+1), make([]float64, n+1)
	for i := n - 1; i >= 0; i-- {
		fp[i] = fp[i+1] + sums[0][i*labels+label]
		tp[i] = tp[i+1] + sums[1][i*labels+label]
	}
	return fp[:n], tp[:n]
}

// area is that of one label.
func (m AUC) area(fp, tp []float64) float64 {
	zeros, ones := fp[0], tp[0]
	if m.Curve == PR && (m.Summation == "" || m.Summation == Interpolation) {
		return interpolatedPR(fp, tp)
	}
	x := func(i int) float64 { return ratio(fp[i], zeros) }
	y := func(i int) float64 { return ratio(tp[i], ones) }
	if m.Curve == PR {
		x, y = y, func(i int) float64 { return ratio(tp[i], tp[i]+fp[i]) }
	}
	area := 0.0
	for i := range len(fp) - 1 {
		a, b := y(i), y(i+1)
		height := (a + b) / 2
		switch m.Summation {
		case Minoring:
			height = min(a, b)
		case Majoring:
			height = max(a, b)
		}
		area += (x(i) - x(i+1)) * height
	}
	return area
}

// interpolatedPR lets true and all positives change in proportion between two
// thresholds (Davis & Goadrich 2006, section 4), which integrates to
// slope (dTP + (TP_b - slope P_b) log(P_a / P_b)) / ones for each interval.
func interpolatedPR(fp, tp []float64) float64 {
	area := 0.0
	for i := range len(fp) - 1 {
		pa, pb := tp[i]+fp[i], tp[i+1]+fp[i+1]
		dtp := tp[i] - tp[i+1]
		slope := ratio(dtp, max(pa-pb, 0))
		logRatio := 0.0
		if pa > 0 && pb > 0 {
			logRatio = math.Log(pa / pb)
		}
		area += ratio(slope*(dtp+(tp[i+1]-slope*pb)*logRatio), tp[0])
	}
	return area
}
