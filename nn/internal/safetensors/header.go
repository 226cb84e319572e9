package safetensors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// span is a piece of the header's text.
type span struct{ from, to uint32 }

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
	text     []byte // escapes in strings are resolved in place
	at       int
	entries  []entry
	metadata [][2]span // keys and values
}

// parseHeader reads a header of a file with size bytes of arrays.
func parseHeader(text []byte, size int64) (*header, error) {
	h := &header{text: text}
	if err := h.parse(); err != nil {
		return nil, fmt.Errorf("byte %d: %w", 8+h.at, err)
	}
	if err := h.checkPlaces(size); err != nil {
		return nil, err
	}
	slices.SortFunc(h.entries, func(a, b entry) int { return bytes.Compare(h.of(a.name), h.of(b.name)) })
	for i := 1; i < len(h.entries); i++ {
		if name := h.of(h.entries[i].name); bytes.Equal(name, h.of(h.entries[i-1].name)) {
			return nil, fmt.Errorf("byte %d: two arrays are called %.60q", 8+h.entries[i].name.from, name)
		}
	}
	return h, nil
}

// of is the text of a piece.
func (h *header) of(s span) []byte { return h.text[s.from:s.to] }

func (h *header) parse() error {
	if len(h.text) == 0 || h.text[0] != '{' {
		return errors.New("the header does not start with {")
	}
	most := min(bytes.Count(h.text, []byte("{"))-1, len(h.text)/shortestEntry)
	h.entries = make([]entry, 0, most)
	seenMetadata := false
	err := h.object(func(key span) error {
		if string(h.of(key)) == metadataKey {
			if seenMetadata {
				return fmt.Errorf("%s stands twice", metadataKey)
			}
			seenMetadata = true
			return h.parseMetadata()
		}
		e, err := h.parseEntry()
		if err != nil {
			return fmt.Errorf("array %.60q: %w", h.of(key), err)
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
	if h.space(); h.at != len(h.text) {
		return errors.New("something follows the header's JSON")
	}
	return nil
}

func (h *header) parseMetadata() error {
	return h.object(func(key span) error {
		if len(h.metadata) == maxMetadata {
			return fmt.Errorf("more than %d entries of metadata", maxMetadata)
		}
		for _, m := range h.metadata {
			if bytes.Equal(h.of(m[0]), h.of(key)) {
				return fmt.Errorf("metadata %.60q stands twice", h.of(key))
			}
		}
		value, err := h.string()
		if err != nil {
			return fmt.Errorf("metadata %.60q: %w", h.of(key), err)
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
	err := h.object(func(key span) (err error) {
		which := slices.Index([]string{"dtype", "shape", "data_offsets"}, string(h.of(key)))
		if which < 0 {
			return fmt.Errorf("the key %.40q, want dtype, shape and data_offsets", h.of(key))
		}
		if seen[which] {
			return fmt.Errorf("%s stands twice", h.of(key))
		}
		seen[which] = true
		switch which {
		case 0:
			if typ, err = h.string(); err == nil {
				e.typ, err = typeOf(h.of(typ))
			}
		case 1:
			h.space()
			e.shape.from = uint32(h.at)
			_, err = h.numbers(nil)
			e.shape.to = uint32(h.at)
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
		return e, fmt.Errorf("type %v and shape %.60s take %d bytes, data_offsets [%d,%d] are %d", e.typ, h.of(e.shape), n, e.begin, end, e.size)
	}
	return e, nil
}

// sizeOf is how many bytes an entry's type and shape take.
func (h *header) sizeOf(e entry) (int64, error) {
	again := header{text: h.text[:e.shape.to], at: int(e.shape.from)}
	size := types[e.typ].size
	zero := false
	err := again.list(func(n int64) error {
		if n == 0 {
			zero = true
		} else if size > math.MaxInt64/n {
			return fmt.Errorf("shape %.60s is too large", h.of(e.shape))
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
	data := 8 + int64(len(h.text))
	slices.SortFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.size, b.size))
	})
	var end int64
	for _, e := range h.entries {
		name := h.of(e.name)
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

// The rest reads JSON: objects, strings, and lists of whole numbers.

func (h *header) space() {
	for h.at < len(h.text) && bytes.IndexByte([]byte(" \t\n\r"), h.text[h.at]) >= 0 {
		h.at++
	}
}

// accept skips spaces and then the given character, if it is there.
func (h *header) accept(c byte) bool {
	h.space()
	if h.at < len(h.text) && h.text[h.at] == c {
		h.at++
		return true
	}
	return false
}

func (h *header) expect(c byte) error {
	if !h.accept(c) {
		return fmt.Errorf("no %q where one belongs", string(rune(c)))
	}
	return nil
}

// object calls value for each key, to read what follows its colon.
func (h *header) object(value func(key span) error) error {
	if err := h.expect('{'); err != nil {
		return err
	}
	if h.accept('}') {
		return nil
	}
	for {
		key, err := h.string()
		if err != nil {
			return err
		}
		if err := h.expect(':'); err != nil {
			return err
		}
		if err := value(key); err != nil {
			return err
		}
		if !h.accept(',') {
			return h.expect('}')
		}
	}
}

// list calls value for each number of a list.
func (h *header) list(value func(n int64) error) error {
	if err := h.expect('['); err != nil {
		return err
	}
	if h.accept(']') {
		return nil
	}
	for {
		n, err := h.number()
		if err != nil {
			return err
		}
		if err := value(n); err != nil {
			return err
		}
		if !h.accept(',') {
			return h.expect(']')
		}
	}
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
	h.space()
	start := h.at
	var n int64
	for h.at < len(h.text) && '0' <= h.text[h.at] && h.text[h.at] <= '9' {
		digit := int64(h.text[h.at] - '0')
		if n > (math.MaxInt64-digit)/10 {
			return 0, errors.New("a number above 2^63-1")
		}
		n = 10*n + digit
		h.at++
	}
	if h.at == start || h.text[start] == '0' && h.at > start+1 {
		return 0, errors.New("no whole number of at least 0 where one belongs")
	}
	return n, nil
}

// string reads a string and resolves its escapes where it stands, which never
// makes it longer.
func (h *header) string() (span, error) {
	if err := h.expect('"'); err != nil {
		return span{}, err
	}
	start := h.at
	to := start
	for h.at < len(h.text) {
		c := h.text[h.at]
		switch {
		case c == '"':
			h.at++
			return span{uint32(start), uint32(to)}, nil
		case c == '\\':
			r, err := h.escape()
			if err != nil {
				return span{}, err
			}
			to = len(utf8.AppendRune(h.text[:to], r)) // never longer than the escape
		case c < 0x20:
			return span{}, errors.New("a control character in a string")
		case c < utf8.RuneSelf:
			h.text[to] = c
			to, h.at = to+1, h.at+1
		default:
			r, n := utf8.DecodeRune(h.text[h.at:])
			if r == utf8.RuneError && n == 1 {
				return span{}, errors.New("a string that is not UTF-8")
			}
			to += copy(h.text[to:], h.text[h.at:h.at+n])
			h.at += n
		}
	}
	return span{}, errors.New("a string that does not end")
}
