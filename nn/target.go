package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/losses"
)

// checkTargets says which target does not fit its output.
func (m *Model) checkTargets(what string, ys []data.Tensor, d *device) error {
	if len(ys) != len(d.targets) {
		var names []string
		for _, i := range d.targets {
			names = append(names, m.outputName(i))
		}
		return fmt.Errorf("nn: %s: number of targets is %d, want %d: one for each output with a loss or metrics, %q: %w", what, len(ys), len(names), names, ErrShape)
	}
	for k, y := range ys {
		if err := m.checkTargetShape(d.targets[k], y, d); err != nil {
			return fmt.Errorf("nn: %s: %w", what, err)
		}
	}
	return nil
}

// targetKind is what decides whether the loss and the metrics of an output take a
// target. Axes beyond the third have length 1.
type targetKind struct {
	output int
	typ    compute.Type
	axes   int
	shape  [3]int // of a row
}

func kindOf(output int, typ compute.Type, row []int) targetKind {
	k := targetKind{output: output, typ: typ, axes: len(row)}
	copy(k.shape[:], row)
	return k
}

// checkTargetShape says why the loss or a metric of output i does not take
// target y. It traces them once for each type and shape, where
// Compile has not.
func (m *Model) checkTargetShape(i int, y data.Tensor, d *device) error {
	got := y.RowShape()
	if rows, numbers := m.targetShapes(i, d.objectives[i].loss); !sameRow(got, rows) && !sameRow(got, numbers) {
		return m.mismatch(i, y, m.wayOut(got, i, d.objectives[i].loss))
	}
	typ := compute.Float
	if _, ok := y.(*data.Ints); ok {
		typ = compute.Int
	}
	key := kindOf(i, typ, got)
	d.mu.Lock()
	known := d.fitting[key]
	d.mu.Unlock()
	if known {
		return nil
	}
	all := d.objectives[i].formulas()
	if m.try(i, typ, got, all...) == nil {
		d.mu.Lock()
		d.fitting[key] = true
		d.mu.Unlock()
		return nil
	}
	for _, f := range all { // which it is
		switch err := m.try(i, typ, got, f); {
		case errors.Is(err, ErrShape) && f.metric:
			takes := "rows like the output, not class numbers"
			if sameRow(got, m.outShapes[i]) {
				takes = "class numbers, not one-hot rows"
			}
			return m.mismatch(i, y, fmt.Sprintf("metric %s takes %s; metrics.Accuracy takes both", f.name, takes))
		case errors.Is(err, ErrShape):
			return m.mismatch(i, y, m.wayOut(got, i, d.objectives[i].loss))
		case err != nil:
			return err
		}
	}
	return nil
}

// targetShapes are the shapes of a row of targets that output i may have: that
// of the output, or of class numbers; or the one that the loss wants.
func (m *Model) targetShapes(i int, loss losses.Loss) (rows, numbers []int) {
	if t, ok := loss.(losses.Targeted); ok {
		return t.TargetShape(), t.TargetShape()
	}
	return m.outShapes[i], m.classShape(i)
}

// classShape is the shape of a row of class numbers for output i.
func (m *Model) classShape(i int) []int {
	shape := m.outShapes[i]
	return shape[:max(len(shape)-1, 0)]
}

// mismatch is the error of a target y that does not fit output i, with the way
// out of it.
func (m *Model) mismatch(i int, y data.Tensor, way string) error {
	output := "the output"
	if len(m.outShapes) > 1 {
		output = fmt.Sprintf("output %q", m.outputName(i))
	}
	batch := func(row []int) []int { return slices.Concat([]int{y.Rows()}, row) }
	return fmt.Errorf("targets of shape %v for %s of shape %v: %s: %w", batch(y.RowShape()), output, batch(m.outShapes[i]), way, ErrShape)
}

// wayOut is what was likely meant by targets with rows of shape got for output
// i.
func (m *Model) wayOut(got []int, i int, loss losses.Loss) string {
	if t, ok := loss.(losses.Targeted); ok {
		return fmt.Sprintf("%s wants rows of shape %v", loss.Name(), t.TargetShape())
	}
	out, numbers := m.outShapes[i], m.classShape(i)
	crossentropy, probable := loss.(losses.Crossentropy)
	sparse := losses.DomainOf(loss) == losses.ClassNumbers
	switch {
	case sparse && sameRow(got, out):
		return loss.Name() + " takes class numbers; losses.CategoricalCrossentropy takes one-hot rows"
	case probable && sameRow(got, numbers) && crossentropy.Predictions().Exclusive:
		return loss.Name() + " takes one-hot rows; use losses.SparseCategoricalCrossentropy for class numbers, or make rows of them with data.ToCategorical"
	case probable && sameRow(got, numbers):
		return loss.Name() + " takes a number for each unit: data.ToCategorical makes rows of class numbers; one yes or no takes a layer of one unit"
	case len(got) < len(numbers):
		return fmt.Sprintf("%q gives several results for each example; layers.Flatten in front of it makes one", m.outputName(i))
	}
	if n := len(out); n > 0 {
		columns := 1
		if len(got) == n {
			columns = got[n-1]
		}
		if sameRow(got, numbers) || len(got) == n && slices.Equal(got[:n-1], numbers) {
			return fmt.Sprintf("units of layer %q are %d, columns of the targets %d; both must be the same", m.outputName(i), out[n-1], columns)
		}
	}
	return "rows of both must have the same shape"
}
