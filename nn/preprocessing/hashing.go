package preprocessing

import (
	"fmt"

	"github.com/dchest/siphash"
	"github.com/dgryski/go-farm"

	"github.com/glearn-go/glearn/data"
)

// Hashing numbers texts or whole numbers without a vocabulary: by a hash, the
// same as Keras'. Different values may share a number.
//
//	bin = FarmHash64(text) mod NumBins        or SipHash64 with a Salt
//
//	Texts [rows]  ->  *data.Ints [rows], or *data.CSR [rows, NumBins]
//
// Whole numbers are hashed as their decimal text.
type Hashing struct {
	NumBins   int
	MaskValue *string  // has bin 0, which nothing else has then; nil: none
	Salt      []uint64 // the key of SipHash64: 1 or 2 numbers; nil: FarmHash64
	Output    Output   // "": Int; not TFIDF
}

// Check looks at the settings.
func (h *Hashing) Check() error {
	if h.NumBins < 1 || h.NumBins > maxIndices {
		return fmt.Errorf("preprocessing: NumBins is %d, want 1 to %d", h.NumBins, maxIndices)
	}
	if len(h.Salt) > 2 {
		return fmt.Errorf("preprocessing: Salt has %d numbers, want 1 or 2", len(h.Salt))
	}
	return h.Output.or(Int).check(Int, OneHot, MultiHot, Count)
}

// Adapt only checks: there is nothing to measure.
func (h *Hashing) Adapt(Column) error { return h.Check() }

// Apply hashes every entry.
func (h *Hashing) Apply(c Column) (data.Tensor, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	in, err := keys(c)
	if err != nil {
		return nil, err
	}
	out := lists[int32]{rows: make([][]int32, len(in.rows)), single: in.single}
	for i, row := range in.rows {
		out.rows[i] = make([]int32, len(row))
		for k, text := range row {
			out.rows[i][k] = h.bin(text)
		}
	}
	return h.Output.or(Int).arrange(out, h.NumBins, nil)
}

func (h *Hashing) bin(text string) int32 {
	bins, first := uint64(h.NumBins), uint64(0)
	if h.MaskValue != nil && bins > 1 {
		if text == *h.MaskValue {
			return 0
		}
		bins, first = bins-1, 1
	}
	return int32(first + h.hash(text)%bins)
}

func (h *Hashing) hash(text string) uint64 {
	if len(h.Salt) == 0 {
		return fingerprint(text)
	}
	return siphash.Hash(h.Salt[0], h.Salt[len(h.Salt)-1], []byte(text))
}

// fingerprint is FarmHash64's, which never changes.
func fingerprint(text string) uint64 { return farm.Fingerprint64([]byte(text)) }
