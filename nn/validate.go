package nn

import (
	"fmt"
	"iter"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/losses"
)

// rowShapes is the shape of a row of each input.
func rowShapes(xs []data.Tensor) [][]int {
	var shapes [][]int
	for _, x := range xs {
		shape := x.RowShape()
		if len(shape) == 0 {
			shape = []int{1} // a column of numbers
		}
		shapes = append(shapes, shape)
	}
	return shapes
}

// checkInputs says which input does not fit the model.
func (m *Model) checkInputs(xs []data.Tensor) error {
	if len(xs) != len(m.inShapes) {
		return fmt.Errorf("nn: %d inputs for a model of %s: %w", len(xs), m.inputList(), ErrShape)
	}
	for i, x := range xs {
		got, want := x.RowShape(), m.inShapes[i]
		if sameRow(got, want) {
			continue
		}
		where := m.inputName(i)
		if len(xs) == 1 && len(m.calls) > 0 && !m.namedInput(0) {
			where = fmt.Sprintf("layer %q: input", m.calls[0].inst.name)
		}
		if len(got) == 1 && len(want) == 1 {
			return fmt.Errorf("nn: %s has %d columns, want %d: %w", where, got[0], want[0], ErrShape)
		}
		if len(got) == 0 && x.Rows() == product(want) {
			return fmt.Errorf("nn: %s has rows of shape %v, want %v; one row alone is of shape %v: %w", where, got, want, append([]int{1}, want...), ErrShape)
		}
		return fmt.Errorf("nn: %s has rows of shape %v, want %v: %w", where, got, want, ErrShape)
	}
	return nil
}

// namedInput is true of an input that has a name of its user's.
func (m *Model) namedInput(i int) bool { return m.stack == nil && m.inputs[i].name != "" }

// inputName is what messages call an input: by its name, or else its number.
func (m *Model) inputName(i int) string {
	if m.namedInput(i) {
		return m.inputs[i].label(i)
	}
	return fmt.Sprintf("input %d", i)
}

// inputList is how many inputs there are, and their names where all have one.
func (m *Model) inputList() string {
	var names []string
	for i := range m.inShapes {
		if m.namedInput(i) {
			names = append(names, m.inputs[i].name)
		}
	}
	if len(names) < len(m.inShapes) {
		return fmt.Sprint(len(m.inShapes))
	}
	return fmt.Sprintf("%d, %q", len(names), names)
}

// checkSet says what in a data set does not fit the model, values left out.
func (m *Model) checkSet(what string, set *data.Dataset, targets bool) error {
	if set == nil {
		return fmt.Errorf("nn: the %s is nil: %w", what, ErrEmpty)
	}
	for _, list := range [][]data.Tensor{set.X, set.Y} {
		for i, t := range list {
			if err := known(t); err != nil {
				return fmt.Errorf("nn: %s: column %d: %w", what, i, err)
			}
		}
	}
	if err := set.Check(); err != nil {
		return fmt.Errorf("nn: %s: %w", what, err)
	}
	if set.Rows() == 0 {
		return fmt.Errorf("nn: the %s is empty: %w", what, ErrEmpty)
	}
	if targets && len(set.Y) == 0 {
		return fmt.Errorf("nn: the %s has no targets: %w", what, ErrShape)
	}
	return nil
}

// known says what is wrong with a tensor that is no array of package data. One
// that is nil is for Dataset.Check.
func known(t data.Tensor) error {
	missing := false
	switch t := t.(type) {
	case nil:
	case *data.Dense:
		missing = t == nil
	case *data.Ints:
		missing = t == nil
	case *data.CSR:
		missing = t == nil
	default:
		return fmt.Errorf("it is a %T, want *data.Dense, *data.Ints or *data.CSR: %w", t, ErrShape)
	}
	if missing {
		return fmt.Errorf("it is a nil %T: %w", t, ErrShape)
	}
	return nil
}

// checkFit says what in a data set to train or evaluate on does not fit the
// model, values left out.
func (m *Model) checkFit(what string, set *data.Dataset, d *device) error {
	if err := m.checkSet(what, set, true); err != nil {
		return err
	}
	if err := m.checkInputs(set.X); err != nil {
		return fmt.Errorf("%w (%s)", err, what)
	}
	return m.checkTargets(what, set.Y, d)
}

// checkValues looks at every value of a data set.
func (m *Model) checkValues(what string, set *data.Dataset, d *device) error {
	for i, x := range set.X {
		if err := finite(x); err != nil {
			return fmt.Errorf("nn: %s, %s: %w", what, m.inputName(i), err)
		}
		for _, k := range m.calls {
			if k.inst.integerBelow > 0 && len(k.from) > 0 && k.from[0] == i {
				if err := whole(x, k.inst.integerBelow); err != nil {
					return fmt.Errorf("nn: %s, %s of layer %q: %w", what, m.inputName(i), k.inst.name, err)
				}
			}
		}
	}
	for k, y := range set.Y {
		i := d.targets[k]
		if err := m.checkTarget(i, y, d); err != nil {
			if len(m.outShapes) == 1 {
				return fmt.Errorf("nn: %s, targets: %w", what, err)
			}
			return fmt.Errorf("nn: %s, targets of output %q: %w", what, m.outputName(i), err)
		}
	}
	for k, y := range set.Y {
		m.doubtRows(d.targets[k], y, d)
	}
	for r, w := range set.Weights {
		if !(w >= 0) || math.IsInf(float64(w), 0) {
			return fmt.Errorf("nn: %s: row %d has sample weight %v, want a finite number of at least 0: %w", what, r, w, ErrValue)
		}
	}
	return nil
}

