// Package idx reads the IDX files that MNIST and its successors come in, plain
// or gzipped. Source: the file format note on MNIST's own page (LeCun, Cortes,
// Burges): magic number, one big-endian length an axis, elements.
//
// Only unsigned bytes are read: every data set in this form has them.
package idx

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Array is an array of bytes in C order.
type Array struct {
	Shape  []int
	Values []byte // len = product of Shape
}

// maxRatio is the most that deflate can compress (zlib's technical notes).
const maxRatio = 1032

// Read reads an IDX file of size bytes, gzipped when it begins with gzip's magic
// number. limit bounds the elements; a gzipped file is also held to what
// its size can unpack to, before anything is allocated for it.
func Read(r io.Reader, size, limit int64) (*Array, error) {
	in := bufio.NewReader(r)
	if start, err := in.Peek(2); err == nil && start[0] == 0x1f && start[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("idx: byte 0: gzip: %w", err)
		}
		return read(z, min(limit, int64(min(uint64(max(size, 0)), math.MaxInt64/maxRatio)*maxRatio)), -1)
	}
	return read(in, limit, size)
}

// read reads the unpacked form. size is its length, or negative when unknown.
func read(r io.Reader, limit, size int64) (*Array, error) {
	var head [4]byte
	if err := fill(r, head[:], 0); err != nil {
		return nil, err
	}
	if head[0] != 0 || head[1] != 0 || head[3] == 0 {
		return nil, fmt.Errorf("idx: byte 0: the magic number 0x%x is not IDX's", head)
	}
	if head[2] != 0x08 {
		return nil, fmt.Errorf("idx: byte 2: elements of type 0x%02x, want 0x08 (unsigned bytes)", head[2])
	}
	a := &Array{Shape: make([]int, head[3])}
	offset := int64(len(head))
	n := int64(1)
	for i := range a.Shape {
		var axis [4]byte
		if err := fill(r, axis[:], offset); err != nil {
			return nil, err
		}
		d := int64(binary.BigEndian.Uint32(axis[:]))
		if d > math.MaxInt32 || d > 0 && n > limit/d {
			return nil, fmt.Errorf("idx: byte %d: axis %d has length %d, which makes more than the %d elements that the file can hold", offset, i, d, limit)
		}
		a.Shape[i] = int(d)
		n *= d
		offset += 4
	}
	if size >= 0 && size-offset != n {
		return nil, fmt.Errorf("idx: byte %d: shape %v holds %d elements, but %d bytes follow", offset, a.Shape, n, size-offset)
	}
	a.Values = make([]byte, n)
	if err := fill(r, a.Values, offset); err != nil {
		return nil, err
	}
	// gzip compares its checksum when it meets the end
	var one [1]byte
	switch _, err := io.ReadFull(r, one[:]); {
	case err == nil:
		return nil, fmt.Errorf("idx: byte %d: bytes follow the %d elements of shape %v", offset+n, n, a.Shape)
	case err != io.EOF:
		return nil, fmt.Errorf("idx: byte %d: %w", offset+n, err)
	}
	return a, nil
}

func fill(r io.Reader, b []byte, offset int64) error {
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("idx: byte %d: the file is cut short", offset+int64(n))
	}
	if err != nil {
		return fmt.Errorf("idx: byte %d: %w", offset+int64(n), err)
	}
	return nil
}
