package nn

import (
	"fmt"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// checkSlots says whether the optimizer's state has a number that is none: a
// gradient can overflow where the loss did not. The update leaves such a
// weight as it is, so the weights are good, but it would never move again.
// Once an epoch is soon enough to know.
func (d *device) checkSlots() error {
	if len(d.slots) == 0 {
		return nil
	}
	if d.health == nil {
		g := graph.New()
		total := g.Const(0)
		for _, s := range d.slots {
			// Halves and more of what a float holds may stand in a slot, so the
			// sum is of small numbers: 0 for each that is finite.
			x := g.Read(s.flat)
			total = graph.Add(total, graph.Sum(graph.Select(graph.Finite(x), x.Const(0), x.Const(1))))
		}
		g.Output(total)
		prog, err := graph.Compile(d.backend, g)
		if err != nil {
			return fmt.Errorf("nn: %w", err)
		}
		d.health, d.healthView = prog, prog.View(total)
	}
	d.health.Run(1)
	var bad [1]float32
	if err := d.backend.Read(compute.Words(bad[:]), d.healthView); err != nil {
		return fmt.Errorf("nn: %w", err)
	}
	if bad[0] != 0 {
		return fmt.Errorf("a gradient was too large: %.0f numbers of the optimizer's state are NaN or infinite: %w", bad[0], ErrDiverged)
	}
	return nil
}
