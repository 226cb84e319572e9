package nn_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// numPy is a Python that has NumPy.
func numPy(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import numpy").Run() == nil {
			return python
		}
	}
	t.Skip("there is no Python with NumPy")
	return ""
}

// TestNumPy has NumPy read the weights from both formats and compare them, and
// reads what NumPy writes.
func TestNumPy(t *testing.T) {
	python := numPy(t)
	folder := t.TempDir()
	file := func(name string) string { return filepath.Join(folder, name) }
	m := branches(t)
	if err := m.Save(file("m.safetensors")); err != nil {
		t.Fatal(err)
	}
	if err := m.SaveWeights(file("m.npz")); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "testdata/numpy_check.py", file("m.safetensors"), file("m.npz"), file("plain.npz"), file("packed.npz")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := weights(t, m)
	for _, name := range []string{"plain.npz", "packed.npz"} {
		back := branches(t)
		zeros := weights(t, back)
		for _, w := range zeros {
			clear(w)
		}
		if err := back.SetWeights(zeros); err != nil {
			t.Fatal(err)
		}
		if err := back.LoadWeights(file(name)); err != nil {
			t.Fatal(err)
		}
		for i, w := range weights(t, back) {
			if !slices.Equal(w, want[i]) {
				t.Errorf("%s: weight %q differs", name, back.Weights()[i].Name())
			}
		}
	}
}
