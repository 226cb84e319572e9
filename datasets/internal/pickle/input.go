package pickle

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// input counts the bytes it hands out, so that errors can say where they are,
// and never hands out more than the pickle's size.
type input struct {
	r      *bufio.Reader
	offset int64 // of the next byte
	left   int64
	buf    [256]byte
}

func newInput(r io.Reader, size int64) *input {
	return &input{r: bufio.NewReaderSize(r, 1<<15), left: size}
}

var errShort = errors.New("the pickle ends in the middle of a value: the file is cut short")

func (in *input) byte() (byte, error) {
	if in.left == 0 {
		return 0, errShort
	}
	b, err := in.r.ReadByte()
	if err != nil {
		return 0, short(err)
	}
	in.offset++
	in.left--
	return b, nil
}

// bytes reads up to 256 bytes; they are valid until the next call.
func (in *input) bytes(n int) ([]byte, error) {
	if int64(n) > in.left {
		return nil, errShort
	}
	if _, err := io.ReadFull(in.r, in.buf[:n]); err != nil {
		return nil, short(err)
	}
	in.offset += int64(n)
	in.left -= int64(n)
	return in.buf[:n], nil
}

func (in *input) uint16() (uint16, error) {
	b, err := in.bytes(2)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint16(b), nil
}

func (in *input) uint32() (uint32, error) {
	b, err := in.bytes(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b), nil
}

// maxText is longer than any name or string in an array of int lists.
const maxText = 64

func (in *input) text(n int64) (string, error) {
	if n < 0 || n > maxText {
		return "", fmt.Errorf("a string of %d bytes, want at most %d", n, maxText)
	}
	b, err := in.bytes(int(n))
	return string(b), err
}

func (in *input) line() (string, error) {
	var line []byte
	for {
		b, err := in.byte()
		if err != nil {
			return "", err
		}
		if b == '\n' {
			return string(line), nil
		}
		if len(line) == maxText {
			return "", fmt.Errorf("a name of more than %d bytes", maxText)
		}
		line = append(line, b)
	}
}

// end reports bytes that follow the pickle.
func (in *input) end() error {
	if in.left > 0 {
		return fmt.Errorf("%d bytes follow the end of the pickle", in.left)
	}
	if _, err := in.r.ReadByte(); err == nil {
		return errors.New("bytes follow the end of the pickle")
	} else if err != io.EOF {
		return err
	}
	return nil
}

// short makes the end of a file an error that says so, and keeps other errors
// (a failed checksum, a broken disk) as they are.
func short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errShort
	}
	return err
}
