package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// blockWords is how many elements an Expr is run over at a time: long enough
// that choosing the loop costs little, short enough that the values of a long
// formula stay in the L1 cache.
const blockWords = 512

// operand is a kernel's operand with the memory behind it.
type operand struct {
	compute.Operand
	data []float32
}

// step is one instruction of a program: a loop over the block, from slots to
// a slot.
type step struct {
	loop      loop
	op        compute.Op
	of        compute.Type // the operands; of a selection, what is selected
	scaled    bool         // x + y z, with a single value z
	dst       int
	x, y, z   int
	random    bool
	stream    uint32
	seedSteps bool // random: seed and step are blocks and not single values
	fused     fusedSteps
}

// fusedSteps are several steps as one loop.
type fusedSteps interface {
	run(p *program, w *worker, n int)
}

// wholeLoop is a whole program as one loop over operands alone.
type wholeLoop interface {
	rows(p *program, w *worker, position, rows, count, distance int)
}

// fuse makes single loops of a program's steps where that is possible. nil where
// there is no machine code, and in tests of what runs without it.
var fuse func(c *compiler)

// program is an Expr bound to operands. Its values live in slots: registers
// of one block first, then single values, then views into the operands. What
// is the same for all elements is computed once, by start.
type program struct {
	layout
	steps     []step
	once      []step // on single values
	registers int
	constants []constant // registers that repeat a single value
	singles   []float32
	single0   int // the slot of singles[0]
	direct    []direct
	loads     []transfer
	stores    []transfer
	readOnce  []transfer // stride: the operand's word; register: number of the single
	slots     int
	result    int             // the slot of output 0, where no operand takes it
	follow    compute.Strides // see reduction
	cost      int             // of one element, in about a tenth of a nanosecond
	stepCost  int             // the same without machine code: an order of additions may depend on this one
	whole     wholeLoop       // all of the steps, or nil
}

// direct is a slot that is a window of an operand without gaps.
type direct struct {
	slot int
	data []float32
}

// constant is a register that repeats a single value.
type constant struct{ register, single int }

// transfer is the copy between an operand and a slot.
type transfer struct {
	slot    int
	data    []float32
	strides compute.Strides
	dense   bool // the operand has no gaps
	period  int  // of a load: its words repeat after so many elements; 0: they do not
}

// compile binds e to operands over dims. Without out, the value of output 0 is
// left in the slot result.
func compile(e *compute.Expr, dims compute.Dims, in, out []operand) *program {
	return compileWith(e, dims, in, out, compute.Strides{}, nil)
}

// compileWith is compile for a layout that respects split, as in merge, and
// another operand with the strides follow.
func compileWith(e *compute.Expr, dims compute.Dims, in, out []operand, follow compute.Strides, split func(a, b int) bool) *program {
	c := newCompiler(e, dims, in, out, follow, split)
	c.run()
	c.p.stepCost = c.p.cost
	if fuse != nil {
		fuse(c)
	}
	return c.p
}

func newCompiler(e *compute.Expr, dims compute.Dims, in, out []operand, follow compute.Strides, split func(a, b int) bool) *compiler {
	strides := make([]compute.Strides, 0, len(in)+len(out)+1)
	for _, o := range in {
		strides = append(strides, o.Strides)
	}
	for _, o := range out {
		strides = append(strides, o.Strides)
	}
	if split != nil {
		strides = append(strides, follow)
	}
	l, merged := merge(dims, strides, split)
	c := &compiler{p: &program{layout: l}, e: e, in: in, out: out, inStrides: merged[:len(in)], outStrides: merged[len(in) : len(in)+len(out)]}
	if split != nil {
		c.p.follow = merged[len(merged)-1]
	}
	return c
}

// compiler builds a program.
type compiler struct {
	p                     *program
	e                     *compute.Expr
	in, out               []operand
	inStrides, outStrides []compute.Strides

	values  []value
	lastUse []int // the last instruction that reads each value
	uses    []int // how many instructions and outputs read each value
	scaled  map[int]scaling
	free    []int // registers
	repeats map[int]int
}

// value is where the result of an instruction lives: in a slot, or as a single
// number that all elements share. Slots of direct views are numbered after
// registers and singles, so they are negative until all are known.
type value struct {
	single bool
	at     int
}

