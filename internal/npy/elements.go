package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Float32s reads the elements as float32 in C order, whatever their number type.
func (in *Reader) Float32s() ([]float32, error) {
	return elements(in, func(t Type) (func([]byte) (float32, error), error) {
		f, err := float(t)
		return func(b []byte) (float32, error) {
			v := f(b)
			if r := float32(v); !math.IsInf(float64(r), 0) || math.IsInf(v, 0) {
				return r, nil
			}
			return 0, fmt.Errorf("%v does not fit a float32", v)
		}, err
	})
}

// Int32s reads the elements of an integer or bool array as int32 in C order; an
// element that does not fit is an error.
func (in *Reader) Int32s() ([]int32, error) {
	return elements(in, func(t Type) (func([]byte) (int32, error), error) {
		f, err := integer(t)
		return func(b []byte) (int32, error) {
			if v := f(b); v >= math.MinInt32 && v <= math.MaxInt32 {
				return int32(v), nil
			}
			return 0, errors.New("the value does not fit an int32")
		}, err
	})
}

// Bytes reads the elements of an array of unsigned bytes, in C order.
func (in *Reader) Bytes() ([]byte, error) {
	return elements(in, func(t Type) (func([]byte) (byte, error), error) {
		if t.Kind != 'u' || t.Size != 1 {
			return nil, fmt.Errorf("elements of type %v, want unsigned bytes", t)
		}
		return func(b []byte) (byte, error) { return b[0], nil }, nil
	})
}

// elements reads and converts every element, a block at a time.
func elements[T any](in *Reader, conversion func(Type) (func([]byte) (T, error), error)) ([]T, error) {
	convert, err := conversion(in.Type)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	size := in.Type.Size
	out := make([]T, in.Len())
	place := in.places()
	var block [1 << 12]byte
	for done := 0; done < len(out); {
		at := in.from
		n := min(len(block)/size, len(out)-done)
		if err := in.read(block[:n*size]); err != nil {
			return nil, err
		}
		for i := range n {
			if out[place()], err = convert(block[i*size:]); err != nil {
				return nil, fmt.Errorf("npy: byte %d: element %d: %w", at+int64(i*size), done+i, err)
			}
		}
		done += n
	}
	return out, nil
}

// places gives, call by call, where in C order the next element of the file
// belongs.
func (h Header) places() func() int {
	next := 0
	if !h.Fortran || len(h.Shape) < 2 {
		return func() int { next++; return next - 1 }
	}
	index := make([]int, len(h.Shape)) // of the next element
	stride := make([]int, len(h.Shape))
	for axis, step := len(h.Shape)-1, 1; axis >= 0; axis-- {
		stride[axis] = step
		step *= h.Shape[axis]
	}
	return func() int {
		place := next
		for axis := range index { // the first axis varies fastest
			index[axis]++
			next += stride[axis]
			if index[axis] < h.Shape[axis] {
				break
			}
			next -= stride[axis] * h.Shape[axis]
			index[axis] = 0
		}
		return place
	}
}

func order(t Type) binary.ByteOrder {
	if t.Big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// integer reads one element as an int64; unsigned values above it come out as
// MaxInt64, which no caller's range holds.
func integer(t Type) (func([]byte) int64, error) {
	o := order(t)
	switch fmt.Sprintf("%c%d", t.Kind, t.Size) {
	case "b1", "u1":
		return func(b []byte) int64 { return int64(b[0]) }, nil
	case "i1":
		return func(b []byte) int64 { return int64(int8(b[0])) }, nil
	case "i2":
		return func(b []byte) int64 { return int64(int16(o.Uint16(b))) }, nil
	case "u2":
		return func(b []byte) int64 { return int64(o.Uint16(b)) }, nil
	case "i4":
		return func(b []byte) int64 { return int64(int32(o.Uint32(b))) }, nil
	case "u4":
		return func(b []byte) int64 { return int64(o.Uint32(b)) }, nil
	case "i8":
		return func(b []byte) int64 { return int64(o.Uint64(b)) }, nil
	case "u8":
		return func(b []byte) int64 { return int64(min(o.Uint64(b), math.MaxInt64)) }, nil
	}
	return nil, fmt.Errorf("elements of type %v, want integers", t)
}

func float(t Type) (func([]byte) float64, error) {
	o := order(t)
	switch {
	case t.Kind == 'f' && t.Size == 4:
		return func(b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }, nil
	case t.Kind == 'f':
		return func(b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }, nil
	case t.Kind == 'u' && t.Size == 8:
		return func(b []byte) float64 { return float64(o.Uint64(b)) }, nil
	}
	f, err := integer(t)
	if err != nil {
		return nil, fmt.Errorf("elements of type %v, want numbers", t)
	}
	return func(b []byte) float64 { return float64(f(b)) }, nil
}
