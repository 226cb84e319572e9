package cpu_fallback

import (
	"errors"
	"os"

	"github.com/glearn-go/glearn/cpu_fallback/internal/jit"
)

func init() {
	if hasAVX2 && os.Getenv("GLEARN_JIT") != "off" {
		fuse = func(c *compiler) {
			if machineCodeWorks() {
				c.fuse(hasAVX512)
			}
		}
	}
}

// machineCode is several steps as one loop over some of the program's slots.
type machineCode struct {
	loop  *jit.Loop
	slots []int
}

func (m *machineCode) run(p *program, w *worker, n int) {
	args := &w.vectors.args
	args.Count = n
	if len(p.singles) > 0 {
		args.Singles = &p.singles[0]
	}
	for i, s := range m.slots {
		args.Arrays[i] = &w.slots[s][0]
	}
	m.loop.Run(args)
}

// fuse replaces every run of steps that machine code can be made of.
func (c *compiler) fuse(wide bool) {
	f := fuser{compiler: c, wide: wide}
	steps := c.p.steps
	for from := 0; from < len(steps); {
		to := from
		for to < len(steps) && fusable(&steps[to]) {
			to++
		}
		f.fuse(from, to)
		if to < len(steps) {
			f.steps = append(f.steps, steps[to])
		}
		from = to + 1
	}
	c.p.steps = f.steps
	c.dropConstants()
	c.p.whole = c.isWhole()
}

// fuser makes machine code of a program's steps.
type fuser struct {
	*compiler
	wide  bool
	steps []step // the program's new ones
}

// fuse makes one loop of steps [from, to), or two where they need more
// registers than there are.
func (f *fuser) fuse(from, to int) {
	if to-from < 2 {
		f.steps = append(f.steps, f.p.steps[from:to]...)
		return
	}
	code, err := f.machineCode(from, to)
	if err != nil {
		if !errors.Is(err, jit.ErrTooLarge) {
			f.failed = err
		}
		middle := (from + to) / 2
		f.fuse(from, middle)
		f.fuse(middle, to)
		return
	}
	f.steps = append(f.steps, step{fused: code})
	cost := 0
	for i := from; i < to; i++ {
		cost += costOf(f.p.steps[i].op)
	}
	// Measured: an operation between two others of the loop takes a fourth of
	// the time of a loop of its own.
	f.p.cost = max(f.p.cost-cost*3/4, 1)
}

// machineCode is steps [from, to) as one loop.
func (f *fuser) machineCode(from, to int) (*machineCode, error) {
	m := &machineCode{}
	b := jit.NewBuilder()
	arrays := map[int]int{} // by slot
	array := func(slot int) int {
		n, ok := arrays[slot]
		if !ok {
			n = b.Array()
			arrays[slot] = n
			m.slots = append(m.slots, slot)
		}
		return n
	}
	values := map[int]jit.Value{} // by slot
	value := func(slot int) jit.Value {
		if n, ok := f.singleIn(slot); ok {
			return b.Single(n)
		}
		v, ok := values[slot]
		if !ok {
			v = b.Load(array(slot))
			values[slot] = v
		}
		return v
	}
	for i := from; i < to; i++ {
		s := &f.p.steps[i]
		var args [3]jit.Value
		for k, slot := range s.reads() {
			args[k] = value(slot)
		}
		v := translate(b, s, args)
		values[s.dst] = v
		if f.lives(s.dst, i+1, to) {
			b.Store(array(s.dst), v)
		}
	}
	var err error
	m.loop, err = b.Compile(f.wide)
	return m, err
}

// reads lists the slots that a step reads.
func (s *step) reads() []int {
	all := [3]int{s.x, s.y, s.z}
	switch {
	case s.scaled:
		return all[:]
	case s.random:
		return all[:2]
	}
	return all[:s.op.Arity()]
}

// singleIn is the number of the single value that a slot holds, or repeats.
func (c *compiler) singleIn(slot int) (int, bool) {
	if slot >= c.p.single0 && slot < c.p.single0+len(c.p.singles) {
		return slot - c.p.single0, true
	}
	for _, k := range c.p.constants {
		if k.register == slot {
			return k.single, true
		}
	}
	return 0, false
}

// lives is true of a slot that is written before step next and read by a step
// from step end on, or after the last: not where a step in between writes it
// anew.
func (c *compiler) lives(slot, next, end int) bool {
	p := c.p
	for i := next; i < len(p.steps); i++ {
		s := &p.steps[i]
		if i >= end {
			for _, r := range s.reads() {
				if r == slot {
					return true
				}
			}
		}
		if s.dst == slot {
			return false
		}
	}
	for _, t := range p.stores {
		if t.slot == slot {
			return true
		}
	}
	return slot >= p.single0+len(p.singles) || len(c.out) == 0 && slot == p.result
}

// dropConstants forgets registers that repeat a single value for no step.
func (c *compiler) dropConstants() {
	read := map[int]bool{}
	note := func(slots ...int) {
		for _, s := range slots {
			read[s] = true
		}
	}
	for i := range c.p.steps {
		if m, ok := c.p.steps[i].fused.(*machineCode); ok {
			note(m.slots...)
		} else {
			note(c.p.steps[i].reads()...)
		}
	}
	for _, t := range c.p.stores {
		note(t.slot)
	}
	if len(c.out) == 0 {
		note(c.p.result)
	}
	var kept []constant
	for _, k := range c.p.constants {
		if read[k.register] {
			kept = append(kept, k)
		}
	}
	c.p.constants = kept
}

// isWhole is true of a program that is one loop on operands alone.
func (c *compiler) isWhole() bool {
	p := c.p
	if len(p.steps) != 1 || p.steps[0].fused == nil || len(p.loads)+len(p.stores) > 0 || len(c.out) == 0 {
		return false
	}
	for _, slot := range p.steps[0].fused.(*machineCode).slots {
		if slot < p.single0 {
			return false
		}
	}
	return true
}