func (c *compiler) run() {
	e, p := c.e, c.p
	c.values = make([]value, len(e.Code))
	c.lastUse, c.uses = make([]int, len(e.Code)), make([]int, len(e.Code))
	c.repeats, c.scaled = map[int]int{}, map[int]scaling{}
	for i, in := range e.Code {
		for k := range in.Op.Arity() {
			c.lastUse[in.Args[k]] = i
			c.uses[in.Args[k]]++
		}
	}
	for _, at := range e.Outputs {
		c.lastUse[at] = len(e.Code)
		c.uses[at]++
	}
	for i := range e.Code {
		c.instruction(i)
	}
	for o := range c.out {
		c.store(o, e.Outputs[o])
	}
	if len(c.out) == 0 {
		v := c.values[e.Outputs[0]]
		p.result = v.slot()
		if v.single {
			p.result = c.repeated(v.at)
		}
	}
	p.single0 = p.registers
	p.slots = p.registers + len(p.singles) + len(p.direct)
	place := func(slot *int) {
		switch {
		case *slot <= directBase:
			*slot = p.registers + len(p.singles) + directBase - *slot
		case *slot < 0:
			*slot = p.registers - 1 - *slot
		}
	}
	for _, list := range [][]step{p.steps, p.once} {
		for i := range list {
			s := &list[i]
			place(&s.dst)
			place(&s.x)
			place(&s.y)
			place(&s.z)
		}
	}
	place(&p.result)
	for i := range p.direct {
		place(&p.direct[i].slot)
	}
	for _, list := range [][]transfer{p.loads, p.stores, p.readOnce} {
		for i := range list {
			place(&list[i].slot)
		}
	}
}

// Unplaced slots: register r is r, single s is -1-s, direct view v is
// directBase-v.
const directBase = -1 << 30

func (v value) slot() int {
	if v.single {
		return -1 - v.at
	}
	return v.at
}

func (c *compiler) newSingle(x float32) value {
	c.p.singles = append(c.p.singles, x)
	return value{single: true, at: len(c.p.singles) - 1}
}

func (c *compiler) newRegister() int {
	if n := len(c.free); n > 0 {
		r := c.free[n-1]
		c.free = c.free[:n-1]
		return r
	}
	c.p.registers++
	return c.p.registers - 1
}

func (c *compiler) newDirect(data []float32) int {
	c.p.direct = append(c.p.direct, direct{directBase - len(c.p.direct), data})
	return directBase - (len(c.p.direct) - 1)
}

// instruction places one instruction of the Expr.
func (c *compiler) instruction(i int) {
	in, p := c.e.Code[i], c.p
	switch in.Op {
	case compute.OpInput:
		c.values[i] = c.input(i, in.N)
		return
	case compute.OpConst:
		c.values[i] = c.newSingle(constantWord(in))
		return
	}
	arity := in.Op.Arity()
	var args [3]value
	singles := in.Op != compute.OpRandom
	for k := range arity {
		args[k] = c.values[in.Args[k]]
		singles = singles && args[k].single
	}
	if in.Op == compute.OpRandom {
		c.random(i, in, args)
		return
	}
	argType := c.e.Code[in.Args[0]].Type
	if in.Op == compute.OpSelect {
		argType = in.Type
	}
	if singles {
		c.values[i] = c.newSingle(0)
		s := step{loop: loopFor(in.Op, argType, blocks), dst: c.values[i].slot()}
		s.x, s.y, s.z = args[0].slot(), args[1].slot(), args[2].slot()
		p.once = append(p.once, s)
		return
	}
	if c.scales(i, args) || c.addScaled(i, args) {
		return
	}
	// A loop that takes a single value as one operand saves a register; where
	// there is none, the value is repeated in a register once.
	form := formOf(arity, args[0].single, args[1].single)
	s := step{loop: loopFor(in.Op, argType, form), op: in.Op, of: argType}
	if s.loop == nil || form == blocks {
		s.loop = loopFor(in.Op, argType, blocks)
		for k := range arity {
			if args[k].single {
				args[k] = value{at: c.repeated(args[k].at)}
			}
		}
	}
	s.x, s.y, s.z = args[0].slot(), args[1].slot(), args[2].slot()
	p.cost += costOf(in.Op)
	s.dst = c.destination(i)
	c.values[i] = value{at: s.dst}
	p.steps = append(p.steps, s)
}

// repeated is the register that repeats a single value.
func (c *compiler) repeated(single int) int {
	r, ok := c.repeats[single]
	if !ok {
		// Never one from the free list: it is filled before the first step.
		c.p.registers++
		r = c.p.registers - 1
		c.repeats[single] = r
		c.p.constants = append(c.p.constants, constant{register: r, single: single})
	}
	return r
}

