package cpu_fallback

import (
	"errors"
	"log"
	"os"
	"sync"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback/internal/jit"
)

func init() {
	if hasAVX2 && os.Getenv("GLEARN_JIT") != "off" {
		fuse = func(c *compiler) {
			if !machineCodeWorks() {
				return
			}
			if err := c.fuse(hasAVX512); err != nil {
				noMoreMachineCode.Do(func() { log.Printf("cpu: %v; further formulas run one operation at a time", err) })
			}
		}
	}
}

// noMoreMachineCode is said once: the memory for it is full, or the system
// forbids it since it was tried.
var noMoreMachineCode sync.Once

// fuse makes the whole program one loop of machine code where it can be, else
// every run of its steps. The program is right with an error, too: steps that
// could not be loaded stay as they were.
func (c *compiler) fuse(wide bool) error {
	f := fuser{compiler: c, wide: wide}
	if f.whole() {
		return nil
	}
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
	return f.failed
}

// fuser makes machine code of a program's steps.
type fuser struct {
	*compiler
	wide   bool
	steps  []step // the program's new ones
	failed error  // why some steps are no machine code, where that is not their number
}

// fuse makes one loop of steps [from, to), or two where they need more
// registers than there are.
func (f *fuser) fuse(from, to int) {
	if to-from < 2 || f.failed != nil {
		f.steps = append(f.steps, f.p.steps[from:to]...)
		return
	}
	w := f.writer()
	for i := from; i < to; i++ {
		v := w.step(&f.p.steps[i])
		if dst := f.p.steps[i].dst; f.lives(dst, i+1, to) {
			w.b.Store(w.array(dst), v)
		}
	}
	loop, err := w.b.Compile()
	if err != nil {
		f.note(err)
		middle := (from + to) / 2
		f.fuse(from, middle)
		f.fuse(middle, to)
		return
	}
	f.cheaper(from, to)
	f.steps = append(f.steps, step{fused: &blockLoop{loop, w.slots}})
}

// note keeps why there is no machine code, unless fewer steps may be some.
func (f *fuser) note(err error) {
	if !errors.Is(err, jit.ErrTooLarge) {
		f.failed = err
	}
}

// cheaper corrects the program's cost for steps that became one loop. Measured:
// an operation between two others takes a fourth of the time of a loop of its
// own.
func (f *fuser) cheaper(from, to int) {
	cost := 0
	for i := from; i < to; i++ {
		cost += costOf(f.p.steps[i].op)
	}
	f.p.cost = max(f.p.cost-cost*3/4, 1)
}

// loopWriter writes steps as the code of one loop. Slots are its arrays.
type loopWriter struct {
	c      *compiler
	b      *jit.Builder
	slots  []int             // by array
	arrays map[int]int       // by slot
	values map[int]jit.Value // by slot: what stands there now
	load   func(slot int) jit.Value
}

func (f *fuser) writer() *loopWriter {
	w := &loopWriter{c: f.compiler, b: jit.NewBuilder(f.wide), arrays: map[int]int{}, values: map[int]jit.Value{}}
	w.load = func(slot int) jit.Value { return w.b.Load(w.array(slot)) }
	return w
}

// array is the number of the array that a slot is.
func (w *loopWriter) array(slot int) int {
	n, ok := w.arrays[slot]
	if !ok {
		n = w.b.Array()
		w.arrays[slot] = n
		w.slots = append(w.slots, slot)
	}
	return n
}

// value is what stands in a slot.
func (w *loopWriter) value(slot int) jit.Value {
	if n, ok := w.c.singleIn(slot); ok {
		return w.b.Single(n)
	}
	v, ok := w.values[slot]
	if !ok {
		v = w.load(slot)
		w.values[slot] = v
	}
	return v
}

// step writes one step.
func (w *loopWriter) step(s *step) jit.Value {
	var args [3]jit.Value
	for k, slot := range s.reads() {
		args[k] = w.value(slot)
	}
	v := translate(w.b, s, args)
	w.values[s.dst] = v
	return v
}

// blockLoop is several steps as a loop over a block of slots.
type blockLoop struct {
	loop  *jit.Loop
	slots []int
}

func (l *blockLoop) run(p *program, w *worker, n int) {
	args := &w.vectors.args
	args.Count, args.Rows, args.Singles = n, 1, p.firstSingle()
	for i, s := range l.slots {
		args.Arrays[i] = &w.slots[s][0]
	}
	l.loop.Run(args)
}

func (p *program) firstSingle() *float32 {
	if len(p.singles) == 0 {
		return nil
	}
	return &p.singles[0]
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
		if l, ok := c.p.steps[i].fused.(*blockLoop); ok {
			note(l.slots...)
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

// gridLoop is a whole program as one loop of machine code, which reads and
// writes the operands where they lie.
type gridLoop struct {
	loop   *jit.Loop
	arrays []array
}

// array is an operand in the program's layout.
type array struct {
	data    []float32
	strides compute.Strides
}

// shortRow is how long a row that repeats is at least for a loop over rows: one
// over blocks, with copies of the row next to each other, is faster below.
const shortRow = 64

// whole makes the program one loop, and says whether it could: where machine
// code has all of its steps, and the operands lie in rows.
func (f *fuser) whole() bool {
	p := f.p
	if len(f.out) == 0 || p.size == 0 {
		return false
	}
	for i := range p.steps {
		if !fusable(&p.steps[i]) {
			return false
		}
	}
	for _, t := range p.loads {
		if t.period > 0 && t.period < shortRow && p.size > t.period {
			return false
		}
	}
	g := &gridLoop{}
	w := f.writer()
	place := func(slot int, a array) {
		w.array(slot)
		g.arrays = append(g.arrays, a)
	}
	for _, d := range p.direct {
		place(d.slot, array{d.data, compute.Dims(p.dims).Contiguous()})
	}
	for _, t := range p.loads {
		step := t.strides[compute.MaxAxes-1]
		if step > 1 && p.inner() > 1 {
			return false
		}
		place(t.slot, array{t.data, t.strides})
		if array := w.array(t.slot); step == 0 {
			w.values[t.slot] = w.b.Repeat(array)
		} else {
			// Before any output is written, which may be in its place.
			w.values[t.slot] = w.b.Load(array)
		}
	}
	for i := range p.steps {
		s := &p.steps[i]
		if v := w.step(s); s.dst >= p.single0 {
			w.b.Store(w.array(s.dst), v)
		}
	}
	for i, t := range p.stores {
		if t.strides[compute.MaxAxes-1] != 1 && p.inner() > 1 {
			return false
		}
		v := w.value(t.slot)
		place(-1-i, array{t.data, t.strides})
		w.b.Store(w.array(-1-i), v)
	}
	var err error
	if g.loop, err = w.b.Compile(); err != nil {
		f.note(err)
		return false
	}
	f.cheaper(0, len(p.steps))
	p.whole = g
	return true
}

// rows runs the program for rows of count elements, the first of which is at
// position; neighbouring rows are distance positions apart and along one axis of
// the layout.
func (g *gridLoop) rows(p *program, w *worker, position, rows, count, distance int) {
	args := &w.vectors.args
	args.Count, args.Rows, args.Singles = count, rows, p.firstSingle()
	c := p.place(position)
	next := c
	if rows > 1 {
		next = p.place(position + distance)
	}
	for i := range g.arrays {
		a := &g.arrays[i]
		at := a.strides.Index(c)
		args.Arrays[i] = &a.data[at]
		args.Steps[i] = 4 * (a.strides.Index(next) - at)
	}
	g.loop.Run(args)
}
