package jit

import "encoding/binary"

// opcode is an instruction on vectors: the byte, the map it is in and the
// prefix that belongs to it.
type opcode struct {
	code   byte
	space  byte // 1: 0F, 2: 0F38, 3: 0F3A
	prefix byte // 0: none, 1: 66, 2: F3
}

var (
	opMove      = opcode{0x10, 1, 0}
	opStore     = opcode{0x11, 1, 0}
	opSqrt      = opcode{0x51, 1, 0}
	opAnd       = opcode{0x54, 1, 0}
	opOr        = opcode{0x56, 1, 0}
	opXor       = opcode{0x57, 1, 0}
	opAdd       = opcode{0x58, 1, 0}
	opMul       = opcode{0x59, 1, 0}
	opFromInt   = opcode{0x5B, 1, 0}
	opSub       = opcode{0x5C, 1, 0}
	opMin       = opcode{0x5D, 1, 0}
	opDiv       = opcode{0x5E, 1, 0}
	opMax       = opcode{0x5F, 1, 0}
	opCompare   = opcode{0xC2, 1, 0}
	opBroadcast = opcode{0x18, 2, 1}
	opRound     = opcode{0x08, 3, 1}

	opBlendMask    = opcode{0x4A, 3, 1} // AVX: the mask is a vector
	opMaskedLoad   = opcode{0x2C, 2, 1}
	opMaskedStore  = opcode{0x2E, 2, 1}
	opBlend        = opcode{0x65, 2, 1} // AVX-512: the mask is a mask register
	opMaskToVector = opcode{0x38, 2, 2}
	opVectorToMask = opcode{0x39, 2, 2}
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

// masks for the AVX-512 form.
const (
	unmasked = 0
	tailMask = 1 // the mask register with the elements that are left
)

// prefixes writes what stands before the opcode. reg, second and rm are
// registers of 5 bits; x and b say whether the two upper bits of a memory
// operand's index and base are set.
func (a *assembler) prefixes(op opcode, reg, second byte, x, b bool, mask byte, zero bool) {
	bit := func(on bool, n uint) byte {
		if on {
			return 0
		}
		return 1 << n // the fields are kept inverted
	}
	if a.wide {
		p := mask | 0x40 | bit(second&16 != 0, 3)
		if zero {
			p |= 0x80
		}
		a.emit(0x62, bit(reg&8 != 0, 7)|bit(x, 6)|bit(b, 5)|bit(reg&16 != 0, 4)|op.space, ^second&15<<3|4|op.prefix, p)
	} else {
		a.emit(0xC4, bit(reg&8 != 0, 7)|bit(x, 6)|bit(b, 5)|op.space, ^second&15<<3|4|op.prefix)
	}
	a.emit(op.code)
}

// registers is an instruction on registers only: reg = second op rm.
func (a *assembler) registers(op opcode, reg, second, rm byte, mask byte) {
	a.prefixes(op, reg, second, rm&16 != 0, rm&8 != 0, mask, false)
	a.emit(0xC0 | reg&7<<3 | rm&7)
}

// memory is an instruction whose last operand is in memory.
func (a *assembler) memory(op opcode, reg, second byte, m memory, mask byte, zero bool) {
	a.prefixes(op, reg, second, m.index&8 != 0, m.word < 0 && m.base&8 != 0, mask, zero)
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
