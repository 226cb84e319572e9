package npy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Archive is an opened .npz.
type Archive struct {
	files []*zip.File
	size  int64 // bytes of the zip file
	limit int64 // bytes of an array
}

// maxRatio is the most that deflate can compress: 258 bytes in two bits
// (zlib's technical notes give 1032:1).
const maxRatio = 1032

// NewArchive opens an .npz of size bytes. limit bounds how large a single array
// may be once unpacked, in bytes.
func NewArchive(r io.ReaderAt, size, limit int64) (*Archive, error) {
	if err := checkDirectory(r, size); err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: not a readable zip file: %w", err)
	}
	return &Archive{files: z.File, size: size, limit: limit}, nil
}

// maxDirectory is room for thousands of arrays. archive/zip keeps a few hundred
// bytes for every entry of 46 bytes or more, however many there are.
const maxDirectory = 1 << 20

// checkDirectory bounds the zip's directory before archive/zip reads it.
func checkDirectory(r io.ReaderAt, size int64) error {
	const locatorLen, endLen, maxComment = 20, 22, 1<<16 - 1
	tail := make([]byte, max(0, min(size, locatorLen+endLen+maxComment)))
	if n, err := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return fmt.Errorf("byte %d: %w", size-int64(len(tail))+int64(n), err)
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endLen {
		return errors.New("not a zip file, or one that is cut short: its directory is missing")
	}
	// a zip64 record would say other numbers than the ones checked below
	if at >= locatorLen && string(tail[at-locatorLen:at-locatorLen+4]) == "PK\x06\x07" {
		return fmt.Errorf("byte %d: a zip64 directory, which thousands of arrays do not need", size-int64(len(tail)-at)-locatorLen)
	}
	length := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	offset := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	if length > maxDirectory || size-offset > maxDirectory+endLen+maxComment {
		return fmt.Errorf("byte %d: a zip directory of more than %d bytes", size-int64(len(tail)-at), maxDirectory)
	}
	return nil
}

// Names are the arrays in the archive, in file order.
func (a *Archive) Names() []string {
	names := make([]string, 0, len(a.files))
	for _, f := range a.files {
		names = append(names, strings.TrimSuffix(f.Name, ".npy"))
	}
	return names
}

// Has says whether the archive holds an array of that name.
func (a *Archive) Has(name string) bool { return a.find(name) != nil }

func (a *Archive) find(name string) *zip.File {
	for _, f := range a.files {
		if f.Name == name+".npy" {
			return f
		}
	}
	return nil
}

// Read opens the array called name, lets read take its elements, and then
// checks that the whole entry arrived with the checksum that the zip has.
func (a *Archive) Read(name string, read func(*Reader) error) error {
	f := a.find(name)
	if f == nil {
		return fmt.Errorf("npz: no array %q; there is %q", name, a.Names())
	}
	if err := a.check(f); err != nil {
		return fmt.Errorf("npz: %s: %w", f.Name, err)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("npz: %s: %w", f.Name, err)
	}
	defer r.Close()
	in, err := NewReader(r, int64(f.UncompressedSize64))
	if err != nil {
		return fmt.Errorf("npz: %s: %w", f.Name, err)
	}
	if err := read(in); err != nil {
		return fmt.Errorf("npz: %s: %w", f.Name, err)
	}
	// the zip reader compares the checksum when it meets the entry's end
	if n, err := io.Copy(io.Discard, in.r); err != nil {
		return fmt.Errorf("npz: %s: %w", f.Name, err)
	} else if n > 0 {
		return fmt.Errorf("npz: %s: %d bytes follow the array", f.Name, n)
	}
	return nil
}

// check refuses entries whose declared size cannot be true or is too large.
func (a *Archive) check(f *zip.File) error {
	size, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case size > uint64(a.limit):
		return fmt.Errorf("an array of %d bytes, want at most %d", size, a.limit)
	case packed > uint64(a.size):
		return fmt.Errorf("packed into %d bytes in a file of %d", packed, a.size)
	case f.Method == zip.Store && size != packed:
		return fmt.Errorf("stored with %d bytes, declared with %d", packed, size)
	case f.Method == zip.Deflate && size/maxRatio > packed:
		return fmt.Errorf("%d bytes cannot unpack to the declared %d", packed, size)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return errors.New("packed with a method other than deflate")
	}
	return nil
}
