package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn/internal/targets"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
)

// objective is what an output is held against.
type objective struct {
	loss     losses.Loss // nil: the output is for Predict
	weight   float64     // of the loss in the total
	metrics  []Metric    // each example counts alike
	weighted []Metric    // each example counts by its weight
	target   int         // which of the data's targets it takes; -1 is none
}

// watched are all metrics.
func (o objective) watched() []Metric { return slices.Concat(o.metrics, o.weighted) }

// formula is a loss or a metric as it is traced on a batch.
type formula struct {
	name   string
	metric bool
	trace  func(yTrue, yPred *graph.Tensor)
}

// formulas are the loss, if there is one, and the metrics.
func (o objective) formulas() []formula {
	var out []formula
	if o.loss != nil {
		out = append(out, formula{o.loss.Name(), false, func(t, p *graph.Tensor) { o.traceLoss(t, p, nil) }})
	}
	for _, metric := range o.watched() {
		out = append(out, formula{metric.Name(), true, func(t, p *graph.Tensor) {
			traceMetric(metric, t, p, graph.BroadcastTo(p.Const(1), probeRows))
		}})
	}
	return out
}

// objectives spreads the configuration over n outputs.
func (c *CompileConfig) objectives(n int) ([]objective, error) {
	if c.Loss != nil && c.Losses != nil || c.Metrics != nil && c.OutputMetrics != nil {
		return nil, errors.New("nn: Compile: give Loss or Losses, and Metrics or OutputMetrics, not both")
	}
	for _, list := range []struct {
		name string
		n    int
	}{{"Losses", len(c.Losses)}, {"LossWeights", len(c.LossWeights)}, {"OutputMetrics", len(c.OutputMetrics)}} {
		if list.n != 0 && list.n != n {
			return nil, fmt.Errorf("nn: Compile: %s has %d entries for a model of %d outputs", list.name, list.n, n)
		}
	}
	out := make([]objective, n)
	targets := 0
	for i := range out {
		o := objective{loss: c.Loss, weight: 1, metrics: c.Metrics, weighted: c.WeightedMetrics, target: -1}
		if c.Losses != nil {
			o.loss = c.Losses[i]
		}
		if c.LossWeights != nil {
			o.weight = c.LossWeights[i]
		}
		if c.OutputMetrics != nil {
			o.metrics = c.OutputMetrics[i]
		}
		if !(o.weight >= 0) || math.IsInf(o.weight, 0) {
			return nil, fmt.Errorf("nn: Compile: LossWeights[%d] is %v, want a finite number of at least 0", i, o.weight)
		}
		if o.loss != nil || len(o.watched()) > 0 {
			o.target = targets
			targets++
		}
		out[i] = o
	}
	return out, nil
}

// traceLoss is the loss of a batch against one output. weight, one a row, is
// nil where all rows count alike.
func (o objective) traceLoss(yTrue, yPred, weight *graph.Tensor) *graph.Tensor {
	g := yPred.Graph()
	loss := g.Const(0)
	scoped(g, "loss "+o.loss.Name(), "PerSample", func() {
		each := targets.PerRow(o.loss.PerSample(targets.Align(yTrue, yPred), yPred), yPred)
		if weight != nil {
			shape := make([]int, each.Rank())
			for a := range shape {
				shape[a] = 1
			}
			shape[0] = weight.Size()
			each = graph.Mul(each, graph.Reshape(weight, shape...))
		}
		if losses.ReductionOf(o.loss) == losses.Sum {
			loss = graph.Sum(each)
		} else {
			loss = graph.Mean(each)
		}
	})
	return loss
}

// traceMetric is what a batch adds to the metric's sums, and the metric that
// they are for: one whose meaning depends on the shapes is replaced.
func traceMetric(metric Metric, yTrue, yPred, weight *graph.Tensor) (sums []*graph.Tensor, resolved Metric) {
	g := yPred.Graph()
	resolved = metric
	scoped(g, "metric "+metric.Name(), "Sums", func() {
		if r, ok := metric.(metrics.Resolver); ok {
			var err error
			if resolved, err = r.Resolve(yTrue, yPred); err != nil {
				g.Fail("%w", err)
				return
			}
		}
		sums = resolved.Sums(targets.Align(yTrue, yPred), yPred, weight)
	})
	return sums, resolved
}

