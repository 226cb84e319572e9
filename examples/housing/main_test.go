package main

import (
	"io"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
)

func TestReachesThePublishedErrors(t *testing.T) {
	exampletest.Needs(t, "boston_housing.npz", "california_housing.npz")
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		o := options{Options: example.Options{Backend: backend, Seed: 1}, set: "both"}
		folds, test, california := 2.6, 2.7, 0.35 // the book has 2.6 and 2.55
		if testing.Short() || backend == "opengl" {
			// after 5 epochs: 3.3, 3.8 and 0.40
			o.Epochs, folds, test, california = 5, 3.8, 4.3, 0.43
		}
		var out strings.Builder
		got, err := run(t.Context(), &out, o)
		if err != nil {
			t.Fatal(err)
		}
		if got.bostonFolds > folds || got.bostonTest > test || got.california > california {
			t.Errorf("errors %+v, want at most %v, %v and %v", got, folds, test, california)
		}
		for _, text := range []string{"device: " + backend, "fold 4: ", "mean of the folds: ", "dense_3 (Dense)"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
	})
}

// Thousands of dollars; 5 folds of 2 epochs leave much of the prices' spread.
func TestBackendsAgree(t *testing.T) {
	exampletest.Needs(t, "boston_housing.npz")
	exampletest.Agree(t, 0.01, func(t *testing.T, backend string) map[string]float64 {
		got, err := run(t.Context(), io.Discard, options{Options: example.Options{Backend: backend, Epochs: 2, Seed: 1}, set: "boston"})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]float64{"folds": got.bostonFolds, "test": got.bostonTest}
	})
}

func TestRefusesAnUnknownSet(t *testing.T) {
	_, err := run(t.Context(), io.Discard, options{set: "tokyo"})
	if err == nil || !strings.Contains(err.Error(), `unknown set "tokyo": want boston, california or both`) {
		t.Errorf("error %v", err)
	}
}
