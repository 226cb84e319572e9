package datasets

import (
	"encoding/binary"
	"iter"
	"strings"
)

// cells are texts one after the other: for each its length plus 1 as a varint,
// then its bytes. A byte 0 between them is an empty line of the file, which has
// no cells. They stand in blocks that are never moved, so that growing makes no
// garbage and a text can be a part of its block.
type cells struct {
	blocks []*strings.Builder
	size   int // bytes in all blocks
}

// Sizes of blocks, in bytes: the largest is many times the largest cell, so
// that what a cell leaves free at the end of a block is little.
const (
	smallestBlock = 1 << 12
	largestBlock  = 16 << 20
)

// newCells has room for the text of a file of size bytes; 0 is of unknown size.
// A cell takes its separator's byte for its length, and one byte more when it
// is longer than 126 bytes. An empty line takes the byte of its end.
func newCells(size int) cells {
	var c cells
	if size > 0 {
		c.grow(size + size/128 + 1)
	}
	return c
}

// grow begins a block with room for size bytes.
func (c *cells) grow(size int) {
	b := &strings.Builder{}
	b.Grow(size)
	c.blocks = append(c.blocks, b)
}

// room is a block with room for need bytes, which are taken.
func (c *cells) room(need int) *strings.Builder {
	if last := len(c.blocks) - 1; last < 0 || c.blocks[last].Cap()-c.blocks[last].Len() < need {
		c.grow(max(need, min(max(c.size/4, smallestBlock), largestBlock)))
	}
	c.size += need
	return c.blocks[len(c.blocks)-1]
}

func (c *cells) add(cell string) {
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(cell))+1)
	b := c.room(n + len(cell))
	b.Write(length[:n])
	b.WriteString(cell)
}

// skip notes n empty lines before the next cell.
func (c *cells) skip(n int) {
	for range n {
		c.room(1).WriteByte(0)
	}
}

// all goes through the cells in their order, each with the number of empty lines
// before it.
func (c *cells) all() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		empty := 0
		for _, b := range c.blocks {
			for rest := b.String(); rest != ""; {
				n, used := uvarint(rest)
				if n == 0 {
					empty++
					rest = rest[used:]
					continue
				}
				end := used + n - 1
				if !yield(empty, rest[used:end]) {
					return
				}
				empty, rest = 0, rest[end:]
			}
		}
	}
}

// uvarint is binary.Uvarint of a text.
func uvarint(s string) (n, used int) {
	for s[used] >= 0x80 {
		n |= int(s[used]&0x7f) << (7 * used)
		used++
	}
	return n | int(s[used])<<(7*used), used + 1
}
