package main

import (
	"io"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
)

func TestReachesTheBooksAccuracy(t *testing.T) {
	exampletest.Needs(t, "imdb_top20000.npz", "imdb_word_index.json")
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		o := options{Options: example.Options{Backend: backend, Epochs: 6, Seed: 1}, holdOut: 10000, rows: 25000}
		want := 0.88 // the book has 0.885
		if testing.Short() {
			o.Epochs, o.holdOut, o.rows, want = 3, 1000, 5000, 0.84
		}
		var out strings.Builder
		results, err := run(t.Context(), &out, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := results.Get("accuracy"); got < want {
			t.Errorf("test accuracy %.4f, want %.2f or more", got, want)
		}
		for _, text := range []string{"device: " + backend, "best", "this film requires a lot of patience", "labelled 1"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
	})
}

func TestBackendsAgree(t *testing.T) {
	exampletest.Needs(t, "imdb_top20000.npz", "imdb_word_index.json")
	exampletest.Agree(t, 2e-3, func(t *testing.T, backend string) map[string]float64 {
		results, err := run(t.Context(), io.Discard, options{Options: example.Options{Backend: backend, Epochs: 1, Seed: 1}, holdOut: 500, rows: 2000})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]float64{"loss": results.Loss(), "accuracy": results.Get("accuracy")}
	})
}

func TestRefusesAHoldOutThatLeavesNothing(t *testing.T) {
	for _, holdOut := range []int{0, -1, 100} {
		_, err := run(t.Context(), io.Discard, options{holdOut: holdOut, rows: 100})
		if err == nil || !strings.Contains(err.Error(), "-holdout is") {
			t.Errorf("%d: error %v, want one about -holdout", holdOut, err)
		}
	}
}