// input places operand n: as a single value, as a window of its own memory, or
// as a register that is loaded for every block.
func (c *compiler) input(i, n int) value {
	p, o, strides := c.p, c.in[n], c.inStrides[n]
	if p.size == 0 {
		return c.newSingle(0)
	}
	if p.contiguous(strides) && !c.storedOver(i, o) {
		p.cost += 2
		return value{at: c.newDirect(o.data)}
	}
	if strides == (compute.Strides{}) && p.size > 1 {
		v := c.newSingle(0)
		p.readOnce = append(p.readOnce, transfer{slot: v.slot(), data: o.data})
		return v
	}
	p.cost += 4
	// Loads come before the first step, so their registers are never reused
	// ones.
	p.registers++
	r := p.registers - 1
	p.loads = append(p.loads, transfer{slot: r, data: o.data, strides: strides, dense: p.contiguous(strides), period: p.period(strides)})
	return value{at: r}
}

// period is the length of a row that an operand repeats for all rows, else 0.
func (l *layout) period(s compute.Strides) int {
	for a := range compute.MaxAxes - 1 {
		if s[a] != 0 && l.dims[a] != 1 {
			return 0
		}
	}
	return l.inner()
}

// storedOver is true when the value of input o is stored to an output as it
// stands, while some output may overwrite it before.
func (c *compiler) storedOver(i int, o operand) bool {
	if c.lastUse[i] < len(c.e.Code) {
		return false
	}
	for _, out := range c.out {
		if out.Overlaps(o.View) {
			return true
		}
	}
	return false
}

// destination is the slot for the result of instruction i: an output's own
// memory where that is safe, else a register, that of a dying operand first.
func (c *compiler) destination(i int) int {
	if o := c.outputOf(i); o >= 0 {
		return c.newDirect(c.out[o].data)
	}
	in := c.e.Code[i]
	for k := range in.Op.Arity() {
		c.release(in.Args[k], i)
	}
	return c.newRegister()
}

// release frees the register of a value that instruction i reads last.
func (c *compiler) release(at, i int) {
	v := c.values[at]
	if v.single || v.at < 0 || c.lastUse[at] != i || c.stays(v.at) {
		return
	}
	for _, r := range c.free {
		if r == v.at {
			return
		}
	}
	c.free = append(c.free, v.at)
}

// stays is true of a register whose words serve several blocks.
func (c *compiler) stays(register int) bool {
	for _, k := range c.p.constants {
		if k.register == register {
			return true
		}
	}
	for _, t := range c.p.loads {
		if t.slot == register && t.period > 0 {
			return true
		}
	}
	return false
}

// outputOf is the output that instruction i may write directly, or -1: it has
// no gaps, and no later instruction reads an input in the same memory.
func (c *compiler) outputOf(i int) int {
	for o := range c.out {
		if c.e.Outputs[o] != i || !c.p.contiguous(c.outStrides[o]) {
			continue
		}
		safe := true
		for k, in := range c.e.Code {
			if in.Op == compute.OpInput && c.in[in.N].Overlaps(c.out[o].View) && c.lastUse[k] > i {
				safe = false
			}
		}
		if safe {
			return o
		}
	}
	return -1
}

// store places the copy of a value to output o, unless it is there already.
func (c *compiler) store(o, at int) {
	p, v := c.p, c.values[at]
	if c.e.Code[at].Op.Arity() > 0 && !v.single && c.outputOf(at) == o {
		p.cost += 2
		return
	}
	p.cost += 4
	slot := v.slot()
	if v.single {
		slot = c.repeated(v.at)
	}
	p.stores = append(p.stores, transfer{slot: slot, data: c.out[o].data, strides: c.outStrides[o], dense: p.contiguous(c.outStrides[o])})
}

// random places a generator. Seed and step are almost always the same for all
// elements.
func (c *compiler) random(i int, in compute.Instr, args [3]value) {
	s := step{random: true, stream: uint32(int32(in.N))}
	if !args[0].single || !args[1].single {
		s.seedSteps = true
		for k := range 2 {
			if args[k].single {
				args[k] = value{at: c.repeated(args[k].at)}
			}
		}
	}
	s.x, s.y = args[0].slot(), args[1].slot()
	c.p.cost += costOf(in.Op)
	s.dst = c.destination(i)
	c.values[i] = value{at: s.dst}
	c.p.steps = append(c.p.steps, s)
}

// constantWord is a constant as the word that loops read.
func constantWord(in compute.Instr) float32 {
	switch in.Type {
	case compute.Int:
		return math.Float32frombits(uint32(int32(in.N)))
	case compute.Bool:
		if in.N != 0 {
			return math.Float32frombits(^uint32(0))
		}
		return 0
	}
	return in.Const
}

// scratch is the number of words of a worker's registers.
func (p *program) scratch() int { return p.registers * blockWords }
