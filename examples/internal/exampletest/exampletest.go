// Package exampletest runs the example programs in tests.
package exampletest

import (
	"errors"
	"os"
	"testing"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/datasets"
)

// Needs skips the test where one of the data files is absent.
func Needs(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := datasets.Find(name); errors.Is(err, datasets.ErrNotFound) {
			t.Skipf("%s is not here; set %s to a folder that holds it", name, datasets.Env)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// OnEachBackend runs the test on the CPU and, where it opens, on OpenGL.
// GLEARN_REQUIRE_GPU=1 makes it a failure that it does not.
func OnEachBackend(t *testing.T, run func(t *testing.T, backend string)) {
	t.Run("cpu", func(t *testing.T) { run(t, "cpu") })
	t.Run("opengl", func(t *testing.T) {
		dev, err := glearn.Open("opengl")
		if err != nil && os.Getenv("GLEARN_REQUIRE_GPU") == "" {
			t.Skipf("OpenGL: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := dev.Close(); err != nil {
			t.Fatal(err)
		}
		run(t, "opengl")
	})
}
