package cpu_fallback

import "github.com/glearn-go/glearn/compute"

// decidedSize is how many elements a Map has at least for its decision to be
// worth a program of its own.
const decidedSize = 64

// decided is a Map whose formula selects by a truth value that is the same for
// all elements, such as whether a batch is one to learn from. It runs the
// formula for the value that holds, which selects nothing: an optimizer's
// update has one pass less for each array that it writes.
type decided struct {
	truth   *program
	value   [1]float32
	yes, no *elementwise
}

// decision is the first such truth value of a formula, or -1.
func decision(e *compute.Expr, in []compute.Operand) int {
	same := make([]bool, len(e.Code))
	for i, instr := range e.Code {
		switch instr.Op {
		case compute.OpConst:
			same[i] = true
		case compute.OpInput:
			same[i] = in[instr.N].Strides == compute.Strides{}
		case compute.OpSelect:
			if same[instr.Args[0]] {
				return instr.Args[0]
			}
		case compute.OpRandom: // differs by its position
		default:
			same[i] = true
			for k := range instr.Op.Arity() {
				same[i] = same[i] && same[instr.Args[k]]
			}
		}
	}
	return -1
}

func (d *device) decided(k *compute.Map, at int, in, out []operand) *decided {
	o := &decided{yes: d.elementwise(k.Expr.Given(at, true), k.Dims, in, out), no: d.elementwise(k.Expr.Given(at, false), k.Dims, in, out)}
	o.truth = compile(k.Expr.Truth(at), compute.D(1), in, []operand{{data: o.value[:]}})
	d.pool.reserve(o.truth.slots, o.truth.scratch(), 0)
	return o
}

func (o *decided) run(p *pool) {
	w := p.workers[0]
	o.truth.start(w)
	o.truth.begin(w)
	o.truth.over(w, 0, 1)
	if o.value[0] != 0 {
		o.yes.run(p)
	} else {
		o.no.run(p)
	}
}
