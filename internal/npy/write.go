package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Array is a float32 array to be written, in C order.
type Array struct {
	Name   string
	Shape  []int
	Values []float32
}

// blockElements is how many elements are converted at a time.
const blockElements = 1 << 14

// WriteArchive writes an .npz as numpy.savez does: one uncompressed .npy for
// each array. The bytes depend on the arrays alone.
func WriteArchive(w io.Writer, arrays []Array) error {
	z := zip.NewWriter(w)
	for _, a := range arrays {
		e, err := z.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store})
		if err != nil {
			return fmt.Errorf("npz: %s: %w", a.Name, err)
		}
		if err := a.write(e); err != nil {
			return fmt.Errorf("npz: %s: %w", a.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("npz: %w", err)
	}
	return nil
}

// write writes an .npy of format version 1.0.
func (a Array) write(w io.Writer) error {
	h := Header{Type: Type{Kind: 'f', Size: 4}, Shape: a.Shape}
	if n := h.Len(); n != len(a.Values) {
		return fmt.Errorf("shape %v holds %d elements, got %d", a.Shape, n, len(a.Values))
	}
	if _, err := w.Write(h.encode()); err != nil {
		return err
	}
	var block []byte
	for from := 0; from < len(a.Values); from += blockElements {
		var err error
		if block, err = binary.Append(block[:0], binary.LittleEndian, a.Values[from:min(from+blockElements, len(a.Values))]); err != nil {
			return err
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// encode is the header as bytes, padded so that the elements are aligned to 64.
func (h Header) encode() []byte {
	const start = len("\x93NUMPY\x01\x00") + 2
	axes := make([]string, len(h.Shape))
	for i, d := range h.Shape {
		axes[i] = fmt.Sprint(d)
	}
	shape := strings.Join(axes, ", ")
	if len(axes) == 1 {
		shape += "," // a tuple of one
	}
	text := fmt.Sprintf("{'descr': '%v', 'fortran_order': False, 'shape': (%s), }", h.Type, shape)
	text += strings.Repeat(" ", 63-(start+len(text))%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(text))))
	b.WriteString(text)
	return b.Bytes()
}
