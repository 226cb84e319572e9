package npy

import (
	"fmt"
	"strconv"
	"strings"
)

// parseHeader reads the header's text, a Python dict literal such as
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// with its three keys in any order. offset is where the text stands in the file.
func parseHeader(text string, offset int64) (Header, error) {
	p := &headerParser{text: text, offset: offset}
	h, err := p.dict()
	if err != nil {
		return Header{}, fmt.Errorf("npy: byte %d: %w", offset+int64(p.at), err)
	}
	return h, nil
}

type headerParser struct {
	text   string
	at     int
	offset int64
}

func (p *headerParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\n\r", p.text[p.at]) >= 0 {
		p.at++
	}
}

// accept skips spaces and then the given text, if it is there.
func (p *headerParser) accept(s string) bool {
	p.space()
	if strings.HasPrefix(p.text[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

func (p *headerParser) expect(s string) error {
	if !p.accept(s) {
		return fmt.Errorf("the header has no %q where one belongs", s)
	}
	return nil
}

func (p *headerParser) dict() (h Header, err error) {
	if err := p.expect("{"); err != nil {
		return h, err
	}
	seen := map[string]bool{}
	for !p.accept("}") {
		key, err := p.string()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, fmt.Errorf("the header names %q twice", key)
		}
		seen[key] = true
		if err := p.expect(":"); err != nil {
			return h, err
		}
		switch key {
		case "descr":
			h.Type, err = p.dtype()
		case "fortran_order":
			h.Fortran, err = p.bool()
		case "shape":
			h.Shape, err = p.shape()
		default:
			err = fmt.Errorf("the header has the key %.40q, want descr, fortran_order and shape", key)
		}
		if err != nil {
			return h, err
		}
		if !p.accept(",") {
			if err := p.expect("}"); err != nil {
				return h, err
			}
			break
		}
	}
	if p.space(); p.at != len(p.text) {
		return h, fmt.Errorf("text after the header's end")
	}
	if len(seen) != 3 {
		return h, fmt.Errorf("the header has %d of the keys descr, fortran_order and shape", len(seen))
	}
	return h, nil
}

func (p *headerParser) string() (string, error) {
	p.space()
	if p.at == len(p.text) || p.text[p.at] != '\'' && p.text[p.at] != '"' {
		return "", fmt.Errorf("the header has no string where one belongs")
	}
	quote := p.text[p.at]
	end := strings.IndexByte(p.text[p.at+1:], quote)
	if end < 0 {
		return "", fmt.Errorf("a string in the header does not end")
	}
	s := p.text[p.at+1 : p.at+1+end]
	p.at += end + 2
	return s, nil
}

func (p *headerParser) bool() (bool, error) {
	switch {
	case p.accept("True"):
		return true, nil
	case p.accept("False"):
		return false, nil
	}
	return false, fmt.Errorf("fortran_order is neither True nor False")
}

// types are the element types that this package reads, without byte order.
var types = map[string]Type{
	"b1": {Kind: 'b', Size: 1},
	"i1": {Kind: 'i', Size: 1}, "i2": {Kind: 'i', Size: 2}, "i4": {Kind: 'i', Size: 4}, "i8": {Kind: 'i', Size: 8},
	"u1": {Kind: 'u', Size: 1}, "u2": {Kind: 'u', Size: 2}, "u4": {Kind: 'u', Size: 4}, "u8": {Kind: 'u', Size: 8},
	"f4": {Kind: 'f', Size: 4}, "f8": {Kind: 'f', Size: 8},
}

func (p *headerParser) dtype() (Type, error) {
	s, err := p.string()
	if err != nil {
		return Type{}, fmt.Errorf("descr is not a string; arrays of records are not read")
	}
	if s == "|O" || s == "O" {
		return Type{Kind: 'O'}, nil
	}
	if len(s) == 3 {
		t, ok := types[s[1:]]
		switch {
		case !ok:
		case s[0] == '<', s[0] == '|' && t.Size == 1:
			return t, nil
		case s[0] == '>':
			t.Big = t.Size > 1
			return t, nil
		}
	}
	return Type{}, fmt.Errorf("elements of type %.40q, want bool, i1 to i8, u1 to u8, f4, f8 or objects", s)
}

// maxAxes is NumPy's own limit (NPY_MAXDIMS before NumPy 2).
const maxAxes = 32

func (p *headerParser) shape() ([]int, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	shape := []int{}
	for !p.accept(")") {
		p.space()
		start := p.at
		for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
			p.at++
		}
		digits := p.text[start:p.at]
		n, err := strconv.ParseInt(digits, 10, strconv.IntSize)
		if err != nil {
			return nil, fmt.Errorf("an axis of the shape is not a number from 0 to %d", uint64(1)<<(strconv.IntSize-1)-1)
		}
		if len(shape) == maxAxes {
			return nil, fmt.Errorf("a shape of more than %d axes", maxAxes)
		}
		shape = append(shape, int(n))
		p.accept("L") // Python 2 wrote its longs so
		if !p.accept(",") {
			if err := p.expect(")"); err != nil {
				return nil, err
			}
			break
		}
	}
	return shape, nil
}
