// Package safetensors reads and writes named arrays in Hugging Face's format,
// which holds data and nothing that could be run:
//
//	8 bytes    length n of the header, little-endian
//	n bytes    JSON: {"__metadata__": {"key": "text"},
//	                  "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//	the rest   the arrays, row-major and little-endian, without a gap
//
// Source: github.com/huggingface/safetensors, README.
//
// A file is checked against the bytes that are there before anything is
// allocated for it: reading one takes its header's length and less than that
// again, and then what the arrays hold that are read.
//
// # Why not a library
//
// github.com/nlpodyssey/safetensors at bfb01cc accepts a name that stands twice,
// allocates 20 times the length of a header of 20,000 empty arrays, wants the
// whole file in memory, and its errors have no offset.
package safetensors

import "fmt"

// Type is the type of an array's elements.
type Type uint8

// The element types of the format.
const (
	Bool Type = iota
	U8
	I8
	F8E4M3
	F8E5M2
	U16
	I16
	F16
	BF16
	U32
	I32
	F32
	U64
	I64
	F64
)

// types has the name and the size in bytes of each.
var types = [...]struct {
	name string
	size int64
}{Bool: {"BOOL", 1}, U8: {"U8", 1}, I8: {"I8", 1}, F8E4M3: {"F8_E4M3", 1}, F8E5M2: {"F8_E5M2", 1}, U16: {"U16", 2}, I16: {"I16", 2},
	F16: {"F16", 2}, BF16: {"BF16", 2}, U32: {"U32", 4}, I32: {"I32", 4}, F32: {"F32", 4}, U64: {"U64", 8}, I64: {"I64", 8}, F64: {"F64", 8}}

// String is the format's own name for the type, such as "F32".
func (t Type) String() string { return types[t].name }

// typeOf finds a type by the format's name.
func typeOf(name []byte) (Type, error) {
	for t, k := range types {
		if k.name == string(name) {
			return Type(t), nil
		}
	}
	return 0, fmt.Errorf("elements of type %.20q, want F32 or another type of the format", name)
}

// metadataKey is the entry of the header that is no array.
const metadataKey = "__metadata__"

// checksumKey is the entry of the metadata that holds the SHA-256 of the whole
// file, in hexadecimal, taken with zeros in the checksum's own place.
const checksumKey = "sha256"

// maxHeader is the limit of the format's own library.
const maxHeader = 100_000_000
