package jit

import "sort"

// placement is where a loop's values live.
type placement struct {
	hoist    []Value  // constants and single values that keep a register for the whole loop
	kept     []bool   // whether a value is one of them
	register []byte   // of each value
	scratch  [][]byte // of each instruction, for operands that are other constants
	used     int      // registers in all
}

// place gives every value a register. As many constants as possible keep one,
// those that are used most first; the others are loaded wherever they are used.
func (b *Builder) place(live []bool, registers int) (*placement, error) {
	uses := make([]int, len(b.code))
	var hoist []Value
	for i := range b.code {
		if !live[i] {
			continue
		}
		for _, a := range b.code[i].operands() {
			uses[a]++
		}
		if b.code[i].hoisted() {
			hoist = append(hoist, Value(i))
		}
	}
	sort.SliceStable(hoist, func(i, k int) bool { return uses[hoist[i]] > uses[hoist[k]] })
	for kept := min(len(hoist), registers); kept >= 0; {
		p := b.allocate(live, hoist[:kept])
		if p.used <= registers {
			return p, nil
		}
		// Every constant that gives its register up leaves one more, at most.
		kept -= p.used - registers
	}
	return nil, ErrTooLarge
}

// allocate walks the code once and gives registers to results, and back after
// their last use, as if there were any number of them.
func (b *Builder) allocate(live []bool, hoist []Value) *placement {
	n := len(b.code)
	p := &placement{hoist: hoist, kept: make([]bool, n), register: make([]byte, n), scratch: make([][]byte, n), used: len(hoist)}
	for i, v := range hoist {
		p.kept[v], p.register[v] = true, byte(i)
	}
	var free []byte
	take := func() (r byte) {
		if len(free) == 0 {
			p.used++
			return byte(p.used - 1)
		}
		r, free = free[len(free)-1], free[:len(free)-1]
		return r
	}
	last := b.lastUses(live)
	for i := range b.code {
		in := &b.code[i]
		if !live[i] || in.hoisted() {
			continue
		}
		// Constants without a register are loaded just before.
		for k, a := range in.operands() {
			if b.code[a].hoisted() && !p.kept[a] && !b.embeds(in, k) {
				p.scratch[i] = append(p.scratch[i], take())
			}
		}
		if in.kind != kindStore {
			// Not the register of an operand: a selection writes its result
			// before it has read them all.
			p.register[i] = take()
		}
		free = append(free, p.scratch[i]...)
		for _, a := range in.operands() {
			if last[a] == i && !b.code[a].hoisted() {
				last[a] = -1 // it may be another operand, too
				free = append(free, p.register[a])
			}
		}
	}
	return p
}

// lastUses is the instruction that reads each value last.
func (b *Builder) lastUses(live []bool) []int {
	last := make([]int, len(b.code))
	for i := range b.code {
		if live[i] {
			for _, a := range b.code[i].operands() {
				last[a] = i
			}
		}
	}
	return last
}

// embeds is true of an operand that an instruction can take from memory when it
// is a constant: AVX-512 repeats one word for all elements.
func (b *Builder) embeds(in *instruction, operand int) bool {
	return b.wide && in.kind == kindBinary && operand == 1
}
