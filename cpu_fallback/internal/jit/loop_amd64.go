package jit

import (
	"encoding/binary"
	"runtime"
	"unsafe"
)

// Args is what a loop works on: rows of elements.
type Args struct {
	Count   int      // of elements in a row, at least 1
	Rows    int      // at least 1; 0 afterwards
	Singles *float32 // the single values; nil where there are none
	Arrays  [MaxArrays]*float32
	Steps   [MaxArrays]int // bytes between the rows of each array
	vectors int            // bytes of a row that are whole vectors
	control [2]uint32      // MXCSR as it was, and as the loop has it
	mask    [8]uint32      // the elements behind the last whole vector: bits in the first word, or words
}

// Loop is machine code. Its memory is given back when the program no longer has
// the Loop.
type Loop struct {
	entry *byte
	wide  bool
}

// Run runs the loop. Arrays overlap only element for element, if at all.
func (l *Loop) Run(args *Args) {
	if l.wide {
		args.vectors = args.Count / 16 * 64
		args.mask[0] = 1<<(args.Count%16) - 1
	} else {
		args.vectors = args.Count / 8 * 32
		for i := range args.mask {
			args.mask[i] = 0
			if i < args.Count%8 {
				args.mask[i] = ^uint32(0)
			}
		}
	}
	call(l.entry, args)
	runtime.KeepAlive(l) // else its memory may be given back in between
}

// call is implemented in call_amd64.s.
//
//go:noescape
func call(entry *byte, args *Args)

// arrayRegisters point at the rows of the first arrays; those of the others are
// loaded into AX when they are needed. CX is the position in bytes, DX points at
// the single values and DI at the arguments.
var arrayRegisters = [...]int{rbx, rsi, r8, r9, r10, r11, r12, r13, r14, r15}

// compareMask is the mask register of comparisons; tailVector the register of
// AVX2 that stands for the mask register tailMask.
const (
	compareMask = 2
	tailVector  = 15
)

// flushToZero is the bit of MXCSR that makes results below the smallest normal
// number 0: they cost a hundred times as much as others.
const flushToZero = 0x8000

// Compile makes a loop of the formula.
func (b *Builder) Compile() (*Loop, error) {
	if b.arrays > MaxArrays {
		return nil, ErrTooLarge
	}
	live := b.live()
	registers := tailVector
	if b.wide {
		registers = 32
	}
	p, err := b.place(live, registers)
	if err != nil {
		return nil, err
	}
	w := &writer{assembler: assembler{wide: b.wide}, b: b, live: live, placement: p}
	w.loop()
	return load(w.finish(), b.wide)
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
	var args Args
	control, mask := uint32(unsafe.Offsetof(args.control)), int32(unsafe.Offsetof(args.mask))
	flush := w.multiplies()
	if flush {
		w.with(control, 0x0F, 0xAE, 0x9F)   // STMXCSR control(DI)
		w.with(control, 0x8B, 0x87)         // MOVL control(DI), AX
		w.with(flushToZero, 0x0D)           // ORL $flushToZero, AX
		w.with(control+4, 0x89, 0x87)       // MOVL AX, control+4(DI)
		w.with(control+4, 0x0F, 0xAE, 0x97) // LDMXCSR control+4(DI)
	}
	w.fromArgs(rdx, unsafe.Offsetof(args.Singles), load64)
	for i := range w.b.arrays {
		if i < len(arrayRegisters) {
			w.fromArgs(arrayRegisters[i], pointerOf(i), load64)
		}
	}
	if w.wide {
		w.with(uint32(mask), 0x8B, 0x87) // MOVL mask(DI), AX
		w.emit(0xC5, 0xF8, 0x92, 0xC8)   // KMOVW AX, K1
	} else {
		w.memory(opMove, tailVector, 0, memory{base: rdi, offset: mask, word: -1}, unmasked)
	}
	for _, v := range w.hoist {
		w.broadcast(v, w.register[v])
	}
	row := len(w.bytes)
	w.elements()
	w.with(uint32(unsafe.Offsetof(args.Rows)), 0x48, 0xFF, 0x8F) // DECQ Rows(DI)
	end := w.jump(0x84)                                          // JE
	for i := range w.b.arrays {
		if i < len(arrayRegisters) {
			w.fromArgs(arrayRegisters[i], stepOf(i), add64)
			continue
		}
		w.fromArgs(rax, stepOf(i), load64)
		w.fromArgs(rax, pointerOf(i), addTo64)
	}
	w.emit(0xE9) // JMP
	w.emit32(uint32(row - len(w.bytes) - 4))
	w.land(end, len(w.bytes))
	w.emit(0xC5, 0xF8, 0x77) // VZEROUPPER
	if flush {
		w.with(control, 0x0F, 0xAE, 0x97) // LDMXCSR control(DI)
	}
	w.emit(0xC3) // RET
}

