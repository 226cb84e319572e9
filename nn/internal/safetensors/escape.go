package safetensors

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
)

var errEscape = errors.New("an escape that JSON does not have")

// escape reads \n, \u00e9 and the like, at a backslash.
func (h *header) escape() (rune, error) {
	if h.at+1 >= len(h.text) {
		return 0, errEscape
	}
	c := h.text[h.at+1]
	if c == 'u' {
		return h.codePoint()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, errEscape
	}
	h.at += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// codePoint reads \uXXXX, or two of them that are one code point.
func (h *header) codePoint() (rune, error) {
	r, err := h.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	low, err := h.hex()
	if err != nil {
		return 0, err
	}
	const notPaired = '�'
	if r = utf16.DecodeRune(r, low); r == notPaired {
		return 0, errEscape
	}
	return r, nil
}

func (h *header) hex() (rune, error) {
	const length = len(`\uXXXX`)
	if h.at+length > len(h.text) || h.text[h.at] != '\\' || h.text[h.at+1] != 'u' {
		return 0, errEscape
	}
	n, err := strconv.ParseUint(string(h.text[h.at+2:h.at+length]), 16, 16)
	if err != nil {
		return 0, errEscape
	}
	h.at += length
	return rune(n), nil
}
