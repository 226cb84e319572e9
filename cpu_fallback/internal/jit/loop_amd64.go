package jit

import (
	"encoding/binary"
	"unsafe"
)

// Args is what a loop works on.
type Args struct {
	Count   int      // of elements, at least 1
	Singles *float32 // the single values; nil where there are none
	Arrays  [MaxArrays]*float32
	control [2]uint32 // MXCSR as it was, and as the loop has it
}

// Loop is machine code.
type Loop struct{ entry *byte }

// Run runs the loop. The arrays have args.Count elements and overlap only
// element for element, if at all.
func (l *Loop) Run(args *Args) { call(l.entry, args) }

// call is implemented in call_amd64.s.
//
//go:noescape
func call(entry *byte, args *Args)

// arrayRegisters point at the arrays, in this order. CX is the position in
// bytes and AX the count of the elements that are left; DX points at the
// single values.
var arrayRegisters = [MaxArrays]int{rbx, rsi, r8, r9, r10, r11, r12, r13, r14, r15}

// compareMask is the mask register of comparisons; tailVector the register of
// AVX2 that stands for the mask register tailMask.
const (
	compareMask = 2
	tailVector  = 15
)

// flushToZero is the bit of MXCSR that makes results below the smallest normal
// number 0: they cost a hundred times as much as others.
const flushToZero = 0x8000

// Compile makes a loop of the formula: with AVX-512 (F, DQ, VL, and BMI2) where
// wide is true, else with AVX2.
func (b *Builder) Compile(wide bool) (*Loop, error) {
	if b.arrays > MaxArrays {
		return nil, ErrTooLarge
	}
	live := b.live()
	registers := tailVector
	if wide {
		registers = 32
	}
	p, err := b.place(live, registers)
	if err != nil {
		return nil, err
	}
	w := &writer{assembler: assembler{wide: wide}, b: b, live: live, placement: p}
	w.loop()
	return load(w.finish())
}

// writer writes a loop.
type writer struct {
	assembler
	*placement
	b    *Builder
	live []bool
}

// vectorBytes is the length of a vector.
func (w *writer) vectorBytes() uint32 {
	if w.wide {
		return 64
	}
	return 32
}

// multiplies is true of a loop whose results may become too small for normal
// numbers by a multiplication or a division.
func (w *writer) multiplies() bool {
	for i, in := range w.b.code {
		if w.live[i] && (in.op == opMul || in.op == opDiv) {
			return true
		}
	}
	return false
}

func (w *writer) loop() {
	tail := len(w.words) // words of which a window masks the tail in AVX2
	for range 8 {
		w.words = append(w.words, ^uint32(0))
	}
	w.words = append(w.words, make([]uint32, 8)...)
	var args Args
	control := uint32(unsafe.Offsetof(args.control))
	flush := w.multiplies()
	w.emit(0x57) // PUSHQ DI
	if flush {
		w.withDI(control, 0x0F, 0xAE, 0x9F)   // STMXCSR control(DI)
		w.withDI(control, 0x8B, 0x87)         // MOVL control(DI), AX
		w.with(flushToZero, 0x0D)             // ORL $flushToZero, AX
		w.withDI(control+4, 0x89, 0x87)       // MOVL AX, control+4(DI)
		w.withDI(control+4, 0x0F, 0xAE, 0x97) // LDMXCSR control+4(DI)
	}
	w.withDI(uint32(unsafe.Offsetof(args.Count)), 0x48, 0x8B, 0x87)   // MOVQ Count(DI), AX
	w.withDI(uint32(unsafe.Offsetof(args.Singles)), 0x48, 0x8B, 0x97) // MOVQ Singles(DI), DX
	for i, r := range arrayRegisters[:w.b.arrays] {
		w.withDI(uint32(unsafe.Offsetof(args.Arrays)+8*uintptr(i)), byte(0x48|r>>3<<2), 0x8B, byte(0x87|r&7<<3)) // MOVQ Arrays[i](DI), r
	}
	for _, v := range w.hoist {
		w.broadcast(v, w.register[v])
	}
	step := w.vectorBytes()
	lanes := step / 4
	w.emit(0x31, 0xC9)        // XORL CX, CX
	w.with(lanes, 0x48, 0x3D) // CMPQ AX, $lanes
	few := w.jump(0x8C)       // JLT
	top := len(w.bytes)
	w.body(false)
	w.with(step, 0x48, 0x81, 0xC1) // ADDQ $step, CX
	w.with(lanes, 0x48, 0x2D)      // SUBQ $lanes, AX
	w.with(lanes, 0x48, 0x3D)      // CMPQ AX, $lanes
	w.land(w.jump(0x8D), top)      // JGE
	w.land(few, len(w.bytes))
	w.emit(0x48, 0x85, 0xC0) // TESTQ AX, AX
	end := w.jump(0x84)      // JE
	if w.wide {
		w.emit(0xC4, 0xE2, 0x78, 0xF5) // BZHI AX, ones, AX
		w.address(rax, memory{word: tail})
		w.emit(0xC5, 0xF8, 0x92, 0xC8) // KMOVW AX, K1
	} else {
		w.emit(0x48, 0xC1, 0xE0, 2) // SHLQ $2, AX
		w.emit(0x48, 0x8D)          // LEAQ the zeros, DI
		w.address(rdi, memory{word: tail + 8})
		w.emit(0x48, 0x29, 0xC7) // SUBQ AX, DI
		w.memory(opMove, tailVector, 0, memory{base: rdi, word: -1}, unmasked, false)
	}
	w.body(true)
	w.land(end, len(w.bytes))
	w.emit(0xC5, 0xF8, 0x77) // VZEROUPPER
	w.emit(0x5F)             // POPQ DI
	if flush {
		w.withDI(control, 0x0F, 0xAE, 0x97) // LDMXCSR control(DI)
	}
	w.emit(0xC3) // RET
}

