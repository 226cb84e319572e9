package preprocessing

import (
	"fmt"
	"slices"
	"sort"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/internal/spec"
)

// Frame is a table by the names of its columns, all of the same number of rows.
type Frame map[string]Column

// Records is the frame of rows as encoding/json reads objects. A key that a row
// does not have is missing there.
func Records(rows []map[string]any) Frame {
	f := Frame{}
	for _, row := range rows {
		for name := range row {
			f[name] = Values(nil)
		}
	}
	for name := range f {
		values := make(Values, len(rows))
		for i, row := range rows {
			values[i] = row[name]
		}
		f[name] = values
	}
	return f
}

// Feature is a column and what is made of it.
type Feature struct {
	Column    string
	Transform Transform
}

// Pipeline makes the inputs of a model from the columns of a frame. As JSON it
// holds all that it learned.
type Pipeline struct {
	// Inputs has the features of each input of the model, which stand side by
	// side as the columns of one matrix. A feature that is alone is given as it
	// is: whole numbers stay whole, sparse rows sparse.
	Inputs [][]Feature
}

// NewPipeline is a pipeline of one input.
func NewPipeline(features ...Feature) *Pipeline { return &Pipeline{Inputs: [][]Feature{features}} }

// checker is a transform that knows what its settings may be.
type checker interface{ Check() error }

// Check looks at the settings of all transforms.
func (p *Pipeline) Check() error {
	if len(p.Inputs) == 0 {
		return fmt.Errorf("preprocessing: a pipeline needs at least one input")
	}
	for i, features := range p.Inputs {
		if len(features) == 0 {
			return fmt.Errorf("preprocessing: input %d has no features", i)
		}
		for _, f := range features {
			if f.Transform == nil {
				return fmt.Errorf("preprocessing: column %q has no transform", f.Column)
			}
			if k, ok := f.Transform.(checker); ok {
				if err := k.Check(); err != nil {
					return fmt.Errorf("column %q: %w", f.Column, err)
				}
			}
		}
	}
	return nil
}

// Columns are the names of the columns that it takes, sorted.
func (p *Pipeline) Columns() []string {
	var out []string
	for _, features := range p.Inputs {
		for _, f := range features {
			out = append(out, f.Column)
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// column finds a column of a frame and wants it as long as the others.
func (p *Pipeline) column(f Frame, name string, rows int) (Column, error) {
	c, ok := f[name]
	if !ok || c == nil {
		var names []string
		for have := range f {
			names = append(names, have)
		}
		sort.Strings(names)
		return nil, fmt.Errorf("preprocessing: there is no column %q among %q; the pipeline takes %q", name, names, p.Columns())
	}
	if rows >= 0 && c.Rows() != rows {
		return nil, fmt.Errorf("preprocessing: %w: column %q has %d rows, others %d", data.ErrShape, name, c.Rows(), rows)
	}
	return c, nil
}

// each calls do for every feature with its column.
func (p *Pipeline) each(f Frame, do func(input int, t Transform, c Column) error) error {
	if err := p.Check(); err != nil {
		return err
	}
	rows := -1
	for i, features := range p.Inputs {
		for _, x := range features {
			c, err := p.column(f, x.Column, rows)
			if err != nil {
				return err
			}
			rows = c.Rows()
			if err := do(i, x.Transform, c); err != nil {
				return fmt.Errorf("column %q: %w", x.Column, err)
			}
		}
	}
	return nil
}

// Adapt adapts every transform to its column, which is that of the training rows
// alone: see [Frame.Take]. A column that f does not have is an error; those that
// no feature names are not looked at.
func (p *Pipeline) Adapt(f Frame) error {
	return p.each(f, func(_ int, t Transform, c Column) error { return t.Adapt(c) })
}

// Apply is one array for each input, with one row for each of the frame's:
// *data.Dense [rows, columns], or what its transform makes where a feature is alone.
// Errors name the column.
func (p *Pipeline) Apply(f Frame) ([]data.Tensor, error) {
	parts := make([][]data.Tensor, len(p.Inputs))
	err := p.each(f, func(input int, t Transform, c Column) error {
		x, err := t.Apply(c)
		if err == nil && x.Rows() != c.Rows() {
			err = fmt.Errorf("preprocessing: %w: %T made %d rows of %d", data.ErrShape, t, x.Rows(), c.Rows())
		}
		parts[input] = append(parts[input], x)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]data.Tensor, len(parts))
	for i := range parts {
		if out[i], err = sideBySide(parts[i]...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxColumns bounds the matrix of several features, which is written out in
// full.
const maxColumns = 1 << 20

// sideBySide is arrays of equally many rows as one matrix; one alone stays as
// it is.
func sideBySide(parts ...data.Tensor) (data.Tensor, error) {
	if len(parts) == 1 {
		return parts[0], nil
	}
	rows, width := parts[0].Rows(), 0
	for _, p := range parts {
		width += rowWidth(append([]int{rows}, p.RowShape()...))
	}
	if width > maxColumns {
		return nil, fmt.Errorf("preprocessing: %w: %d columns side by side, at most %d are; give wide features an input of their own", data.ErrShape, width, maxColumns)
	}
	out := &data.Dense{Shape: []int{rows, width}, Values: make([]float32, rows*width)}
	at := 0
	for _, p := range parts {
		var values []float32
		switch p := p.(type) {
		case *data.Dense:
			values = p.Values
		case *data.CSR:
			values = p.Dense().Values
		case *data.Ints:
			for _, v := range p.Values {
				values = append(values, float32(v))
			}
		default:
			return nil, fmt.Errorf("preprocessing: a transform made %T, want an array of package data", p)
		}
		n := rowWidth(append([]int{rows}, p.RowShape()...))
		for r := range rows {
			copy(out.Values[r*width+at:], values[r*n:(r+1)*n])
		}
		at += n
	}
	return out, nil
}

// MarshalJSON writes all transforms, with what they learned.
func (p *Pipeline) MarshalJSON() ([]byte, error) { return spec.Encode(*p) }

// UnmarshalJSON reads what MarshalJSON wrote. An unknown transform or setting
// is an error.
func (p *Pipeline) UnmarshalJSON(b []byte) error {
	q, err := spec.Decode[Pipeline](b)
	if err != nil {
		return err
	}
	if err := q.Check(); err != nil {
		return err
	}
	*p = q
	return nil
}
