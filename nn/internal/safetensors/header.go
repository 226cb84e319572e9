package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/glearn-go/glearn/nn/internal/jsontext"
)

// entry is an array in the header. It is smaller than the least text that makes
// one, so that all entries take less memory than the header.
type entry struct {
	name, shape span // shape is its text, [2,3]
	begin, size int64
	typ         Type
}

// shortestEntry is the length of `"":{"dtype":"F32","shape":[],"data_offsets":[0,0]}`
// with the shortest type.
const shortestEntry = 49

// maxMetadata bounds the entries of the metadata; ours has less than ten.
const maxMetadata = 256

// header is a header that is being read, or was.
type header struct {
	jsontext.Scanner // the JSON text
	entries          []entry
	metadata         [][2]span // keys and values
}

type span = jsontext.Span

// parseHeader reads a header of a file with size bytes of arrays.
func parseHeader(text []byte, size int64) (*header, error) {
	h := &header{Scanner: jsontext.Scanner{Text: text}}
	if err := h.parse(); err != nil {
		return nil, fmt.Errorf("byte %d: %w", 8+h.At, err)
	}
	if err := h.checkPlaces(size); err != nil {
		return nil, err
	}
	slices.SortFunc(h.entries, func(a, b entry) int { return bytes.Compare(h.Of(a.name), h.Of(b.name)) })
	for i := 1; i < len(h.entries); i++ {
		if name := h.Of(h.entries[i].name); bytes.Equal(name, h.Of(h.entries[i-1].name)) {
			return nil, fmt.Errorf("byte %d: two arrays are called %.60q", 8+h.entries[i].name.From, name)
		}
	}
	return h, nil
}

func (h *header) parse() error {
	if len(h.Text) == 0 || h.Text[0] != '{' {
		return errors.New("the header does not start with {")
	}
	seenMetadata := false
	err := h.Object(func(key span) error {
		if string(h.Of(key)) == metadataKey {
			if seenMetadata {
				return fmt.Errorf("%s stands twice", metadataKey)
			}
			seenMetadata = true
			return h.parseMetadata()
		}
		e, err := h.parseEntry()
		if err != nil {
			return fmt.Errorf("array %.60q: %w", h.Of(key), err)
		}
		if h.entries == nil {
			// the metadata is written first, and what braces it has are behind
			rest := h.Text[key.From:]
			h.entries = make([]entry, 0, 1+min(bytes.Count(rest, []byte("{")), len(rest)/shortestEntry))
		}
		if len(h.entries) == cap(h.entries) {
			return errors.New("more arrays than the header's length allows")
		}
		e.name = key
		h.entries = append(h.entries, e)
		return nil
	})
	if err != nil {
		return err
	}
	if h.Space(); h.At != len(h.Text) {
		return errors.New("something follows the header's JSON")
	}
	return nil
}

func (h *header) parseMetadata() error {
	return h.Object(func(key span) error {
		if len(h.metadata) == maxMetadata {
			return fmt.Errorf("more than %d entries of metadata", maxMetadata)
		}
		for _, m := range h.metadata {
			if bytes.Equal(h.Of(m[0]), h.Of(key)) {
				return fmt.Errorf("metadata %.60q stands twice", h.Of(key))
			}
		}
		value, err := h.String()
		if err != nil {
			return fmt.Errorf("metadata %.60q: %w", h.Of(key), err)
		}
		h.metadata = append(h.metadata, [2]span{key, value})
		return nil
	})
}

