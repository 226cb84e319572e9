package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// Tensor is an array to be written.
type Tensor struct {
	name  string
	typ   Type
	shape []int
	n     int
	// put appends the bytes of elements [from, to).
	put func(b []byte, from, to int) ([]byte, error)
}

// Of is an array of the given shape; values is not copied.
func Of[T float32 | float64 | int32](name string, values []T, shape ...int) Tensor {
	t := Tensor{name: name, typ: TypeOf[T](), shape: shape, n: len(values)}
	t.put = func(b []byte, from, to int) ([]byte, error) {
		return binary.Append(b, binary.LittleEndian, values[from:to])
	}
	return t
}

// TypeOf is the element type of Go's T.
func TypeOf[T float32 | float64 | int32]() Type {
	switch any(T(0)).(type) {
	case float32:
		return F32
	case float64:
		return F64
	}
	return I32
}

// Write writes a file. The bytes depend on the arguments alone. A checksum is
// added to the metadata.
func Write(w io.Writer, metadata map[string]string, tensors []Tensor) error {
	// Wide elements first, so that all are aligned.
	tensors = slices.Clone(tensors)
	sort.SliceStable(tensors, func(i, j int) bool { return types[tensors[i].typ].size > types[tensors[j].typ].size })
	header, checksum, err := encodeHeader(metadata, tensors)
	if err != nil {
		return err
	}
	hash := sha256.New()
	if err := writeAll(hash, header, tensors); err != nil {
		return err
	}
	hex.Encode(header[checksum:], hash.Sum(nil))
	return writeAll(w, header, tensors)
}

// encodeHeader is the file's start up to the arrays, and where in it the digits
// of the checksum go, which are zeros.
func encodeHeader(metadata map[string]string, tensors []Tensor) (header []byte, checksum int, err error) {
	var b bytes.Buffer
	b.Write(make([]byte, 8))
	b.WriteString(`{"` + metadataKey + `":{"` + checksumKey + `":"`)
	checksum = b.Len()
	b.WriteString(strings.Repeat("0", 2*sha256.Size) + `"`)
	keys := make([]string, 0, len(metadata))
	for key := range metadata {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if key == checksumKey {
			return nil, 0, fmt.Errorf("safetensors: the metadata has a %q of its own", key)
		}
		b.WriteByte(',')
		if err := writeText(&b, key); err != nil {
			return nil, 0, err
		}
		b.WriteByte(':')
		if err := writeText(&b, metadata[key]); err != nil {
			return nil, 0, err
		}
	}
	b.WriteByte('}')
	seen := map[string]bool{metadataKey: true}
	var at int64
	for _, t := range tensors {
		if seen[t.name] {
			return nil, 0, fmt.Errorf("safetensors: two arrays are called %q", t.name)
		}
		seen[t.name] = true
		if n, err := sizeOf(t.typ, t.shape); err != nil || n != int64(t.n)*types[t.typ].size {
			return nil, 0, fmt.Errorf("safetensors: array %q has %d elements and the shape %v", t.name, t.n, t.shape)
		}
		b.WriteByte(',')
		if err := writeText(&b, t.name); err != nil {
			return nil, 0, err
		}
		end := at + int64(t.n)*types[t.typ].size
		fmt.Fprintf(&b, `:{"dtype":"%v","shape":[%s],"data_offsets":[%d,%d]}`, t.typ, commas(t.shape), at, end)
		at = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	n := b.Len() - 8
	if n > maxHeader {
		return nil, 0, fmt.Errorf("safetensors: a header of %d bytes, the format allows %d", n, maxHeader)
	}
	binary.LittleEndian.PutUint64(b.Bytes(), uint64(n))
	return b.Bytes(), checksum, nil
}

func commas(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = fmt.Sprint(d)
	}
	return strings.Join(parts, ",")
}

// writeText writes a JSON string, and refuses what would not come back.
func writeText(b *bytes.Buffer, s string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	var back string
	if err := json.Unmarshal(text, &back); err != nil || back != s {
		return fmt.Errorf("safetensors: not valid UTF-8: %.40q", s)
	}
	b.Write(text)
	return nil
}

// blockElements is how many elements are converted at a time.
const blockElements = 1 << 14

func writeAll(w io.Writer, header []byte, tensors []Tensor) error {
	if _, err := w.Write(header); err != nil {
		return err
	}
	var block []byte
	for _, t := range tensors {
		for from := 0; from < t.n; from += blockElements {
			var err error
			if block, err = t.put(block[:0], from, min(from+blockElements, t.n)); err != nil {
				return fmt.Errorf("safetensors: array %q: %w", t.name, err)
			}
			if _, err := w.Write(block); err != nil {
				return err
			}
		}
	}
	return nil
}
