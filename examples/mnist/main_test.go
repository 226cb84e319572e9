package main

import (
	"io"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
)

func TestReachesTheBooksAccuracy(t *testing.T) {
	exampletest.Needs(t, "mnist/train-images-idx3-ubyte.gz")
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		o := options{Options: example.Options{Backend: backend, Epochs: 5, Seed: 1}, rows: 60000}
		want := 0.978 // the book has 0.979
		if testing.Short() || backend == "opengl" {
			o.Epochs, o.rows, want = 3, 5000, 0.90
		}
		var out strings.Builder
		results, err := run(t.Context(), &out, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := results.Get("accuracy"); got < want {
			t.Errorf("test accuracy %.4f, want %v or more", got, want)
		}
		for _, text := range []string{"device: " + backend, "407,050", ", read as ", "@@@"} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
	})
}

func TestBackendsAgree(t *testing.T) {
	exampletest.Needs(t, "mnist/train-images-idx3-ubyte.gz")
	exampletest.Agree(t, 2e-3, func(t *testing.T, backend string) map[string]float64 {
		results, err := run(t.Context(), io.Discard, options{Options: example.Options{Backend: backend, Epochs: 1, Seed: 1}, rows: 2000})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]float64{"loss": results.Loss(), "accuracy": results.Get("accuracy")}
	})
}

func TestRefusesRowsThatAreNotThere(t *testing.T) {
	exampletest.Needs(t, "mnist/train-images-idx3-ubyte.gz")
	for _, rows := range []int{0, -1, 60001} {
		_, err := run(t.Context(), io.Discard, options{rows: rows})
		if err == nil || !strings.Contains(err.Error(), "want 1 to 60000") {
			t.Errorf("%d: error %v, want one about -rows", rows, err)
		}
	}
}

func TestDraw(t *testing.T) {
	pixels := make([]float32, 28*28)
	pixels[2*28+1], pixels[3*28+1] = 1, 1 // both halves of a character
	pixels[4*28] = 1                      // one half
	if got, want := draw(pixels), " @\n+\n"; got != want {
		t.Errorf("drawn %q, want %q", got, want)
	}
}
