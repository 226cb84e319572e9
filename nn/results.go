package nn

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
)

// Results is the loss and the metrics of a pass over data, by name, in order:
// loss first.
type Results struct {
	names  []string
	values []float64
	tables map[string]func() [][]float64
}

// add puts a number at the end; a name that is taken gets a number. It returns
// the name.
func (r *Results) add(name string, x float64) string {
	base := name
	for i := 1; slices.Contains(r.names, name); i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	r.names = append(r.names, name)
	r.values = append(r.values, x)
	return name
}

// addTable keeps how to make the table behind a number.
func (r *Results) addTable(name string, table func() [][]float64) {
	if r.tables == nil {
		r.tables = map[string]func() [][]float64{}
	}
	r.tables[name] = table
}

// addAll adds the results of another pass, with a prefix to their names.
func (r *Results) addAll(prefix string, other *Results) {
	for i, name := range other.names {
		as := r.add(prefix+name, other.values[i])
		if table, ok := other.tables[name]; ok {
			r.addTable(as, table)
		}
	}
}

// Details is the table behind the number of the given name, such as the
// confusion matrix of metrics.ConfusionMatrix or the curve of metrics.AUC; nil
// where there is none.
func (r *Results) Details(name string) [][]float64 {
	if table, ok := r.tables[name]; ok {
		return table()
	}
	return nil
}

// Names lists what is there.
func (r *Results) Names() []string { return append([]string(nil), r.names...) }

// Get is the number of the given name; NaN where there is none.
func (r *Results) Get(name string) float64 {
	if i := slices.Index(r.names, name); i >= 0 {
		return r.values[i]
	}
	return math.NaN()
}

// Has is true when there is a number of the given name.
func (r *Results) Has(name string) bool { return slices.Contains(r.names, name) }

// Loss is the loss, with regularization.
func (r *Results) Loss() float64 { return r.Get("loss") }

// All goes through names and numbers in order.
func (r *Results) All() iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for i, name := range r.names {
			if !yield(name, r.values[i]) {
				return
			}
		}
	}
}

// String is "loss: 0.3127 - accuracy: 0.8912".
func (r *Results) String() string {
	parts := make([]string, len(r.names))
	for i, name := range r.names {
		parts[i] = name + ": " + formatNumber(r.values[i])
	}
	return strings.Join(parts, " - ")
}

// formatNumber is Keras': four decimals, or an exponent for what is small.
func formatNumber(x float64) string {
	if x == 0 || math.Abs(x) >= 1e-3 || math.IsNaN(x) {
		return fmt.Sprintf("%.4f", x)
	}
	return fmt.Sprintf("%.4e", x)
}

// History is what Fit saw: for each epoch, the loss and the metrics on the
// training data and, with the prefix "val_", on the validation data.
type History struct {
	Epoch   []int // number of each epoch, from 0
	Names   []string
	Metrics map[string][]float64 // one value an epoch; NaN where an epoch did not validate
}

func (h *History) append(epoch int, r *Results) {
	if h.Metrics == nil {
		h.Metrics = map[string][]float64{}
	}
	for name, x := range r.All() {
		if _, known := h.Metrics[name]; !known {
			h.Names = append(h.Names, name)
		}
		for len(h.Metrics[name]) < len(h.Epoch) {
			h.Metrics[name] = append(h.Metrics[name], math.NaN())
		}
		h.Metrics[name] = append(h.Metrics[name], x)
	}
	h.Epoch = append(h.Epoch, epoch)
	for name, v := range h.Metrics {
		if len(v) < len(h.Epoch) {
			h.Metrics[name] = append(v, math.NaN())
		}
	}
}

// Last is the value of the last epoch; NaN where there is none.
func (h *History) Last(name string) float64 {
	v := h.Metrics[name]
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}
