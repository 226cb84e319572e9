package nn

import (
	"fmt"
	"os"

	"github.com/glearn-go/glearn/graph"
)

// explain writes the kernels of a step to standard error, where
// GLEARN_EXPLAIN=1 asks for it: what the layers, the loss, the gradients and
// the optimizer have become.
func (p *plan) explain(rows int, program *graph.Program) {
	if os.Getenv("GLEARN_EXPLAIN") != "1" {
		return
	}
	kind := "evaluation"
	if p.key.training {
		kind = "training"
	}
	// The line break is for what Fit's progress may have begun.
	fmt.Fprintf(os.Stderr, "\nnn: a step of %s on %d rows:\n%s", kind, rows, program)
}
