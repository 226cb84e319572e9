package spec

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"unicode"
)

// field is one configuration field of a struct, embedded structs laid open.
type field struct {
	name  string // in JSON
	index []int
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
