package cpu_fallback

import (
	"fmt"
	"log"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// machineCodeWorks tries machine code once. Some systems let no program make
// any: formulas then run one operation at a time, and the log says so.
var machineCodeWorks = sync.OnceValue(func() bool {
	err := tryMachineCode(hasAVX512)
	if err != nil {
		log.Printf("cpu: %v; formulas run one operation at a time", err)
	}
	return err == nil
})

// tryMachineCode holds a formula with most kinds of operations against its
// single steps.
func tryMachineCode(wide bool) error {
	const n = 37
	b := compute.NewBuilder(compute.Float, compute.Float)
	x, y := b.Input(0), b.Input(1)
	length := b.Apply(compute.OpSqrt, b.Apply(compute.OpAdd, b.Apply(compute.OpMul, x, x), b.Apply(compute.OpMul, y, b.Float(0.25))))
	between := b.Apply(compute.OpMax, b.Apply(compute.OpMin, b.Apply(compute.OpDiv, y, length), b.Float(0.5)), b.Apply(compute.OpSub, x, y))
	e := b.MustBuild(b.Apply(compute.OpSelect, b.Apply(compute.OpLess, x, y), between, length), b.Apply(compute.OpRelu, x))
	var in [2]operand
	for i := range in {
		in[i] = operand{compute.Operand{Strides: compute.D(n).Contiguous()}, make([]float32, n)}
		for k := range in[i].data {
			in[i].data[k] = float32((k*(5+2*i)+i)%11) / 4
		}
	}
	var results [2][]float32
	for i := range results {
		results[i] = make([]float32, 2*n)
		var out [2]operand
		for k := range out {
			out[k] = operand{in[0].Operand, results[i][k*n:][:n]}
		}
		c := newCompiler(e, compute.D(n), in[:], out[:], compute.Strides{}, nil)
		c.run()
		if i == 1 {
			if err := c.fuse(wide); err != nil {
				return err
			}
		}
		w := &worker{}
		w.reserve(c.p.slots, c.p.scratch(), 0)
		c.p.start(w)
		c.p.begin(w)
		c.p.over(w, 0, n)
	}
	for i, want := range results[0] {
		if got := results[1][i]; got != want {
			return fmt.Errorf("machine code gives %v where %v is right", got, want)
		}
	}
	return nil
}