// checkTarget looks at every value of target i.
func (m *Model) checkTarget(i int, y data.Tensor, d *device) error {
	if err := finite(y); err != nil {
		return err
	}
	if n := m.classes(y, i, d); n > 0 {
		if err := whole(y, n); err != nil {
			return fmt.Errorf("%w; the output has %d units, and the number of the first class is 0", err, n)
		}
		return nil
	}
	if losses.DomainOf(d.objectives[i].loss) == losses.Probabilities {
		return within(y, 0, 1)
	}
	return nil
}

// classes is how many class numbers target i may name, 0 where it holds none.
func (m *Model) classes(y data.Tensor, i int, d *device) int {
	shape := m.outShapes[i]
	if len(shape) == 0 {
		return 0
	}
	n := shape[len(shape)-1]
	switch loss := d.objectives[i].loss.(type) {
	case losses.Targeted:
		return 0 // only the loss knows what they are
	default:
		if losses.DomainOf(loss) == losses.ClassNumbers {
			return n
		}
	}
	if _, ok := y.(*data.Ints); ok && n > 1 && !sameRow(y.RowShape(), shape) {
		return n
	}
	return 0
}

// finite says where a column has a NaN or an infinity: a number that is not 0
// after subtracting it from itself.
func finite(t data.Tensor) error {
	if d, ok := t.(*data.Dense); ok && allFinite(d.Values) {
		return nil
	}
	for at, v := range entries(t) {
		if v-v != 0 {
			return badValue(at, product(t.RowShape()), v, "want a finite number")
		}
	}
	return nil
}

// allFinite is true where no number is NaN or an infinity. Predict looks at all
// of its input, so this has to be as fast as memory, which takes several cores.
func allFinite(x []float32) bool {
	const least = 1 << 18 // numbers that are worth a goroutine
	parts := min(runtime.GOMAXPROCS(0), len(x)/least)
	if parts < 2 {
		return sumIsFinite(x)
	}
	var bad atomic.Bool
	var all sync.WaitGroup
	for i := range parts {
		all.Go(func() {
			if !sumIsFinite(x[len(x)*i/parts : len(x)*(i+1)/parts]) {
				bad.Store(true)
			}
		})
	}
	all.Wait()
	return !bad.Load()
}

// sumIsFinite adds up what is 0 for each finite number and NaN for others: four
// sums at a time, and no branch.
func sumIsFinite(x []float32) bool {
	var a, b, c, d float32
	for len(x) >= 8 {
		p := (*[8]float32)(x)
		a += (p[0] - p[0]) + (p[4] - p[4])
		b += (p[1] - p[1]) + (p[5] - p[5])
		c += (p[2] - p[2]) + (p[6] - p[6])
		d += (p[3] - p[3]) + (p[7] - p[7])
		x = x[8:]
	}
	for _, v := range x {
		a += v - v
	}
	return a+b+c+d == 0
}

func badValue(at, width int, v any, want string) error {
	width = max(width, 1)
	if width == 1 {
		return fmt.Errorf("row %d is %v, %s: %w", at, v, want, ErrValue)
	}
	return fmt.Errorf("row %d, column %d is %v, %s: %w", at/width, at%width, v, want, ErrValue)
}

// whole says where a column has anything but a whole number in [0, n).
func whole(t data.Tensor, n int) error {
	for at, v := range entries(t) {
		if !(v >= 0 && v < float64(n)) || v != math.Trunc(v) {
			return badValue(at, product(t.RowShape()), v, fmt.Sprintf("want a whole number from 0 to %d", n-1))
		}
	}
	return nil
}

// within says where a column has a number outside [lo, hi].
func within(t data.Tensor, lo, hi float64) error {
	for at, v := range entries(t) {
		if v < lo || v > hi {
			return badValue(at, product(t.RowShape()), v, fmt.Sprintf("want %v to %v", lo, hi))
		}
	}
	return nil
}

// entries goes through the values of a column, but for the zeros that sparse
// rows leave out, each with its place in the full array.
func entries(t data.Tensor) iter.Seq2[int, float64] {
	return func(yield func(int, float64) bool) {
		switch t := t.(type) {
		case *data.Dense:
			for at, v := range t.Values {
				if !yield(at, float64(v)) {
					return
				}
			}
		case *data.Ints:
			for at, v := range t.Values {
				if !yield(at, float64(v)) {
					return
				}
			}
		case *data.CSR:
			if t.Val == nil {
				return // ones
			}
			for r := range t.Rows() {
				cols, vals := t.Row(r)
				for k, v := range vals {
					if !yield(r*t.Columns+int(cols[k]), float64(v)) {
						return
					}
				}
			}
		}
	}
}