// elements is the loop over the elements of a row.
func (w *writer) elements() {
	var args Args
	vectors := unsafe.Offsetof(args.vectors)
	w.emit(0x31, 0xC9) // XORL CX, CX
	w.fromArgs(rcx, vectors, compare64)
	few := w.jump(0x8D) // JGE
	top := len(w.bytes)
	w.body(false)
	w.with(w.vectorBytes(), 0x48, 0x81, 0xC1) // ADDQ $bytes, CX
	w.fromArgs(rcx, vectors, compare64)
	w.land(w.jump(0x8C), top) // JLT
	w.land(few, len(w.bytes))
	w.with(uint32(unsafe.Offsetof(args.mask)), 0x83, 0xBF) // CMPL mask(DI), $0
	w.emit(0)
	end := w.jump(0x84) // JE
	w.body(true)
	w.land(end, len(w.bytes))
}

// Instructions on a general register and 64 bits of the arguments.
const (
	addTo64   = 0x01
	add64     = 0x03
	compare64 = 0x3B
	load64    = 0x8B
)

func (w *writer) fromArgs(register int, offset uintptr, code byte) {
	w.with(uint32(offset), byte(0x48|register>>3<<2), code, byte(0x87|register&7<<3))
}

// pointerOf and stepOf are where array i stands in the arguments.
func pointerOf(i int) uintptr { return unsafe.Offsetof(Args{}.Arrays) + 8*uintptr(i) }
func stepOf(i int) uintptr    { return unsafe.Offsetof(Args{}.Steps) + 8*uintptr(i) }

// with is an instruction that ends in 32 bits.
func (w *writer) with(x uint32, code ...byte) {
	w.emit(code...)
	w.emit32(x)
}

// jump is a conditional jump to a place that is not known yet.
func (w *writer) jump(condition byte) int {
	w.with(0, 0x0F, condition)
	return len(w.bytes)
}

// land lets a jump lead to a place.
func (w *writer) land(jump, place int) {
	binary.LittleEndian.PutUint32(w.bytes[jump-4:], uint32(place-jump))
}

// constant is where a constant or a single value stands.
func (w *writer) constant(v Value) memory {
	in := &w.b.code[v]
	if in.kind == kindWord {
		return memory{word: w.word(in.n)}
	}
	return memory{base: rdx, offset: int32(4 * in.n), word: -1}
}

// broadcast loads a constant or a single value into a register.
func (w *writer) broadcast(v Value, register byte) {
	w.memory(opBroadcast, register, 0, w.constant(v), unmasked)
}

// body is the formula for a vector of elements, or for those that are left.
func (w *writer) body(masked bool) {
	for i := range w.b.code {
		in := &w.b.code[i]
		if !w.live[i] || in.hoisted() {
			continue
		}
		var args [4]byte
		scratch := w.scratch[i]
		embedded := false
		for k, a := range in.operands() {
			args[k] = w.register[a]
			if !w.b.code[a].hoisted() || w.kept[a] {
				continue
			}
			if w.b.embeds(in, k) {
				w.memory(in.op, w.register[i], args[0], w.constant(a), broadcast)
				embedded = true
				continue
			}
			args[k], scratch = scratch[0], scratch[1:]
			w.broadcast(a, args[k])
		}
		if !embedded {
			w.instruction(in, w.register[i], args, masked)
		}
	}
}

// instruction is one step of the formula on registers.
func (w *writer) instruction(in *instruction, to byte, args [4]byte, masked bool) {
	switch in.kind {
	case kindRepeat:
		w.memory(opBroadcast, to, 0, memory{base: w.pointer(in.n), word: -1}, unmasked)
	case kindLoad:
		w.array(opMove, opMaskedLoad, in.n, to, masked, zeroing)
	case kindStore:
		w.array(opStore, opMaskedStore, in.n, args[0], masked, 0)
	case kindBinary:
		w.registers(in.op, to, args[0], args[1], unmasked)
	case kindUnary:
		w.registers(in.op, to, 0, args[0], unmasked)
	case kindShift:
		w.registers(in.op, in.op.extension, to, args[0], unmasked)
		w.emit(byte(in.n))
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

// pointer is a register that points at the row of an array.
func (w *writer) pointer(array uint32) int {
	if int(array) < len(arrayRegisters) {
		return arrayRegisters[array]
	}
	w.fromArgs(rax, pointerOf(int(array)), load64)
	return rax
}

// array moves elements between a register and an array.
func (w *writer) array(op, masking opcode, array uint32, register byte, masked bool, rest byte) {
	m := memory{base: w.pointer(array), index: rcx, word: -1}
	switch {
	case !masked:
		w.memory(op, register, 0, m, unmasked)
	case w.wide:
		w.memory(op, register, 0, m, tailMask|rest)
	default:
		w.memory(masking, register, tailVector, m, unmasked)
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
