package nn

import (
	"fmt"
	"log/slog"
	"math"
	"slices"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/losses"
)

// splitStream sets the rows held out for validation apart from what else the
// model's seed decides.
const splitStream = 1 << 41

// split holds out a share of the rows, chosen by chance. A class that one side
// lacks is worth a warning: it is never learned, or never seen in the results.
func (m *Model) split(set *data.Dataset, c FitConfig, d *device) (train, val *data.Dataset, err error) {
	train, val, err = data.TrainTestSplit(set, data.SplitConfig{Test: c.ValidationSplit, Seed: d.seed ^ splitStream, Stratify: c.Stratify})
	if err != nil {
		return nil, nil, fmt.Errorf("nn: Fit: ValidationSplit: %w", err)
	}
	if len(d.objectives) == 1 && (losses.DomainOf(d.objectives[0].loss) != losses.Numbers || c.Stratify) {
		if missing := missingClasses(train, val); len(missing) > 0 {
			slog.Warn("nn: Fit: ValidationSplit leaves no example of some classes to train on", "classes", missing)
		}
		if missing := missingClasses(val, train); len(missing) > 0 {
			slog.Warn("nn: Fit: ValidationSplit leaves no example of some classes to validate on", "classes", missing)
		}
	}
	return train, val, nil
}

// missingClasses are the classes of other that set has none of, in order; none
// where targets are no classes.
func missingClasses(set, other *data.Dataset) []int {
	have, err := set.Classes()
	if err != nil {
		return nil
	}
	want, err := other.Classes()
	if err != nil {
		return nil
	}
	known := map[int]bool{}
	for _, c := range have {
		known[c] = true
	}
	var missing []int
	for _, c := range want {
		if !known[c] {
			known[c] = true
			missing = append(missing, c)
		}
	}
	slices.Sort(missing)
	return missing
}

// classWeights is the weight of each row: its class's, times its own.
func (m *Model) classWeights(set *data.Dataset, weights map[int]float64, d *device) ([]float32, error) {
	if len(set.Y) != 1 {
		return nil, fmt.Errorf("nn: Fit: ClassWeight is for one target, the data has %d: %w", len(set.Y), ErrShape)
	}
	labels, err := set.Classes()
	if err != nil {
		return nil, fmt.Errorf("nn: Fit: ClassWeight: %w", err)
	}
	classes := m.classesOf(d)
	for c, w := range weights {
		if classes > 0 && (c < 0 || c >= classes) {
			return nil, fmt.Errorf("nn: Fit: ClassWeight has a weight for class %d, want classes from 0 to %d: %w", c, classes-1, ErrValue)
		}
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("nn: Fit: ClassWeight of class %d is %v, want a finite number of at least 0: %w", c, w, ErrValue)
		}
	}
	out := make([]float32, len(labels))
	for i, c := range labels {
		w, ok := weights[c]
		if !ok {
			return nil, fmt.Errorf("nn: Fit: ClassWeight has no weight for class %d, of row %d: %w", c, i, ErrValue)
		}
		out[i] = float32(w)
		if set.Weights != nil {
			out[i] *= set.Weights[i]
		}
	}
	return out, nil
}

// classesOf is how many classes the only target tells apart; 0 where it is not
// known.
func (m *Model) classesOf(d *device) int {
	i := d.targets[0]
	shape := m.outShapes[i]
	if losses.DomainOf(d.objectives[i].loss) == losses.Numbers || len(shape) == 0 {
		return 0
	}
	return max(shape[len(shape)-1], 2) // one unit says yes or no
}
