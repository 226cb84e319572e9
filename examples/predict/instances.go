package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// readInstances reads a request's body and makes the model's inputs of it. All
// errors are the client's. What does not fit is refused where it stands, before
// more of it is read.
func (h *handler) readInstances(body io.Reader) ([]data.Tensor, error) {
	in := reader{json.NewDecoder(body)}
	inputs, err := h.instances(in)
	if err != nil {
		return nil, &requestError{http.StatusBadRequest, fmt.Errorf("byte %d: %w", in.InputOffset(), err)}
	}
	return inputs, nil
}

// instances reads {"instances": [...]}.
func (h *handler) instances(in reader) (inputs []data.Tensor, err error) {
	if err := in.delim('{'); err != nil {
		return nil, err
	}
	if name, err := in.Token(); err != nil {
		return nil, err
	} else if name != "instances" {
		return nil, fmt.Errorf("found %.40v, want instances alone", name)
	}
	if h.pipeline != nil {
		inputs, err = h.objects(in)
	} else {
		inputs, err = h.arrays(in)
	}
	if err != nil {
		return nil, err
	}
	if err := in.delim('}'); err != nil {
		return nil, err
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON object")
	}
	return inputs, nil
}

// arrays reads instances that are the model's input, as nested lists of its shape.
func (h *handler) arrays(in reader) ([]data.Tensor, error) {
	shape := h.model.InputShapes()[0]
	x := &data.Dense{}
	rows, err := in.list(func(int) (err error) {
		x.Values, err = in.array(x.Values, shape)
		return err
	})
	x.Shape = append([]int{rows}, shape...)
	return []data.Tensor{x}, err
}

// objects reads instances that are rows of a table, and hands them to the
// pipeline.
func (h *handler) objects(in reader) ([]data.Tensor, error) {
	names := h.pipeline.Columns()
	var rows []map[string]any
	entries := 0
	_, err := in.list(func(int) error {
		row, err := in.row(names, &entries)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	return h.pipeline.Apply(preprocessing.Records(rows))
}

// reader reads JSON piece by piece.
type reader struct{ *json.Decoder }

// delim reads one of the brackets.
func (in reader) delim(want json.Delim) error {
	got, err := in.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("found %.40v, want %v", got, want)
	}
	return nil
}

// list reads the instances, 1 to maxInstances of them, each by read.
func (in reader) list(read func(i int) error) (n int, err error) {
	if err := in.delim('['); err != nil {
		return 0, err
	}
	for ; in.More(); n++ {
		if n == maxInstances {
			return n, fmt.Errorf("more than %d instances", maxInstances)
		}
		if err := read(n); err != nil {
			return n, fmt.Errorf("instance %d: %w", n, err)
		}
	}
	if err := in.delim(']'); err != nil { // More is false on errors, too
		return n, err
	}
	if n == 0 {
		return n, fmt.Errorf("no instances")
	}
	return n, nil
}

// array appends the numbers of nested lists of the given shape, in row-major
// order.
func (in reader) array(to []float32, shape []int) ([]float32, error) {
	if len(shape) == 0 {
		v, err := in.Token()
		if err != nil {
			return nil, err
		}
		x, ok := v.(float64)
		if !ok {
			return nil, fmt.Errorf("found %.40v, want a number", v)
		}
		return append(to, float32(x)), finite(x)
	}
	if err := in.delim('['); err != nil {
		return nil, err
	}
	n := 0
	for ; in.More(); n++ {
		if n == shape[0] {
			return nil, fmt.Errorf("a list of more than %d", n)
		}
		var err error
		if to, err = in.array(to, shape[1:]); err != nil {
			return nil, err
		}
	}
	if err := in.delim(']'); err != nil {
		return nil, err
	}
	if n < shape[0] {
		return nil, fmt.Errorf("a list of %d, want %d", n, shape[0])
	}
	return to, nil
}

// row reads an object that has each of the columns once. entries are those of
// lists in the rows before.
func (in reader) row(columns []string, entries *int) (map[string]any, error) {
	if err := in.delim('{'); err != nil {
		return nil, err
	}
	row := map[string]any{}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil, err
		}
		column := name.(string) // the decoder has seen to it
		if !slices.Contains(columns, column) {
			return nil, fmt.Errorf("there is no column %.40q; the model takes %q", column, columns)
		}
		if _, twice := row[column]; twice {
			return nil, fmt.Errorf("column %q comes twice", column)
		}
		if row[column], err = in.value(entries); err != nil {
			return nil, fmt.Errorf("column %q: %w", column, err)
		}
	}
	if err := in.delim('}'); err != nil {
		return nil, err
	}
	for _, column := range columns {
		if _, ok := row[column]; !ok {
			return nil, fmt.Errorf("column %q is not there; null says that a value is not known", column)
		}
	}
	return row, nil
}

// value reads a text, a number, a truth value or null, or a list of them, and
// counts the entries of lists.
func (in reader) value(entries *int) (any, error) {
	v, err := in.scalar()
	if v != json.Delim('[') || err != nil {
		return v, err
	}
	list := []any{}
	for in.More() {
		if *entries++; *entries > maxEntries {
			return nil, fmt.Errorf("more than %d entries in the lists of a request", maxEntries)
		}
		v, err := in.scalar()
		if err != nil {
			return nil, err
		}
		if v == json.Delim('[') {
			return nil, fmt.Errorf("a list in a list")
		}
		list = append(list, v)
	}
	return list, in.delim(']')
}

// scalar reads what is no object, or the beginning of a list.
func (in reader) scalar() (any, error) {
	v, err := in.Token()
	if err != nil {
		return nil, err
	}
	if x, ok := v.(float64); ok {
		return v, finite(x)
	}
	if d, ok := v.(json.Delim); ok && d != '[' {
		return nil, fmt.Errorf("found %v, want a text, a number, a list of them, or null", d)
	}
	return v, nil
}

// finite refuses numbers that a float32 cannot hold.
func finite(x float64) error {
	if math.Abs(x) > math.MaxFloat32 {
		return fmt.Errorf("%g is no float32", x)
	}
	return nil
}
