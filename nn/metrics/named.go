package metrics

import "github.com/glearn-go/glearn/graph"

// Named is a metric under a name of one's own, as Keras' argument name gives it:
//
//	metrics.Named{Label: "prc", Metric: metrics.AUC{Curve: metrics.PR}}
//
// A callback that monitors it has to be told which direction is better, where
// the name does not contain that of a metric.
type Named struct {
	Metric Metric
	Label  string // its name; "": the metric's
}

// Name is Label, or the metric's name.
func (m Named) Name() string {
	if m.Label != "" || m.Metric == nil {
		return m.Label
	}
	return m.Metric.Name()
}

// Resolve implements Resolver: the metric is what its own Resolve chooses.
func (m Named) Resolve(yTrue, yPred *graph.Tensor) (Metric, error) {
	if r, ok := m.Metric.(Resolver); ok {
		resolved, err := r.Resolve(yTrue, yPred)
		return Named{Metric: resolved, Label: m.Name()}, err
	}
	return m, nil
}

// Sums are the metric's.
func (m Named) Sums(yTrue, yPred, weight *graph.Tensor) []*graph.Tensor {
	if m.Metric == nil {
		yPred.Graph().Fail("Named has no Metric")
		return average(weight, weight)
	}
	return m.Metric.Sums(yTrue, yPred, weight)
}

// Result is the metric's.
func (m Named) Result(sums [][]float64) float64 { return m.Metric.Result(sums) }

// Details are the metric's; nil where it has none.
func (m Named) Details(sums [][]float64) [][]float64 {
	if d, ok := m.Metric.(Detailed); ok {
		return d.Details(sums)
	}
	return nil
}
