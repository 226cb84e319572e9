package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The opcodes that an object array of int lists needs in protocols 2 to 5, with
// their names in Python's pickletools.
const (
	opMark            = '('
	opStop            = '.'
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opBinInt2         = 'M'
	opNone            = 'N'
	opReduce          = 'R'
	opShortBinString  = 'U'
	opBinUnicode      = 'X'
	opAppend          = 'a'
	opBuild           = 'b'
	opGlobal          = 'c'
	opAppends         = 'e'
	opBinGet          = 'h'
	opLongBinGet      = 'j'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opTuple           = 't'
	opEmptyTuple      = ')'
	opEmptyList       = ']'
	opProto           = 0x80
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opNewTrue         = 0x88
	opNewFalse        = 0x89
	opLong1           = 0x8a
	opShortBinBytes   = 'C'
	opShortBinUnicode = 0x8c
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
)

// step runs one opcode.
func (m *machine) step(op byte) error {
	switch op {
	case opBinInt1:
		b, err := m.in.byte()
		return m.pushInt(int64(b), err)
	case opBinInt2:
		n, err := m.in.uint16()
		return m.pushInt(int64(n), err)
	case opBinInt:
		n, err := m.in.uint32()
		return m.pushInt(int64(int32(n)), err)
	case opLong1:
		return m.pushInt(m.long())
	case opMark:
		return m.push(value{kind: kindMark})
	case opEmptyList:
		return m.list()
	case opAppends:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.extend(items)
	case opAppend:
		if len(m.stack) == 0 {
			return errors.New("the stack is empty, want an element")
		}
		item := m.stack[len(m.stack)-1:]
		m.stack = m.stack[:len(m.stack)-1]
		return m.extend(item)
	case opNone:
		return m.push(value{kind: kindNone})
	case opNewTrue, opNewFalse:
		return m.push(value{kind: kindBool})
	case opShortBinString, opShortBinBytes, opShortBinUnicode:
		n, err := m.in.byte()
		if err != nil {
			return err
		}
		return m.pushText(m.in.text(int64(n)))
	case opBinUnicode:
		n, err := m.in.uint32()
		if err != nil {
			return err
		}
		return m.pushText(m.in.text(int64(n)))
	case opTuple:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.tuple(items)
	case opEmptyTuple:
		return m.tuple(nil)
	case opTuple1, opTuple2, opTuple3:
		return m.topTuple(int(op-opTuple1) + 1)
	case opGlobal:
		module, err := m.in.line()
		if err != nil {
			return err
		}
		name, err := m.in.line()
		if err != nil {
			return err
		}
		return m.global(module, name)
	case opStackGlobal:
		name, err := m.pop(kindText)
		if err != nil {
			return err
		}
		module, err := m.pop(kindText)
		if err != nil {
			return err
		}
		return m.global(module.text, name.text)
	case opReduce:
		return m.reduce()
	case opBuild:
		return m.build()
	case opFrame:
		// frames only tell a reader how much to fetch ahead; bufio does that
		_, err := m.in.bytes(8)
		return err
	}
	return m.stepMemo(op)
}

// stepMemo runs the opcodes that number values and point back to them.
func (m *machine) stepMemo(op byte) error {
	switch op {
	case opMemoize:
		m.memos++
		return m.put(m.memos-1, nil)
	case opBinPut:
		n, err := m.in.byte()
		return m.put(uint32(n), err)
	case opLongBinPut:
		return m.put(m.in.uint32())
	case opBinGet:
		n, err := m.in.byte()
		return m.get(uint32(n), err)
	case opLongBinGet:
		return m.get(m.in.uint32())
	}
	return fmt.Errorf("opcode 0x%02x, which an array of int lists does not need", op)
}

func (m *machine) pushInt(n int64, err error) error {
	if err != nil {
		return err
	}
	return m.push(value{kind: kindInt, int: n})
}

func (m *machine) pushText(s string, err error) error {
	if err != nil {
		return err
	}
	return m.push(value{kind: kindText, text: s})
}

// long reads a Python long of up to eight bytes, two's complement.
func (m *machine) long() (int64, error) {
	n, err := m.in.byte()
	if err != nil {
		return 0, err
	}
	if n > 8 {
		return 0, fmt.Errorf("an int of %d bytes, want at most 8", n)
	}
	b, err := m.in.bytes(int(n))
	if err != nil || n == 0 {
		return 0, err
	}
	var full [8]byte
	copy(full[:], b)
	shift := 64 - 8*uint(n)
	return int64(binary.LittleEndian.Uint64(full[:])<<shift) >> shift, nil
}

// put remembers names, strings and the like. Lists are not remembered: a list
// that occurs twice has no place in the flat form, and a get of it says so.
func (m *machine) put(n uint32, err error) error {
	if err != nil {
		return err
	}
	if len(m.stack) == 0 {
		return errors.New("the stack is empty, nothing to remember")
	}
	switch v := m.stack[len(m.stack)-1]; v.kind {
	case kindText, kindGlobal, kindDtype:
		if len(m.memo) == maxMemo {
			return fmt.Errorf("more than %d remembered values", maxMemo)
		}
		m.memo[n] = v
	default:
		delete(m.memo, n)
	}
	return nil
}

func (m *machine) get(n uint32, err error) error {
	if err != nil {
		return err
	}
	v, ok := m.memo[n]
	if !ok {
		return fmt.Errorf("value %d is used again; only names and strings may be", n)
	}
	return m.push(v)
}
