package jit

import "encoding/binary"

// opcode is an instruction on vectors: the byte, the map it is in and the
// prefix that belongs to it.
type opcode struct {
	code   byte
	space  byte // 1: 0F, 2: 0F38, 3: 0F3A
	prefix byte // 0: none, 1: 66, 2: F3
	// extension stands in place of a register, where the result is the second
	// operand.
	extension byte
}

var (
	opMove      = opcode{code: 0x10, space: 1, prefix: 0}
	opStore     = opcode{code: 0x11, space: 1, prefix: 0}
	opSqrt      = opcode{code: 0x51, space: 1, prefix: 0}
	opAnd       = opcode{code: 0x54, space: 1, prefix: 0}
	opOr        = opcode{code: 0x56, space: 1, prefix: 0}
	opXor       = opcode{code: 0x57, space: 1, prefix: 0}
	opAdd       = opcode{code: 0x58, space: 1, prefix: 0}
	opMul       = opcode{code: 0x59, space: 1, prefix: 0}
	opFromInt   = opcode{code: 0x5B, space: 1, prefix: 0}
	opSub       = opcode{code: 0x5C, space: 1, prefix: 0}
	opMin       = opcode{code: 0x5D, space: 1, prefix: 0}
	opDiv       = opcode{code: 0x5E, space: 1, prefix: 0}
	opMax       = opcode{code: 0x5F, space: 1, prefix: 0}
	opCompare   = opcode{code: 0xC2, space: 1, prefix: 0}
	opBroadcast = opcode{code: 0x18, space: 2, prefix: 1}
	opScale     = opcode{code: 0x2C, space: 2, prefix: 1}
	opSubInt    = opcode{code: 0xFA, space: 1, prefix: 1}
	opAddInt    = opcode{code: 0xFE, space: 1, prefix: 1}
	opRound     = opcode{code: 0x08, space: 3, prefix: 1}

	opBlendMask    = opcode{code: 0x4A, space: 3, prefix: 1} // AVX: the mask is a vector
	opMaskedLoad   = opcode{code: 0x2C, space: 2, prefix: 1}
	opMaskedStore  = opcode{code: 0x2E, space: 2, prefix: 1}
	opBlend        = opcode{code: 0x65, space: 2, prefix: 1} // AVX-512: the mask is a mask register
	opMaskToVector = opcode{code: 0x38, space: 2, prefix: 2}
	opVectorToMask = opcode{code: 0x39, space: 2, prefix: 2}
)

// General registers. The loop leaves SP and BP alone.
const (
	rax = iota
	rcx
	rdx
	rbx
	rsp
	rbp
	rsi
	rdi
	r8
	r9
	r10
	r11
	r12
	r13
	r14
	r15
)

// assembler collects machine code.
type assembler struct {
	wide   bool // AVX-512 and 16 words a vector, else AVX2 and 8
	bytes  []byte
	words  []uint32 // constants, which stand behind the code
	fixups []fixup  // where code refers to them
}

// fixup is a distance in the code that is known at the end: from the byte
// behind it to a word.
type fixup struct{ at, word int }

func (a *assembler) emit(bytes ...byte) { a.bytes = append(a.bytes, bytes...) }

func (a *assembler) emit32(x uint32) { a.bytes = binary.LittleEndian.AppendUint32(a.bytes, x) }

// memory is an operand in memory: base + index, base + offset
// where index is 0, or constant number word where that is not negative.
type memory struct {
	base, index int
	offset      int32
	word        int
}

// The last field of an AVX-512 prefix.
const (
	unmasked  = 0
	tailMask  = 1    // the mask register with the elements that are left
	zeroing   = 0x80 // what the mask leaves out becomes 0
	broadcast = 0x10 // one word of memory for all elements
)

// prefixes writes what stands before the opcode. reg and second are registers of
// 5 bits; x and b say whether the upper bits of the last operand are set: those
// of its index and base, or the two of its register.
func (a *assembler) prefixes(op opcode, reg, second byte, x, b bool, how byte) {
	bit := func(on bool, n uint) byte {
		if on {
			return 0
		}
		return 1 << n // the fields are kept inverted
	}
	if a.wide {
		p := how | 0x40 | bit(second&16 != 0, 3)
		a.emit(0x62, bit(reg&8 != 0, 7)|bit(x, 6)|bit(b, 5)|bit(reg&16 != 0, 4)|op.space, ^second&15<<3|4|op.prefix, p)
	} else {
		a.emit(0xC4, bit(reg&8 != 0, 7)|bit(x, 6)|bit(b, 5)|op.space, ^second&15<<3|4|op.prefix)
	}
	a.emit(op.code)
}

// registers is an instruction on registers only: reg = second op rm.
func (a *assembler) registers(op opcode, reg, second, rm byte, how byte) {
	a.prefixes(op, reg, second, rm&16 != 0, rm&8 != 0, how)
	a.emit(0xC0 | reg&7<<3 | rm&7)
}

// memory is an instruction whose last operand is in memory.
func (a *assembler) memory(op opcode, reg, second byte, m memory, how byte) {
	a.prefixes(op, reg, second, m.index&8 != 0, m.word < 0 && m.base&8 != 0, how)
	a.address(reg, m)
}

// address writes the bytes that name a memory operand.
func (a *assembler) address(reg byte, m memory) {
	reg = reg & 7 << 3
	switch {
	case m.word >= 0: // relative to the next instruction
		a.emit(reg | 5)
		a.fixups = append(a.fixups, fixup{len(a.bytes), m.word})
		a.emit32(0)
	case m.index != 0:
		a.emit(0x44|reg, byte(m.index&7<<3|m.base&7), 0)
	default:
		a.emit(0x80 | reg | byte(m.base&7))
		if m.base&7 == rsp {
			a.bytes = append(a.bytes, 0x24)
		}
		a.emit32(uint32(m.offset))
	}
}

// word is the number of a constant.
func (a *assembler) word(bits uint32) int {
	for i, w := range a.words {
		if w == bits {
			return i
		}
	}
	a.words = append(a.words, bits)
	return len(a.words) - 1
}

// finish appends the constants and fills in where they stand.
func (a *assembler) finish() []byte {
	for len(a.bytes)%64 != 0 {
		a.emit(0xCC)
	}
	start := len(a.bytes)
	for _, w := range a.words {
		a.emit32(w)
	}
	for _, f := range a.fixups {
		binary.LittleEndian.PutUint32(a.bytes[f.at:], uint32(start+4*f.word-f.at-4))
	}
	return a.bytes
}
