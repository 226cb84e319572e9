package spec

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"
	"unicode"
)

// field is one configuration field of a struct, embedded structs laid open.
type field struct {
	name  string // in JSON
	index []int
}

// maxFields bounds the configuration fields of a struct.
const maxFields = 128

// structure is a struct's configuration.
type structure struct {
	fields []field
	byName map[string]int // their places in fields
}

// structures are those seen so far, by type.
var structures sync.Map

// structOf is a struct's configuration, looked up once.
func structOf(t reflect.Type) (*structure, error) {
	if s, ok := structures.Load(t); ok {
		return s.(*structure), nil
	}
	fields, err := fieldsOf(t)
	if err != nil {
		return nil, err
	}
	s := &structure{fields: fields, byName: map[string]int{}}
	for i, f := range fields {
		s.byName[f.name] = i
	}
	structures.Store(t, s)
	return s, nil
}

// fieldsOf lists a struct's configuration, in order.
func fieldsOf(t reflect.Type) ([]field, error) {
	var out []field
	seen := map[string]bool{}
	var walk func(t reflect.Type, at []int) error
	walk = func(t reflect.Type, at []int) error {
		for i := range t.NumField() {
			f := t.Field(i)
			index := append(append([]int(nil), at...), i)
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				if err := walk(f.Type, index); err != nil {
					return err
				}
				continue
			}
			if !f.IsExported() {
				continue
			}
			name := snake(f.Name)
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == "-" {
				continue
			} else if tag != "" {
				name = tag
			}
			if seen[name] {
				return fmt.Errorf("spec: %v has two fields called %q", t, name)
			}
			seen[name] = true
			out = append(out, field{name: name, index: index})
		}
		return nil
	}
	err := walk(t, nil)
	if err == nil && len(out) > maxFields {
		err = fmt.Errorf("spec: %v has %d fields, want at most %d", t, len(out), maxFields)
	}
	return out, err
}

// snake is a Go name in Keras' spelling: LearningRate is learning_rate, UseEMA
// is use_ema, EMAMomentum is ema_momentum, L2Shrinkage is l2_shrinkage.
func snake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) {
			after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || after {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
