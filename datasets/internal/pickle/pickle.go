// Package pickle reads the one kind of Python pickle that Keras' text data sets
// hold: a one-dimensional NumPy object array whose elements are lists of ints.
//
// It is a strict reader, not an interpreter: nothing in a file is ever called,
// names are only compared with the five that such an array needs, and whatever
// else a pickle may say is refused with the byte offset where it says it.
//
// # Why not a library
//
// The one Go pickle library that is kept up, github.com/nlpodyssey/gopickle
// v0.2.0, cannot be bounded against hostile input. Its source allocates what a
// length field claims before reading (BINBYTES8, FRAME: a 10-byte file asks for
// 2^62 bytes and makes it panic); it panics on LONG1 of length 0, on a dict with
// an odd number of items and on opcode 0xff; each MARK byte costs 256 bytes of
// stack; its error texts print values with %#v, which overflows the goroutine
// stack (not recoverable) on a list that contains itself; and three of its
// classes cannot be refused, since FindClass is asked only after them.
// An allow-list in front of it would have to be this reader.
package pickle

import (
	"fmt"
	"io"
)

// Lists is an array of int lists in flat form: list i is
// Values[Start[i]:Start[i+1]].
type Lists struct {
	Values []int32
	Start  []int32 // len = lists+1
}

// Len is the number of lists.
func (l *Lists) Len() int { return len(l.Start) - 1 }

// Row is list i, sharing memory with the receiver.
func (l *Lists) Row(i int) []int32 {
	from, to := l.Start[i], l.Start[i+1]
	return l.Values[from:to:to]
}

// maxStack bounds the values that wait on the stack. Python writes the elements
// of a list in batches of 1000, and two lists are open at a time.
const maxStack = 4096

// maxMemo bounds the values that later opcodes may point back to. An array of
// int lists needs about a dozen of them, all before its first list.
const maxMemo = 64

// ReadIntLists reads a pickle of exactly size bytes that holds an object array
// of exactly rows int lists. It allocates at most 2*size bytes, plus a constant:
// every int, and every list with the memo number that Python's pickler gives it,
// takes at least two bytes in a pickle and four here.
func ReadIntLists(r io.Reader, rows int, size int64) (*Lists, error) {
	if rows < 0 || size < 0 || int64(rows) > size/2 {
		return nil, fmt.Errorf("pickle: %d lists do not fit into %d bytes", rows, size)
	}
	// Start holds int32 offsets, so the ints must be countable in one.
	if size/2 > 1<<31-1 {
		return nil, fmt.Errorf("pickle: %d bytes are more than this reader takes (4 GiB)", size)
	}
	m := &machine{
		in: newInput(r, size),
		lists: Lists{
			Values: make([]int32, 0, size/2-int64(rows)),
			Start:  make([]int32, 0, rows+1),
		},
		rows: rows,
	}
	if err := m.run(); err != nil {
		return nil, fmt.Errorf("pickle: byte %d: %w", m.at, err)
	}
	m.lists.Start = append(m.lists.Start, int32(len(m.lists.Values)))
	return &m.lists, nil
}
