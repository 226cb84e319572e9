package nn_test

import (
	"testing"

	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// A step allocates nothing: an epoch of 2,000 steps allocates what an epoch of
// 20 does. What is left belongs to the epoch, or to a look at the device every
// 50 ms.
func TestStepAllocatesNothing(t *testing.T) {
	for name, settings := range map[string]optimizers.Settings{
		"constant rate": rate(1e-3),
		"schedule":      {LearningRate: schedules.CosineDecay{Initial: 1e-3, DecaySteps: 1 << 20}},
		"clipped":       {LearningRate: schedules.Constant(1e-3), ClipNorm: 1},
	} {
		m := compiled(t, cpu(t), nn.NewSequential(
			layers.Dense{Units: 8, Activation: activations.ReLU},
			layers.Dropout{Rate: 0.1},
			layers.Dense{Units: 3, Activation: activations.Softmax},
		), nn.CompileConfig{
			Optimizer: optimizers.Adam{Settings: settings}, Loss: losses.SparseCategoricalCrossentropy{}, Metrics: []nn.Metric{metrics.Accuracy{}},
		})
		allocs := func(steps int) float64 {
			train := blobs(t, steps*4)
			return testing.AllocsPerRun(3, func() { fit(t, m, train, nn.FitConfig{BatchSize: 4}) })
		}
		few, many := allocs(20), allocs(2000)
		if perStep := (many - few) / 1980; perStep > 0.02 {
			t.Errorf("%s: %.0f allocations in 20 steps and %.0f in 2000: %.2f a step", name, few, many, perStep)
		}
		closeModel(t, m)
	}
}
