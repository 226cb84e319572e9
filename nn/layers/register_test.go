package layers_test

import (
	"reflect"
	"testing"

	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/constraints"
	"github.com/glearn-go/glearn/nn/initializers"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/regularizers"
)

// Every part of a layer's configuration comes back from JSON.
func TestSpec(t *testing.T) {
	for _, want := range []nn.Layer{
		layers.Dense{Name: "d", Units: 3, Activation: activations.LeakyReLU{NegativeSlope: new(0.0)}, NoBias: true,
			KernelInitializer: initializers.HeNormal{}, KernelRegularizer: regularizers.L2{Factor: 0.1}, KernelConstraint: constraints.NonNeg{}},
		layers.Input{Shape: []int{2, 3}},
	} {
		data, err := spec.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := spec.Decode[nn.Layer](data); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s comes back as %#v, %v", data, got, err)
		}
	}
	if _, err := spec.Decode[nn.Layer]([]byte(`{"class":"Dense","config":{"units":-1}}`)); err == nil {
		t.Error("a Dense layer of -1 units is read")
	}
}