// parseEntry reads {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
// its keys in any order.
func (h *header) parseEntry() (entry, error) {
	var e entry
	var typ span
	var end int64
	var seen [3]bool
	err := h.Object(func(key span) (err error) {
		which := slices.Index([]string{"dtype", "shape", "data_offsets"}, string(h.Of(key)))
		if which < 0 {
			return fmt.Errorf("the key %.40q, want dtype, shape and data_offsets", h.Of(key))
		}
		if seen[which] {
			return fmt.Errorf("%s stands twice", h.Of(key))
		}
		seen[which] = true
		switch which {
		case 0:
			if typ, err = h.String(); err == nil {
				e.typ, err = typeOf(h.Of(typ))
			}
		case 1:
			h.Space()
			e.shape.From = uint32(h.At)
			_, err = h.numbers(nil)
			e.shape.To = uint32(h.At)
		case 2:
			var both [2]int64
			var n int
			if n, err = h.numbers(both[:]); err == nil && n != 2 {
				err = fmt.Errorf("data_offsets has %d numbers, want 2", n)
			}
			e.begin, end = both[0], both[1]
		}
		return err
	})
	if err == nil && seen != [3]bool{true, true, true} {
		err = errors.New("dtype, shape or data_offsets is missing")
	}
	if err != nil {
		return e, err
	}
	if end < e.begin {
		return e, fmt.Errorf("data_offsets [%d,%d] end before they begin", e.begin, end)
	}
	e.size = end - e.begin
	if n, err := h.sizeOf(e); err != nil {
		return e, err
	} else if n != e.size {
		return e, fmt.Errorf("type %v and shape %.60s take %d bytes, data_offsets [%d,%d] are %d", e.typ, h.Of(e.shape), n, e.begin, end, e.size)
	}
	return e, nil
}

// sizeOf is how many bytes an entry's type and shape take.
func (h *header) sizeOf(e entry) (int64, error) {
	again := header{Scanner: jsontext.Scanner{Text: h.Text[:e.shape.To], At: int(e.shape.From)}}
	size := types[e.typ].size
	zero := false
	err := again.list(func(n int64) error {
		if n == 0 {
			zero = true
		} else if size > math.MaxInt64/n {
			return fmt.Errorf("shape %.60s is too large", h.Of(e.shape))
		} else {
			size *= n
		}
		return nil
	})
	if zero {
		size = 0
	}
	return size, err
}

// sizeOf is how many bytes a type and a shape take.
func sizeOf(t Type, shape []int) (int64, error) {
	size := types[t].size
	for _, d := range shape {
		if d < 0 || d > 0 && size > math.MaxInt64/int64(d) {
			return 0, fmt.Errorf("shape %v is too large", shape)
		}
		size *= int64(d)
	}
	return size, nil
}

// checkPlaces wants the arrays one after the other, up to the file's end.
func (h *header) checkPlaces(size int64) error {
	data := 8 + int64(len(h.Text))
	slices.SortFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.size, b.size))
	})
	var end int64
	for _, e := range h.entries {
		name := h.Of(e.name)
		switch {
		case e.begin < end:
			return fmt.Errorf("byte %d: array %.60q overlaps the one before it", data+e.begin, name)
		case e.begin > end:
			return fmt.Errorf("byte %d: %d bytes before array %.60q belong to no array", data+end, e.begin-end, name)
		case e.begin+e.size > size:
			return fmt.Errorf("byte %d: array %.60q ends at byte %d, the file at byte %d", data+e.begin, name, data+e.begin+e.size, data+size)
		}
		end = e.begin + e.size
	}
	if end != size {
		return fmt.Errorf("byte %d: %d bytes follow the last array", data+end, size-end)
	}
	return nil
}

// list calls value for each number of a list.
func (h *header) list(value func(n int64) error) error {
	return h.List(func() error {
		n, err := h.number()
		if err != nil {
			return err
		}
		return value(n)
	})
}

// numbers reads a list, keeps the first numbers in out and counts all.
func (h *header) numbers(out []int64) (count int, err error) {
	err = h.list(func(n int64) error {
		if count < len(out) {
			out[count] = n
		}
		count++
		return nil
	})
	return count, err
}

// number reads a whole number from 0 on.
func (h *header) number() (int64, error) {
	h.Space()
	start := h.At
	var n int64
	for h.At < len(h.Text) && '0' <= h.Text[h.At] && h.Text[h.At] <= '9' {
		digit := int64(h.Text[h.At] - '0')
		if n > (math.MaxInt64-digit)/10 {
			return 0, errors.New("a number above 2^63-1")
		}
		n = 10*n + digit
		h.At++
	}
	if h.At == start || h.Text[start] == '0' && h.At > start+1 {
		return 0, errors.New("no whole number of at least 0 where one belongs")
	}
	return n, nil
}
