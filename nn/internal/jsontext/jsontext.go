// Package jsontext reads JSON piece by piece where it lies in memory. Nothing
// but errors is allocated: strings are pieces of the text, in which escapes are
// resolved in place.
package jsontext

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Span is a piece of the text.
type Span struct{ From, To uint32 }

// Scanner is a text of less than 4 GiB, and the place in it that is read next.
// Errors do not say where: At does.
type Scanner struct {
	Text []byte // changed where strings have escapes
	At   int
}

// Of is the text of a piece.
func (s *Scanner) Of(p Span) []byte { return s.Text[p.From:p.To] }

// Space skips white space.
func (s *Scanner) Space() {
	for s.At < len(s.Text) && bytes.IndexByte([]byte(" \t\n\r"), s.Text[s.At]) >= 0 {
		s.At++
	}
}

// Peek skips white space and is the character after it, 0 at the end, which
// a text may also have elsewhere.
func (s *Scanner) Peek() byte {
	if s.Space(); s.At < len(s.Text) {
		return s.Text[s.At]
	}
	return 0
}

// End skips white space and says whether nothing follows.
func (s *Scanner) End() bool {
	s.Space()
	return s.At == len(s.Text)
}

// Accept skips white space and then the given character, if it is there.
func (s *Scanner) Accept(c byte) bool {
	s.Space()
	if s.At < len(s.Text) && s.Text[s.At] == c {
		s.At++
		return true
	}
	return false
}

// Expect is Accept that takes no for an error.
func (s *Scanner) Expect(c byte) error {
	if !s.Accept(c) {
		return fmt.Errorf("no %q where one belongs", string(rune(c)))
	}
	return nil
}

// Literal skips white space and then true, false or null, if it is there.
func (s *Scanner) Literal(word string) bool {
	s.Space()
	if !bytes.HasPrefix(s.Text[s.At:], []byte(word)) {
		return false
	}
	s.At += len(word)
	return true
}

// Object calls value for each key, to read what follows its colon.
func (s *Scanner) Object(value func(key Span) error) error {
	return s.each('{', '}', func() error {
		key, err := s.String()
		if err != nil {
			return err
		}
		if err := s.Expect(':'); err != nil {
			return err
		}
		return value(key)
	})
}

// List calls value to read each of its elements.
func (s *Scanner) List(value func() error) error { return s.each('[', ']', value) }

// each calls read for what stands between brackets and commas.
func (s *Scanner) each(open, shut byte, read func() error) error {
	if err := s.Expect(open); err != nil {
		return err
	}
	if s.Accept(shut) {
		return nil
	}
	for {
		if err := read(); err != nil {
			return err
		}
		if !s.Accept(',') {
			return s.Expect(shut)
		}
	}
}

// Elements is how many elements the list or the object has that stands next.
// Nothing is read: where the JSON is wrong, so is the number.
func (s *Scanner) Elements() int {
	s.Space()
	depth, commas, empty := 0, 0, true
	for i := s.At; i < len(s.Text); i++ {
		switch c := s.Text[i]; c {
		case '[', '{':
			empty = empty && depth == 0
			depth++
		case ']', '}':
			if depth--; depth <= 0 {
				if empty {
					return 0
				}
				return commas + 1
			}
		case ',':
			if depth == 1 {
				commas++
			}
		case ' ', '\t', '\n', '\r':
		case '"':
			empty = false
			for i++; i < len(s.Text) && s.Text[i] != '"'; i++ {
				if s.Text[i] == '\\' {
					i++
				}
			}
		default:
			empty = false
		}
	}
	return commas + 1
}

// Number reads any number and is its text.
func (s *Scanner) Number() (Span, error) {
	s.Space()
	start := s.At
	s.skip("-")
	whole := s.At
	ok := s.digits()
	if s.At > whole+1 && s.Text[whole] == '0' {
		ok = false
	}
	if s.skip(".") {
		ok = s.digits() && ok
	}
	if s.skip("eE") {
		s.skip("+-")
		ok = s.digits() && ok
	}
	if !ok {
		return Span{}, errors.New("no number where one belongs")
	}
	return Span{uint32(start), uint32(s.At)}, nil
}

// skip skips one of the characters.
func (s *Scanner) skip(any string) bool {
	if s.At == len(s.Text) || bytes.IndexByte([]byte(any), s.Text[s.At]) < 0 {
		return false
	}
	s.At++
	return true
}

// digits skips digits, and says whether there were some.
func (s *Scanner) digits() bool {
	start := s.At
	for s.At < len(s.Text) && '0' <= s.Text[s.At] && s.Text[s.At] <= '9' {
		s.At++
	}
	return s.At > start
}

// String reads a string and resolves its escapes where it stands, which never
// makes it longer.
func (s *Scanner) String() (Span, error) {
	if err := s.Expect('"'); err != nil {
		return Span{}, err
	}
	start := s.At
	to := start
	for s.At < len(s.Text) {
		c := s.Text[s.At]
		switch {
		case c == '"':
			s.At++
			return Span{uint32(start), uint32(to)}, nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return Span{}, err
			}
			to = len(utf8.AppendRune(s.Text[:to], r)) // never longer than the escape
		case c < 0x20:
			return Span{}, errors.New("a control character in a string")
		case c < utf8.RuneSelf:
			s.Text[to] = c
			to, s.At = to+1, s.At+1
		default:
			r, n := utf8.DecodeRune(s.Text[s.At:])
			if r == utf8.RuneError && n == 1 {
				return Span{}, errors.New("a string that is not UTF-8")
			}
			to += copy(s.Text[to:], s.Text[s.At:s.At+n])
			s.At += n
		}
	}
	return Span{}, errors.New("a string that does not end")
}
