package layers_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/graph"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// rows is the batch of every test: source needs to know it. Predict fills
// batches up to a power of 2; a model is traced with fewer rows when it is built.
const rows = 4

// source adds a weight of the batch's size to its input: a weight that stands
// in for data, so that a step of training shows the gradient of the data, too.
type source struct{}

func (source) Build(b *nn.Builder, inputs ...[]int) (nn.Forward, error) {
	w := b.Weight(nn.WeightSpec{Name: "x", Shape: append([]int{rows}, inputs[0]...)})
	return func(c *nn.Call, inputs ...*graph.Tensor) *graph.Tensor {
		x := inputs[0]
		return graph.Add(x, graph.SliceAxis(c.Read(w), 0, 0, x.Shape()[0]))
	}, nil
}

// watch is a metric that keeps the predictions of one batch.
type watch struct{ seen *[]float64 }

func (watch) Name() string { return "watch" }
func (watch) Sums(_, yPred, _ *graph.Tensor) []*graph.Tensor {
	return []*graph.Tensor{graph.ToFloat(yPred)}
}
func (w watch) Result(sums [][]float64) float64 {
	*w.seen = append([]float64(nil), sums[0]...)
	return 0
}

// rig is a model of one layer. Its loss is sum(c y) with the fixed numbers c,
// its optimizer subtracts the gradient.
type rig struct {
	t       *testing.T
	model   *nn.Model
	inputs  []data.Tensor
	sources int
	before  []array // all weights: x of each source, then the layer's
	c       array
	target  *data.Dataset
	seen    []float64
}

// newRig builds the model with inputs and weights drawn from a normal
// distribution; a weight that is a variance is above 0.
func newRig(t *testing.T, b compute.Backend, k check) *rig {
	t.Helper()
	r := &rig{t: t}
	random := rand.New(rand.NewPCG(7, 7))
	var starts, ends []*nn.Node
	for _, row := range k.rows {
		in := nn.Input(row...)
		starts = append(starts, in)
		shape := append([]int{rows}, row...)
		if k.integerBelow > 0 {
			x := &data.Ints{Shape: shape}
			for range size(shape) {
				x.Values = append(x.Values, int32(random.IntN(k.integerBelow)))
			}
			r.inputs = append(r.inputs, x)
			ends = append(ends, in)
			continue
		}
		r.inputs = append(r.inputs, &data.Dense{Shape: shape, Values: make([]float32, size(shape))})
		ends = append(ends, nn.Apply(source{}, in))
		r.sources++
	}
	r.model = nn.NewModel(starts, []*nn.Node{nn.Apply(k.layer, ends...)})
	t.Cleanup(func() {
		if err := r.model.Close(); err != nil {
			t.Error(err)
		}
	})
	r.compile(b)
	for _, w := range r.model.Weights() {
		r.before = append(r.before, build(w.Shape(), func([]int) float64 {
			x := (math.Floor(random.NormFloat64()*256) + 0.5) / 256 // never 0, exact in float32
			if strings.Contains(w.Name(), "variance") {
				x = math.Abs(x) + 0.25
			}
			return x
		}))
	}
	r.c = build(append([]int{rows}, r.model.OutputShapes()[0]...), func([]int) float64 { return math.Round(random.NormFloat64()*256) / 256 })
	r.target = &data.Dataset{X: r.inputs, Y: []data.Tensor{&data.Dense{Shape: r.c.shape, Values: r.c.floats()}}}
	r.set(r.before)
	return r
}

// compile puts the model on a device.
func (r *rig) compile(b compute.Backend) {
	r.t.Helper()
	err := r.model.Compile(b, nn.CompileConfig{
		Optimizer: optimizers.SGD{Settings: optimizers.Settings{LearningRate: schedules.Constant(1)}},
		Loss: losses.Func(func(yTrue, yPred *graph.Tensor) *graph.Tensor {
			p := graph.Mul(yTrue, graph.ToFloat(yPred))
			return graph.Scale(graph.Sum(graph.Reshape(p, p.Shape()[0], -1), 1), rows) // Fit takes the mean over rows
		}),
		Metrics: []nn.Metric{watch{&r.seen}},
		Seed:    3,
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// set sets all weights.
func (r *rig) set(weights []array) {
	r.t.Helper()
	var values [][]float32
	for _, w := range weights {
		values = append(values, w.floats())
	}
	if err := r.model.SetWeights(values); err != nil {
		r.t.Fatal(err)
	}
}

// x is the data that the layer sees.
func (r *rig) x() []array {
	if r.sources > 0 {
		return r.before[:r.sources]
	}
	var out []array
	for _, in := range r.inputs {
		ints := in.(*data.Ints)
		a := array{shape: ints.Shape}
		for _, v := range ints.Values {
			a.v = append(a.v, float64(v))
		}
		out = append(out, a)
	}
	return out
}

// w is the layer's own weights.
func (r *rig) w() []array { return r.before[r.sources:] }

// predict is the layer's output outside of training.
func (r *rig) predict() []float64 {
	r.t.Helper()
	y, err := r.model.PredictOnBatch(context.Background(), r.inputs...)
	if err != nil {
		r.t.Fatal(err)
	}
	return doubles(y.Values)
}

// train takes one step: the layer's output and loss in it, and by how much each
// weight fell, which is the gradient of those that are trained.
func (r *rig) train() (y []float64, loss float64, fell []array) {
	r.t.Helper()
	res, err := r.model.TrainOnBatch(context.Background(), r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	after, err := r.model.GetWeights()
	if err != nil {
		r.t.Fatal(err)
	}
	for i, w := range r.before {
		d := array{shape: w.shape}
		for k, x := range w.v {
			d.v = append(d.v, x-float64(after[i][k]))
		}
		fell = append(fell, d)
	}
	return r.seen, res.Loss(), fell
}

// name is of weight i, for messages.
func (r *rig) name(i int) string { return fmt.Sprintf("%q", r.model.Weights()[i].Name()) }

// ofOne is a model of one layer, ready to predict, and its inputs as data.
func ofOne(t *testing.T, b compute.Backend, l nn.Layer, in []array) (*nn.Model, []data.Tensor) {
	t.Helper()
	var nodes []*nn.Node
	var x []data.Tensor
	for _, a := range in {
		nodes = append(nodes, nn.Input(a.shape[1:]...))
		x = append(x, &data.Dense{Shape: a.shape, Values: a.floats()})
	}
	m := nn.NewModel(nodes, []*nn.Node{nn.Apply(l, nodes...)})
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := m.Compile(b, nn.CompileConfig{}); err != nil {
		t.Fatal(err)
	}
	return m, x
}
