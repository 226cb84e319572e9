package compute

import "unsafe"

// Words shows a slice of 32-bit values as the words that Write and Read move.
// No value is converted or copied.
func Words[T float32 | int32 | uint32](s []T) []uint32 {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// NewBufferOf reserves a buffer and fills it with values.
func NewBufferOf[T float32 | int32 | uint32](b Backend, values []T) (Buffer, error) {
	buffer, err := b.NewBuffer(len(values))
	if err != nil {
		return nil, err
	}
	b.Write(ViewOf(buffer), Words(values))
	return buffer, nil
}

// ReadAs waits and reads the whole view as values of type T.
func ReadAs[T float32 | int32 | uint32](b Backend, v View) ([]T, error) {
	out := make([]T, v.Len)
	if err := b.Read(Words(out), v); err != nil {
		return nil, err
	}
	return out, nil
}
