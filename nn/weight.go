package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/glearn-go/glearn/graph"
)

// Weight is a tensor that a layer keeps from step to step: trained by the
// optimizer, or state that the layer assigns itself.
type Weight struct {
	spec   WeightSpec
	name   string // path: "dense_1/kernel"
	owner  *instance
	number int // in order of declaration; names the stream of its start values

	variable *graph.Variable // where a program finds it
	host     []float32       // its values while they are not on a device; nil before they are drawn
}

// Name is the path of the weight, such as "dense_1/kernel".
func (w *Weight) Name() string { return w.name }

// Shape is the length of each axis. Do not change it.
func (w *Weight) Shape() []int { return w.spec.Shape }

// Size is the number of elements.
func (w *Weight) Size() int { return w.variable.Size() }

// Trainable is true when the optimizer may change the weight.
func (w *Weight) Trainable() bool { return w.owner.learns() && !w.spec.NonTrainable }

// maxWeight is the largest number of elements of one weight: what an int32
// index can reach.
const maxWeight = 1<<31 - 1

func checkWeightSpec(s WeightSpec) error {
	if s.Name == "" {
		return fmt.Errorf("a weight needs a name")
	}
	size := 1
	for _, d := range s.Shape {
		if d <= 0 {
			return fmt.Errorf("weight %q has shape %v: every axis must be at least 1", s.Name, s.Shape)
		}
		if size > maxWeight/d {
			return fmt.Errorf("weight %q of shape %v is larger than the %d elements a weight may have", s.Name, s.Shape, maxWeight)
		}
		size *= d
	}
	return nil
}

// draw sets the start values, unless the weight has values already. They
// depend on the seed and the weight's number alone.
func (w *Weight) draw(seed uint64) error {
	if w.host != nil {
		return nil
	}
	values := make([]float32, w.Size())
	init := w.spec.Init
	if init == nil {
		w.host = values
		return nil
	}
	r := rand.New(rand.NewPCG(seed, uint64(w.number)))
	if err := init.Init(values, w.spec.Shape, r); err != nil {
		return fmt.Errorf("nn: layer %q: weight %q: %w", w.owner.name, w.spec.Name, err)
	}
	w.host = values
	return nil
}
