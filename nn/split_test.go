package nn_test

import (
	"math"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

func TestValidationSplit(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		// Rows of class 2 stand at the end: a split that took the last rows
		// would hold all of them out.
		x, y := waves(40, 2), ints(make([]int32, 40)...)
		for i := 30; i < 40; i++ {
			y.Values[i] = 2
		}
		for i := range 15 {
			y.Values[i] = 1
		}
		for _, stratify := range []bool{false, true} {
			m := forBlobs(t, b, classifier())
			log := warnings(t, func() {
				h := fit(t, m, set(t, x, y), nn.FitConfig{ValidationSplit: 0.25, Stratify: stratify})
				if math.IsNaN(h.Last("val_loss")) || !(h.Last("val_accuracy") >= 0) {
					t.Errorf("history %+v", h.Metrics)
				}
			})
			if log != "" {
				t.Errorf("Stratify %v: warned: %s", stratify, log)
			}
			closeModel(t, m)
		}
		// One row of class 2 is on one side only.
		y = ints(make([]int32, 40)...)
		y.Values[7] = 2
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		log := warnings(t, func() { fit(t, m, set(t, x, y), nn.FitConfig{ValidationSplit: 0.25}) })
		if !strings.Contains(log, "no example of some classes") || !strings.Contains(log, "[2]") {
			t.Errorf("a class on one side alone: logged %q", log)
		}
	})
}

// The rows held out do not train: the loss on them is what Evaluate says of a
// model that never saw them, and the split is the same at every call.
func TestValidationSplitRepeats(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		train := blobs(t, 32)
		train.Weights = make([]float32, 32)
		for i := range train.Weights {
			train.Weights[i] = float32(i%3) + 1
		}
		var losses [2]float64
		for i := range losses {
			m := forBlobs(t, b, classifier())
			losses[i] = fit(t, m, train, nn.FitConfig{ValidationSplit: 0.5}).Last("val_loss")
			closeModel(t, m)
		}
		if losses[0] != losses[1] {
			t.Errorf("two splits with one seed: val_loss %v and %v", losses[0], losses[1])
		}
	})
}
