package nn

import "unsafe"

// bytesOf shows words as bytes, in the machine's own order: for fingerprints
// that do not leave the process.
func bytesOf(words []uint32) []byte {
	if len(words) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 4*len(words))
}
