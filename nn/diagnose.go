package nn

import (
	"fmt"
	"os"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// checkNaN is true when the environment asks which operation a NaN comes from,
// beside the layer: GLEARN_CHECK=nan. It costs nothing until a loss is NaN or
// infinite, but that a stream cannot send a batch ahead.
func checkNaN() bool { return os.Getenv("GLEARN_CHECK") == "nan" }

// cause is where a batch's first number that is NaN or infinite comes from; the
// zero value is not known.
type cause struct {
	layer     string // with the names of those that it is in
	operation string // and the number
}

// String says what there is to say.
func (c cause) String() string {
	switch {
	case c.operation == "":
		return "the forward pass alone does not show where from"
	case checkNaN():
		return "the first number that is none: " + c.operation
	}
	return fmt.Sprintf("the first such number is in %q", c.layer)
}

// diagnose runs the forward pass of one batch of a window again, with every
// intermediate result kept, and finds the operation that makes the first number
// that is NaN or infinite. The weights are still those the batch was given.
func (p *plan) diagnose(base, cursor int32, rows int) (cause, error) {
	b := p.device.backend
	g := graph.New()
	batch := p.batch(g, rows)
	step := graph.Apply(compute.OpAdd, g.Read(p.base), g.Read(p.cursor))
	c := newCall(g, p.key.training, g.ConstInt(maskSeed(p.device.seed)), step)
	outs, err := p.model.trace(c, batch.x)
	if err != nil {
		return cause{}, err
	}
	total, _ := p.device.loss(c, batch, outs)
	computed := ancestors(total)
	for _, t := range computed {
		g.Output(t)
	}
	prog, err := graph.Compile(b, g)
	if err != nil {
		return cause{}, err
	}
	defer prog.Release()
	b.Write(p.control, compute.Words([]int32{cursor, base}))
	prog.Run(1)
	bad := map[*graph.Tensor]string{}
	for _, t := range computed {
		values, err := compute.ReadAs[float32](b, prog.View(t))
		if err != nil {
			return cause{}, err
		}
		for i, x := range values {
			if x-x != 0 { // NaN or infinite
				bad[t] = fmt.Sprintf("%v, element %d is %v", t, i, x)
				break
			}
		}
	}
	return firstBad(total, bad), nil
}

// ancestors are the floats that t is computed from, and t.
func ancestors(t *graph.Tensor) []*graph.Tensor {
	seen := map[*graph.Tensor]bool{}
	var out []*graph.Tensor
	var visit func(t *graph.Tensor)
	visit = func(t *graph.Tensor) {
		if seen[t] || len(t.Args()) == 0 { // variables and constants are given
			return
		}
		seen[t] = true
		for _, a := range t.Args() {
			visit(a)
		}
		if t.Type() == compute.Float {
			out = append(out, t)
		}
	}
	visit(t)
	return out
}

// firstBad follows bad numbers from t to where all operands are good.
func firstBad(t *graph.Tensor, bad map[*graph.Tensor]string) cause {
	for {
		next := t
		for _, a := range t.Args() {
			if bad[a] != "" {
				next = a
				break
			}
		}
		if next == t {
			return cause{layer: t.Scope(), operation: bad[t]}
		}
		t = next
	}
}
