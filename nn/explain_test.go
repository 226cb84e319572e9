package nn

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/graph"
)

// GLEARN_EXPLAIN=1 shows what runs, and nothing does without it.
func TestExplain(t *testing.T) {
	b, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	v := graph.NewVariable("v", compute.Float, 3)
	buffer, err := v.Allocate(b)
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	g := graph.New()
	g.Output(graph.Tanh(g.Read(v)))
	program, err := graph.Compile(b, g)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Release()

	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	for _, set := range []string{"", "1"} {
		t.Setenv("GLEARN_EXPLAIN", set)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		os.Stderr = w
		(&plan{key: planKey{training: true}}).explain(7, program)
		w.Close()
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.HasPrefix(string(text), "\nnn: a step of training on 7 rows") && strings.Contains(string(text), "tanh(in0)"); said != (set == "1") {
			t.Errorf("GLEARN_EXPLAIN=%q printed %q", set, text)
		}
	}
}
