package safetensors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
	"unsafe"

	"github.com/glearn-go/glearn/nn/internal/jsontext"
)

// File is an opened file whose header has been read and checked.
type File struct {
	r      io.ReaderAt
	size   int64
	header *header
	data   int64 // where the arrays start

	checksum int64 // where the digits of the checksum are; 0: there are none
}

// Info is what the header says of an array.
type Info struct {
	Name  string
	Type  Type
	Shape []int
	At    int64 // first byte in the file
	Bytes int64
}

// Open reads the header of a file of size bytes.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func open(r io.ReaderAt, size int64) (*File, error) {
	if size < 8 {
		return nil, fmt.Errorf("byte %d: the file is cut short: it has %d bytes, the header's length takes 8", size, size)
	}
	var length [8]byte
	if err := readAt(r, length[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, fmt.Errorf("byte 0: a header of %d bytes, the format allows %d", n, maxHeader)
	}
	if int64(n) > size-8 {
		return nil, fmt.Errorf("byte 0: a header of %d bytes in a file of %d: it is cut short or no safetensors file", n, size)
	}
	text := make([]byte, n)
	if err := readAt(r, text, 8); err != nil {
		return nil, err
	}
	// Looked for before escapes are resolved in the text.
	const start = `{"` + metadataKey + `":{"` + checksumKey + `":"`
	checked := bytes.HasPrefix(text, []byte(start))
	h, err := parseHeader(text, size-8-int64(n))
	if err != nil {
		return nil, err
	}
	f := &File{r: r, size: size, header: h, data: 8 + int64(n)}
	if checked {
		f.checksum = 8 + int64(len(start))
	}
	return f, nil
}

func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			err = errors.New("the file is cut short")
		}
		return fmt.Errorf("byte %d: %w", at+int64(n), err)
	}
	return nil
}

// Verify compares the file with its checksum. It is true when there is one; a
// file that another program wrote has none.
func (f *File) Verify() (checked bool, err error) {
	if f.checksum == 0 {
		return false, nil
	}
	want, ok := f.Metadata(checksumKey)
	if !ok || len(want) != 2*sha256.Size {
		return false, fmt.Errorf("safetensors: byte %d: a checksum of %d digits, want %d", f.checksum, len(want), 2*sha256.Size)
	}
	hash := sha256.New()
	zeros := bytes.NewReader(bytes.Repeat([]byte("0"), 2*sha256.Size))
	after := f.checksum + zeros.Size()
	all := io.MultiReader(io.NewSectionReader(f.r, 0, f.checksum), zeros, io.NewSectionReader(f.r, after, f.size-after))
	if _, err := io.CopyBuffer(hash, all, make([]byte, 1<<16)); err != nil {
		return false, fmt.Errorf("safetensors: %w", err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != string(want) {
		return false, fmt.Errorf("safetensors: byte %d: the checksum is %s..., that of the file's bytes is %s...: it was changed or damaged", f.checksum, want[:8], got[:8])
	}
	return true, nil
}

// Size is the length of the file in bytes.
func (f *File) Size() int64 { return f.size }

// DataSize is how many bytes all arrays have.
func (f *File) DataSize() int64 { return f.size - f.data }

// Held is how many bytes of memory the header takes.
func (f *File) Held() int64 {
	return int64(len(f.header.Text)) + int64(cap(f.header.entries))*int64(unsafe.Sizeof(entry{}))
}

// Metadata is a text of the metadata, as it lies in the header: who changes it
// changes it for all.
func (f *File) Metadata(key string) (value []byte, ok bool) {
	for _, m := range f.header.metadata {
		if string(f.header.Of(m[0])) == key {
			return f.header.Of(m[1]), true
		}
	}
	return nil, false
}

// Names goes through the names of the arrays, sorted.
func (f *File) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range f.header.entries {
			if !yield(string(f.header.Of(e.name))) {
				return
			}
		}
	}
}

// Len is the number of arrays.
func (f *File) Len() int { return len(f.header.entries) }

// find is the entry of an array.
func (f *File) find(name string) (entry, bool) {
	all := f.header.entries
	i := sort.Search(len(all), func(i int) bool { return string(f.header.Of(all[i].name)) >= name })
	if i == len(all) || string(f.header.Of(all[i].name)) != name {
		return entry{}, false
	}
	return all[i], true
}

// Info describes an array.
func (f *File) Info(name string) (Info, bool) {
	e, ok := f.find(name)
	if !ok {
		return Info{}, false
	}
	in := Info{Name: name, Type: e.typ, Shape: []int{}, At: f.data + e.begin, Bytes: e.size}
	again := header{Scanner: jsontext.Scanner{Text: f.header.Text[:e.shape.To], At: int(e.shape.From)}}
	// The shape was read once before, so it cannot fail.
	_ = again.list(func(n int64) error {
		in.Shape = append(in.Shape, int(n))
		return nil
	})
	return in, true
}

// Read fills values with an array of their type and length.
func Read[T float32 | float64 | int32](f *File, name string, values []T) error {
	in, ok := f.Info(name)
	if !ok {
		return fmt.Errorf("safetensors: no array %q", name)
	}
	want := TypeOf[T]()
	size := types[want].size
	if in.Type != want || in.Bytes != int64(len(values))*size {
		return fmt.Errorf("safetensors: byte %d: array %q has type %v and shape %v, want %d elements of type %v", in.At, name, in.Type, in.Shape, len(values), want)
	}
	block := make([]byte, min(blockElements*size, in.Bytes))
	at := in.At
	for done := 0; done < len(values); {
		n := min(int(int64(len(block))/size), len(values)-done)
		b := block[:int64(n)*size]
		if err := readAt(f.r, b, at); err != nil {
			return fmt.Errorf("safetensors: array %q: %w", name, err)
		}
		if _, err := binary.Decode(b, binary.LittleEndian, values[done:done+n]); err != nil {
			return fmt.Errorf("safetensors: array %q: %w", name, err)
		}
		done, at = done+n, at+int64(len(b))
	}
	return nil
}
