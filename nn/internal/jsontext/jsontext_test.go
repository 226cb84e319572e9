package jsontext

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxDepth bounds the nesting that the tests follow.
const maxDepth = 200

var errDeep = errors.New("deep")

// read reads any value, as encoding/json gives it with UseNumber.
func read(s *Scanner, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	switch c := s.Peek(); {
	case c == '{':
		n, all := s.Elements(), 0
		out := map[string]any{}
		err := s.Object(func(key Span) (err error) {
			all++
			name := string(s.Of(key))
			out[name], err = read(s, depth+1)
			return err
		})
		return out, errors.Join(err, counted(n, all, err))
	case c == '[':
		n := s.Elements()
		out := []any{}
		err := s.List(func() error {
			v, err := read(s, depth+1)
			out = append(out, v)
			return err
		})
		return out, errors.Join(err, counted(n, len(out), err))
	case c == '"':
		p, err := s.String()
		return string(s.Of(p)), err
	case s.Literal("null"):
		return nil, nil
	case s.Literal("true"):
		return true, nil
	case s.Literal("false"):
		return false, nil
	default:
		p, err := s.Number()
		return json.Number(s.Of(p)), err
	}
}

var errCount = errors.New("Elements counts otherwise")

func counted(n, all int, err error) error {
	if err == nil && n != all {
		return errCount
	}
	return nil
}

// whole reads a text of one value.
func whole(text string) (any, error) {
	s := &Scanner{Text: []byte(text)}
	v, err := read(s, 0)
	if err == nil && !s.End() {
		err = errors.New("something follows")
	}
	return v, err
}

// stricter is true of a text that encoding/json takes and Scanner does not: it
// has bytes that are not UTF-8, or half a surrogate, which would be read as
// another text than it is.
func stricter(text string) bool {
	return !utf8.ValidString(text) || strings.Contains(strings.ToLower(text), `\ud`)
}

// check holds Scanner against encoding/json.
func check(t *testing.T, text string) {
	t.Helper()
	got, err := whole(text)
	if errors.Is(err, errDeep) {
		return
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var want any
	if !json.Valid([]byte(text)) {
		if err == nil {
			t.Errorf("%q is accepted as %v", text, got)
		}
		return
	}
	if wrong := d.Decode(&want); wrong != nil {
		t.Fatal(wrong)
	}
	if err != nil && stricter(text) {
		return
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as %#v, %v; want %#v", text, got, err, want)
	}
}

var texts = []string{
	``, ` `, `null`, ` true `, `false`, `nul`, `nulll`, `truefalse`, `0`, `-0`, `-`, `01`, `-01`, `10`, `1.5`, `1.`, `.5`, `1e5`, `1E+05`, `1e`, `1e-`, `+1`, `0x1`, `1_0`, `Infinity`, `NaN`,
	`""`, `"a`, `"`, `"\`, `"\"`, `"\""`, `"\\\/\b\f\n\r\t"`, `"\x"`, `"\u00e9\u0000"`, `"\u00E"`, `"\ud834\udd1e"`, `"\ud834"`, `"\ud834\u0041"`, "\"\n\"", "\"\x7f\"", "\"\xff\"", `"ü𝄞"`,
	`[]`, `[ ]`, `[`, `]`, `[1]`, `[1,]`, `[,]`, `[,1]`, `[1 2]`, ` [ 1 , "a,]" , [2,3] , {"x":[4,5]} , [] , [[]] ] `, `["\"",","]`, `[1}`, `[1]]`, `[{}]`, `[""]`,
	`{}`, `{ }`, `{"a":1}`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{1:2}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":{"b":[1,{"c":null}]},"d":"}"}`, `{"a":1,"a":2}`, `{"\u0061":1}`, `{]`, `{} {}`, `{}x`, "0\x00", "{}\x00", "[\x00]",
}

func TestReadsAsEncodingJSONDoes(t *testing.T) {
	for _, text := range texts {
		check(t, text)
	}
}

func TestErrorsLeaveThePlace(t *testing.T) {
	for text, want := range map[string]int{`[1,x]`: 3, `{"a":1,"b" 2}`: 11, `"\q"`: 1, `["a" "b"]`: 5} {
		s := &Scanner{Text: []byte(text)}
		if _, err := read(s, 0); err == nil || s.At != want {
			t.Errorf("%s: error %v at byte %d, want one at %d", text, err, s.At, want)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	text := []byte(`{"a":[1,2.5,-3e7],"b":"text é","c":null}`)
	if n := testing.AllocsPerRun(10, func() {
		s := Scanner{Text: text}
		err := s.Object(func(key Span) error {
			switch s.Peek() {
			case '[':
				return s.List(func() error {
					_, err := s.Number()
					return err
				})
			case '"':
				_, err := s.String()
				return err
			}
			s.Literal("null")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzScanner holds Scanner against encoding/json.
func FuzzScanner(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(check)
}
