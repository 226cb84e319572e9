// Package npy reads NumPy's array files: one array in an .npy, several in the
// zip that is an .npz. Source: numpy.lib.format, versions 1.0 to 3.0.
//
// Headers are checked against the bytes that are there before anything is
// allocated for them.
//
// # Why not a library
//
// github.com/sbinet/npyio v0.6.0 cannot read a file it does not trust: its
// reader allocates what the header's length field claims (up to 4 GiB), panics
// on a header without a newline and on keys in another order, multiplies shapes
// without looking for overflow, and takes the end of a file for the end of the
// array, so that a truncated file reads as zeros.
package npy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Type is the type of an array's elements.
type Type struct {
	Kind byte // 'b' bool, 'i' signed, 'u' unsigned, 'f' float, 'O' Python object
	Size int  // bytes of an element; 0 for objects
	Big  bool // big-endian
}

// String is NumPy's own name for the type, such as "<f4".
func (t Type) String() string {
	if t.Kind == 'O' {
		return "|O"
	}
	order := "<"
	if t.Big {
		order = ">"
	} else if t.Size == 1 {
		order = "|"
	}
	return fmt.Sprintf("%s%c%d", order, t.Kind, t.Size)
}

// Header says what an array is.
type Header struct {
	Type    Type
	Fortran bool  // the first axis varies fastest
	Shape   []int // empty for a single value
}

// Len is the number of elements.
func (h Header) Len() int {
	n := 1
	for _, d := range h.Shape {
		n *= d
	}
	return n
}

// Reader is an array whose header has been read and checked. One of its
// methods may be called, once, to read the elements.
type Reader struct {
	Header
	r    *bufio.Reader
	from int64 // bytes of header
	left int64 // bytes of elements
}

// maxHeader is far above what a plain array's header takes (128 bytes).
const maxHeader = 1 << 16

// NewReader reads the header of an array file of exactly size bytes.
func NewReader(r io.Reader, size int64) (*Reader, error) {
	in := &Reader{r: bufio.NewReaderSize(r, 1<<16), left: size}
	var start [12]byte
	if err := in.read(start[:8]); err != nil {
		return nil, err
	}
	if string(start[:6]) != "\x93NUMPY" {
		return nil, errors.New("npy: byte 0: not a NumPy array file")
	}
	var length int
	switch start[6] {
	case 1:
		if err := in.read(start[8:10]); err != nil {
			return nil, err
		}
		length = int(binary.LittleEndian.Uint16(start[8:]))
	case 2, 3:
		if err := in.read(start[8:12]); err != nil {
			return nil, err
		}
		if n := binary.LittleEndian.Uint32(start[8:]); n > maxHeader {
			return nil, fmt.Errorf("npy: byte 8: a header of %d bytes, want at most %d", n, maxHeader)
		} else {
			length = int(n)
		}
	default:
		return nil, fmt.Errorf("npy: byte 6: format version %d.%d, want 1.0 to 3.0", start[6], start[7])
	}
	if int64(length) > in.left {
		return nil, fmt.Errorf("npy: byte 8: a header of %d bytes in a file that has %d left", length, in.left)
	}
	text := make([]byte, length)
	at := in.from
	if err := in.read(text); err != nil {
		return nil, err
	}
	h, err := parseHeader(string(text), at)
	if err != nil {
		return nil, err
	}
	if err := checkSize(h, in.left); err != nil {
		return nil, fmt.Errorf("npy: byte %d: %w", at, err)
	}
	in.Header = h
	return in, nil
}

// checkSize holds the shape against the bytes that follow the header.
func checkSize(h Header, left int64) error {
	// A pickled object takes at least a byte, so no honest shape has more
	// elements than there are bytes, whatever the type. An axis of 0 makes any
	// other axis possible; it must still fit an int.
	n := int64(1)
	for _, d := range h.Shape {
		if d > 0 && n > (1<<62)/int64(d) {
			return fmt.Errorf("shape %v is too large", h.Shape)
		}
		n *= int64(d)
	}
	if h.Type.Kind == 'O' {
		if n > left {
			return fmt.Errorf("shape %v holds %d objects, but only %d bytes follow", h.Shape, n, left)
		}
		return nil
	}
	if n > left || n*int64(h.Type.Size) != left {
		return fmt.Errorf("shape %v of type %v does not take the %d bytes that follow the header", h.Shape, h.Type, left)
	}
	return nil
}

// read fills b from the file.
func (in *Reader) read(b []byte) error {
	if int64(len(b)) > in.left {
		return fmt.Errorf("npy: byte %d: the file is cut short", in.from+in.left)
	}
	n, err := io.ReadFull(in.r, b)
	in.from += int64(n)
	in.left -= int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("npy: byte %d: the file is cut short", in.from)
	}
	if err != nil {
		return fmt.Errorf("npy: byte %d: %w", in.from, err)
	}
	return nil
}

// Body is what follows the header of an object array, and how many bytes that
// is: a pickle, for a reader that knows what it expects in it.
func (in *Reader) Body() (io.Reader, int64) { return in.r, in.left }
