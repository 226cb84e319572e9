package jit

import "sort"

// placement is where a loop's values live.
type placement struct {
	hoist    []Value // constants and single values that keep a register for the whole loop
	register []byte  // of each value
	scratch  [][]byte
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
	for kept := min(len(hoist), registers); kept >= 0; kept-- {
		if p := b.allocate(live, hoist[:kept], registers); p != nil {
			return p, nil
		}
	}
	return nil, ErrTooLarge
}

// allocate walks the code once and gives registers to results, and back after
// their last use; nil when they do not suffice.
func (b *Builder) allocate(live []bool, hoist []Value, registers int) *placement {
	p := &placement{hoist: hoist, register: make([]byte, len(b.code)), scratch: make([][]byte, len(b.code))}
	kept := map[Value]bool{}
	for i, v := range hoist {
		kept[v] = true
		p.register[v] = byte(i)
	}
	var free []byte
	for r := registers - 1; r >= len(hoist); r-- {
		free = append(free, byte(r))
	}
	take := func() (r byte, ok bool) {
		if len(free) == 0 {
			return 0, false
		}
		r, free = free[len(free)-1], free[:len(free)-1]
		return r, true
	}
	last := make([]int, len(b.code))
	for i := range b.code {
		if live[i] {
			for _, a := range b.code[i].operands() {
				last[a] = i
			}
		}
	}
	for i := range b.code {
		in := &b.code[i]
		if !live[i] || in.hoisted() {
			continue
		}
		// Constants without a register are loaded just before.
		for k, a := range in.operands() {
			if !b.code[a].hoisted() || kept[a] || b.embeds(in, k) {
				continue
			}
			r, ok := take()
			if !ok {
				return nil
			}
			p.scratch[i] = append(p.scratch[i], r)
		}
		if in.kind != kindStore {
			// Not the register of an operand: a selection writes its result
			// before it has read them all.
			r, ok := take()
			if !ok {
				return nil
			}
			p.register[i] = r
		}
		free = append(free, p.scratch[i]...)
		done := map[Value]bool{}
		for _, a := range in.operands() {
			if last[a] == i && !b.code[a].hoisted() && !done[a] {
				done[a] = true
				free = append(free, p.register[a])
			}
		}
	}
	return p
}

// embeds is true of an operand that an instruction can take from memory when it
// is a constant: AVX-512 repeats one word for all elements.
func (b *Builder) embeds(in *instruction, operand int) bool {
	return b.wide && in.kind == kindBinary && operand == 1
}
