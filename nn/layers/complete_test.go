package layers_test

import (
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/regularizers"
)

func typeName(l nn.Layer) string { return reflect.TypeOf(l).Name() }

// named is a copy of a layer under a name.
func named(l nn.Layer, name string) nn.Layer {
	v := reflect.New(reflect.TypeOf(l)).Elem()
	v.Set(reflect.ValueOf(l))
	v.FieldByName("Name").SetString(name)
	return v.Interface().(nn.Layer)
}

// Every layer of the package is held against a formula and can be saved.
func TestComplete(t *testing.T) {
	types, _ := graphtest.Exported(t, "", "Build")
	if len(types) < 30 {
		t.Fatalf("found only the layers %q", types)
	}
	var checked []string
	for _, k := range checks {
		checked = append(checked, typeName(k.layer))
	}
	registered := spec.Classes[nn.Layer]()
	for _, name := range types {
		if !slices.Contains(checked, name) {
			t.Errorf("no check in formula_test.go is of layers.%s", name)
		}
		if !slices.Contains(registered, name) {
			t.Errorf("layers.%s is not registered", name)
		}
	}
}

// Every field of every layer comes back from JSON.
func TestSpec(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range checks {
		name := typeName(k.layer)
		if seen[name] {
			continue
		}
		seen[name] = true
		if name == "Lambda" {
			if _, err := spec.Encode(k.layer); err == nil || !strings.Contains(err.Error(), "Go function") {
				t.Errorf("a Lambda is saved, or its error does not say why not: %v", err)
			}
			continue
		}
		want := filled(t, k.layer)
		json, err := spec.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := spec.Decode[nn.Layer](json); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %#v, %v", json, got, err)
		}
	}
	if _, err := spec.Decode[nn.Layer]([]byte(`{"class":"Dense","config":{"units":-1}}`)); err == nil {
		t.Error("a Dense layer of -1 units is read")
	}
}

// filled is a layer with no field left zero.
func filled(t *testing.T, l nn.Layer) nn.Layer {
	v := reflect.New(reflect.TypeOf(l)).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		switch x := f.Addr().Interface().(type) {
		case *string:
			*x = "name"
		case *bool:
			*x = true
		case *int:
			*x = 2
		case *float64:
			*x = 0.5
		case **float64:
			*x = new(0.25)
		case *[]int:
			*x = []int{2, 1}
		case *[2]int:
			*x = [2]int{2, 1}
		case *[]float64:
			*x = []float64{0.5, 2}
		case *activations.Activation:
			*x = activations.LeakyReLU{NegativeSlope: new(0.0)}
		case *initializers.Initializer:
			*x = initializers.Constant{Value: 2}
		case *regularizers.Regularizer:
			*x = regularizers.L2{Factor: 0.1}
		case *constraints.Constraint:
			*x = constraints.MaxNorm{MaxValue: 1}
		default:
			t.Fatalf("%T has a field of type %v, which this test cannot fill", l, f.Type())
		}
	}
	return v.Interface().(nn.Layer)
}

// A model of each layer answers the same after it was saved and loaded.
func TestSaveAndLoad(t *testing.T) {
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	random := rand.New(rand.NewPCG(3, 3))
	for _, k := range checks {
		if typeName(k.layer) == "Lambda" {
			continue
		}
		t.Run(k.title(), func(t *testing.T) {
			var in []array
			for _, row := range k.rows {
				in = append(in, build(append([]int{2}, row...), func([]int) float64 {
					if k.integerBelow > 0 {
						return float64(random.IntN(k.integerBelow))
					}
					return random.NormFloat64()
				}))
			}
			m, x := ofOne(t, b, k.layer, in)
			want, err := m.Predict(t.Context(), x...)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "model.safetensors")
			if err := m.Save(path); err != nil {
				t.Fatal(err)
			}
			back, err := nn.Load(b, path)
			if err != nil {
				t.Fatal(err)
			}
			defer back.Close()
			if got, err := back.Predict(t.Context(), x...); err != nil || !slices.Equal(got.Values, want.Values) {
				t.Errorf("loaded, it answers %v, %v; saved, %v", got, err, want.Values)
			}
		})
	}
}
