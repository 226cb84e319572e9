package jsontext

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
)

var errEscape = errors.New("an escape that JSON does not have")

// escape reads \n, \u00e9 and the like, at a backslash.
func (s *Scanner) escape() (rune, error) {
	if s.At+1 >= len(s.Text) {
		return 0, errEscape
	}
	c := s.Text[s.At+1]
	if c == 'u' {
		return s.codePoint()
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		return 0, errEscape
	}
	s.At += 2
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// codePoint reads \uXXXX, or two of them that are one code point.
func (s *Scanner) codePoint() (rune, error) {
	r, err := s.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	low, err := s.hex()
	if err != nil {
		return 0, err
	}
	const notPaired = '�'
	if r = utf16.DecodeRune(r, low); r == notPaired {
		return 0, errEscape
	}
	return r, nil
}

func (s *Scanner) hex() (rune, error) {
	const length = len(`\uXXXX`)
	if s.At+length > len(s.Text) || s.Text[s.At] != '\\' || s.Text[s.At+1] != 'u' {
		return 0, errEscape
	}
	n, err := strconv.ParseUint(string(s.Text[s.At+2:s.At+length]), 16, 16)
	if err != nil {
		return 0, errEscape
	}
	s.At += length
	return rune(n), nil
}