// rehearse traces what is traced again at every step, so that a setting that
// does not fit the shapes is a mistake of Compile. fitting are targets that fit.
func (m *Model) rehearse(objectives []objective) (fitting map[targetKind]bool, err error) {
	if fitting, err = m.rehearseObjectives(objectives); err != nil {
		return nil, fmt.Errorf("nn: Compile: %w", err)
	}
	g := graph.New()
	for _, w := range m.allWeights() {
		scoped(g, w.name, "a regularizer or constraint", func() { w.rehearse(g.Read(w.variable)) })
	}
	if err := g.Err(); err != nil {
		return nil, fmt.Errorf("nn: Compile: %w", err)
	}
	return fitting, nil
}

// rehearse traces what is done to the weight's value x.
func (w *Weight) rehearse(x *graph.Tensor) {
	if r := w.spec.Regularizer; r != nil {
		if p := r.Penalty(x); p.Size() != 1 {
			x.Graph().Fail("the penalty of a regularizer has shape %v, want one number", p.Shape())
		}
	}
	if c := w.spec.Constraint; c != nil {
		if p := c.Project(x); !slices.Equal(p.Shape(), x.Shape()) {
			x.Graph().Fail("a constraint makes shape %v of %v, want the same", p.Shape(), x.Shape())
		}
	}
}

// rehearseObjectives traces every loss and metric on outputs of the model's
// shapes: a top-k may be above the number of classes. Whether targets will be
// class numbers or rows like the outputs is not known yet: what takes either
// is fine, and what all take is in fitting.
func (m *Model) rehearseObjectives(objectives []objective) (fitting map[targetKind]bool, err error) {
	_, outs, err := m.probe(-1)
	if err != nil {
		return nil, err
	}
	fitting = map[targetKind]bool{}
	for i, o := range objectives {
		if err := m.checkActivation(i, o, outs[i]); err != nil {
			return nil, err
		}
		rowShape, numberShape := m.targetShapes(i, o.loss)
		all := o.formulas()
		if m.try(i, compute.Float, rowShape, all...) == nil {
			fitting[kindOf(i, compute.Float, rowShape)] = true
			continue
		}
		if m.try(i, compute.Int, numberShape, all...) == nil {
			fitting[kindOf(i, compute.Int, numberShape)] = true
			continue
		}
		for _, f := range all { // which it is
			rows := m.try(i, compute.Float, rowShape, f)
			if rows == nil {
				continue
			}
			numbers := m.try(i, compute.Int, numberShape, f)
			if numbers == nil {
				continue
			}
			if errors.Is(rows, ErrShape) && !errors.Is(numbers, ErrShape) {
				rows = numbers
			}
			return nil, rows
		}
	}
	return fitting, nil
}

// try traces formulas on output i and targets of the given type and shape.
func (m *Model) try(i int, typ compute.Type, target []int, formulas ...formula) error {
	g, outs, err := m.probe(-1)
	if err != nil {
		return err
	}
	yTrue := g.Read(graph.NewVariable("targets", typ, append([]int{probeRows}, target...)...))
	for _, f := range formulas {
		f.trace(yTrue, outs[i])
	}
	return g.Err()
}

// probe traces the built model on inputs that hold nothing, of which the one
// numbered sparse is sparse rows.
func (m *Model) probe(sparse int) (*graph.Graph, []*graph.Tensor, error) {
	g := graph.New()
	in := make([]*graph.Tensor, len(m.inShapes))
	for i, shape := range m.inShapes {
		if i == sparse {
			ints := func(n int) *graph.Variable { return graph.NewVariable("", compute.Int, n) }
			in[i] = g.Sparse(&graph.Sparse{Rows: probeRows, Cols: product(shape), RowPtr: ints(probeRows + 1), Col: ints(1)})
			continue
		}
		in[i] = g.Read(graph.NewVariable("", compute.Float, append([]int{probeRows}, shape...)...))
	}
	outs, err := m.trace(newCall(g, true, g.ConstInt(0), g.ConstInt(0)), in)
	return g, outs, err
}
