package nn_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/regularizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// TestEveryClassIsSaved writes every registered class of every family with all
// of its fields set, and reads it back as it was.
func TestEveryClassIsSaved(t *testing.T) {
	everyClass[activations.Activation](t)
	everyClass[constraints.Constraint](t)
	everyClass[initializers.Initializer](t)
	everyClass[losses.Loss](t)
	everyClass[metrics.Metric](t)
	everyClass[nn.Layer](t)
	everyClass[optimizers.Optimizer](t)
	everyClass[regularizers.Regularizer](t)
	everyClass[schedules.Schedule](t)
}

func everyClass[I any](t *testing.T) {
	t.Helper()
	classes := spec.Classes[I]()
	if len(classes) < 3 {
		t.Errorf("%v has the classes %q; is the package imported?", reflect.TypeFor[I](), classes)
	}
	for _, class := range classes {
		if class == "Model" || class == "Lambda" {
			continue // TestSaveAndLoad has models in models; a function is refused
		}
		example := example[I](t, class)
		data, err := spec.Encode(example)
		if err != nil {
			t.Errorf("%s: %v", class, err)
			continue
		}
		back, err := spec.Decode[I](data)
		if err != nil {
			t.Errorf("%s: %v", class, err)
			continue
		}
		if !reflect.DeepEqual(back, example) {
			t.Errorf("%s comes back as %#v, was %#v", data, back, example)
		}
		if again, err := spec.Encode(back); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s is written again as %s, %v", data, again, err)
		}
	}
}

// example is a value of the class with as many fields set to something that is
// not their default as its Check allows.
func example[I any](t *testing.T, class string) I {
	t.Helper()
	if s, ok := scalars[class].(I); ok {
		return s
	}
	typ := spec.TypeOf[I](class)
	for dropped := range 4 {
		for try := range 4 {
			v := reflect.New(typ).Elem()
			if fields := fill(v, try); drop(v, fields, dropped) {
				return v.Interface().(I)
			}
		}
	}
	t.Errorf("no value of %s is found that its Check allows", class)
	return reflect.New(typ).Elem().Interface().(I)
}

// drop sets n of the fields back to zero, those with which Check has nothing to
// say. It is false when there are none.
func drop(v reflect.Value, fields []reflect.Value, n int) bool {
	if n == 0 {
		c, ok := v.Interface().(interface{ Check() error })
		return !ok || c.Check() == nil
	}
	for i, f := range fields {
		old := reflect.ValueOf(f.Interface())
		f.SetZero()
		if drop(v, fields[i+1:], n-1) {
			return true
		}
		f.Set(old)
	}
	return false
}

// fill sets all exported fields, each to the value of its type that try says,
// and lists them.
func fill(v reflect.Value, try int) []reflect.Value {
	var fields []reflect.Value
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Anonymous:
			fields = append(fields, fill(v.Field(i), try)...)
		case f.IsExported():
			if all := values(f.Type); len(all) > 0 {
				v.Field(i).Set(all[min(try, len(all)-1)])
				fields = append(fields, v.Field(i))
			}
		}
	}
	return fields
}

// scalars are the classes that are no structs.
var scalars = map[string]any{"Named": activations.GELU, "Constant": schedules.Constant(0.25)}

// values are some that a field of the type may take.
func values(typ reflect.Type) []reflect.Value {
	var out []reflect.Value
	add := func(candidates ...any) {
		for _, c := range candidates {
			if v := reflect.ValueOf(c); v.Type().AssignableTo(typ) {
				out = append(out, v)
			} else if v.CanConvert(typ) && typ.Kind() == v.Kind() {
				out = append(out, v.Convert(typ))
			}
		}
	}
	switch typ.Kind() {
	case reflect.Pointer:
		for _, v := range values(typ.Elem()) {
			p := reflect.New(typ.Elem())
			p.Elem().Set(v)
			out = append(out, p)
		}
	case reflect.Slice:
		for _, v := range values(typ.Elem()) {
			out = append(out, reflect.Append(reflect.MakeSlice(typ, 0, 1), v))
		}
	case reflect.Interface:
		add(activations.LeakyReLU{NegativeSlope: new(0.3)}, constraints.NonNeg{}, initializers.HeNormal{}, losses.Huber{Delta: 2},
			metrics.Accuracy{}, regularizers.L1{Factor: 0.5}, schedules.ExponentialDecay{Initial: 0.1, DecaySteps: 5, DecayRate: 0.5}, layers.Dense{Units: 3})
	default:
		add(0.5, 2.0, float32(0.5), 3, int64(3), 2, uint64(3), uint8(1), true, "rows", "text")
	}
	return out
}

// TestFilled says how much of the classes TestEveryClassIsSaved reaches.
func TestFilled(t *testing.T) {
	adam := example[optimizers.Optimizer](t, "Adam").(optimizers.Adam)
	if adam.Beta1 == nil || adam.LearningRate == nil || !adam.UseEMA || adam.NoDecay == nil || adam.ClipValue == 0 {
		t.Errorf("fields are left out: %+v", adam)
	}
	dense := example[nn.Layer](t, "Dense").(layers.Dense)
	if dense.Units == 0 || dense.Activation == nil || dense.KernelConstraint == nil || dense.BiasRegularizer == nil || dense.Name == "" {
		t.Errorf("fields are left out: %+v", dense)
	}
	if !slices.Contains(spec.Classes[nn.Layer](), "Model") {
		t.Error("a model cannot be a layer of a saved model")
	}
}