// with is an instruction that ends in 32 bits.
func (w *writer) with(x uint32, code ...byte) {
	w.emit(code...)
	w.emit32(x)
}

// withDI is an instruction whose last byte names DI plus an offset.
func (w *writer) withDI(offset uint32, code ...byte) { w.with(offset, code...) }

// jump is a conditional jump to a place that is not known yet.
func (w *writer) jump(condition byte) int {
	w.with(0, 0x0F, condition)
	return len(w.bytes)
}

// land lets a jump lead to a place.
func (w *writer) land(jump, place int) {
	binary.LittleEndian.PutUint32(w.bytes[jump-4:], uint32(place-jump))
}

// broadcast loads a constant or a single value into a register.
func (w *writer) broadcast(v Value, register byte) {
	in := &w.b.code[v]
	m := memory{base: rdx, offset: int32(4 * in.n), word: -1}
	if in.kind == kindWord {
		m = memory{word: w.word(in.n)}
	}
	w.memory(opBroadcast, register, 0, m, unmasked, false)
}

// body is the formula for a vector of elements, or for those that are left.
func (w *writer) body(masked bool) {
	kept := map[Value]bool{}
	for _, v := range w.hoist {
		kept[v] = true
	}
	for i := range w.b.code {
		in := &w.b.code[i]
		if !w.live[i] || in.hoisted() {
			continue
		}
		var args [4]byte
		scratch := w.scratch[i]
		for k, a := range in.operands() {
			args[k] = w.register[a]
			if w.b.code[a].hoisted() && !kept[a] {
				args[k], scratch = scratch[0], scratch[1:]
				w.broadcast(a, args[k])
			}
		}
		w.instruction(in, w.register[i], args, masked)
	}
}

// instruction is one step of the formula on registers.
func (w *writer) instruction(in *instruction, to byte, args [4]byte, masked bool) {
	switch in.kind {
	case kindLoad:
		w.array(opMove, opMaskedLoad, in.n, to, masked, true)
	case kindStore:
		w.array(opStore, opMaskedStore, in.n, args[0], masked, false)
	case kindBinary:
		w.registers(in.op, to, args[0], args[1], unmasked)
	case kindUnary:
		w.registers(in.op, to, 0, args[0], unmasked)
	case kindRound:
		w.registers(in.op, to, 0, args[0], unmasked)
		w.emit(byte(in.n))
	case kindCompare:
		w.compare(in.n, to, args[0], args[1])
		if w.wide {
			w.registers(opMaskToVector, to, 0, compareMask, unmasked)
		}
	case kindSelect:
		if w.wide {
			w.registers(opVectorToMask, compareMask, 0, args[0], unmasked)
		}
		w.blend(to, args[0], args[1], args[2])
	case kindWhere:
		w.compare(in.n, to, args[0], args[1])
		w.blend(to, to, args[2], args[3])
	}
}

// array moves elements between a register and an array.
func (w *writer) array(op, masking opcode, array uint32, register byte, masked, zero bool) {
	m := memory{base: arrayRegisters[array], index: rcx, word: -1}
	switch {
	case !masked:
		w.memory(op, register, 0, m, unmasked, false)
	case w.wide:
		w.memory(op, register, 0, m, tailMask, zero)
	default:
		w.memory(masking, register, tailVector, m, unmasked, false)
	}
}

// compare sets the mask register, or a vector in AVX2.
func (w *writer) compare(predicate uint32, to, a, b byte) {
	if w.wide {
		to = compareMask
	}
	w.registers(opCompare, to, a, b, unmasked)
	w.emit(byte(predicate))
}

// blend is x where the mask register, or the vector mask in AVX2, is set, else
// y.
func (w *writer) blend(to, mask, x, y byte) {
	if w.wide {
		w.registers(opBlend, to, y, x, compareMask)
		return
	}
	w.registers(opBlendMask, to, y, x, unmasked)
	w.emit(mask << 4)
}
