package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
)

// maxDepth bounds the nesting of a configuration, written or read: a model of
// models nests a few levels for each model, never this many.
const maxDepth = 100

// Encode is v as JSON, as something of interface type I or as plain
// configuration when I is not an interface.
func Encode[I any](v I) ([]byte, error) {
	e := &encoder{}
	rv := reflect.ValueOf(&v).Elem()
	if err := e.value(rv, reflect.TypeFor[I]().String(), 0); err != nil {
		return nil, err
	}
	return e.out.Bytes(), nil
}

type encoder struct{ out bytes.Buffer }

// value writes v; where is its path, for errors.
func (e *encoder) value(v reflect.Value, where string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("spec: %s is nested more than %d levels deep, or holds itself", where, maxDepth)
	}
	switch v.Kind() {
	case reflect.Bool:
		e.out.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.out.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.out.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		e.float(v)
	case reflect.String:
		return e.text(v.String(), where)
	case reflect.Pointer:
		if v.IsNil() {
			e.out.WriteString("null")
			return nil
		}
		return e.value(v.Elem(), where, depth+1)
	case reflect.Interface:
		return e.object(v, where, depth+1)
	case reflect.Struct:
		return e.config(v, where, depth+1)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			e.out.WriteString("null")
			return nil
		}
		e.out.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				e.out.WriteByte(',')
			}
			if err := e.value(v.Index(i), fmt.Sprintf("%s[%d]", where, i), depth+1); err != nil {
				return err
			}
		}
		e.out.WriteByte(']')
	case reflect.Map:
		return e.dict(v, where, depth+1)
	case reflect.Func:
		return fmt.Errorf("spec: %s is a Go function, which cannot be saved; give it a named, registered type", where)
	default:
		return fmt.Errorf("spec: %s is a %v, which cannot be saved", where, v.Type())
	}
	return nil
}

// text escapes as encoding/json does, so it refuses what would not come back.
func (e *encoder) text(s, where string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("spec: %s: %w", where, err)
	}
	var back string
	if json.Unmarshal(b, &back) != nil || back != s {
		return fmt.Errorf("spec: %s is not valid UTF-8: %q", where, s)
	}
	e.out.Write(b)
	return nil
}

// float writes what JSON has no number for as a string.
func (e *encoder) float(v reflect.Value) {
	switch x := v.Float(); {
	case math.IsNaN(x):
		e.out.WriteString(`"NaN"`)
	case math.IsInf(x, 1):
		e.out.WriteString(`"Inf"`)
	case math.IsInf(x, -1):
		e.out.WriteString(`"-Inf"`)
	default:
		bits := 64
		if v.Kind() == reflect.Float32 {
			bits = 32
		}
		e.out.WriteString(strconv.FormatFloat(x, 'g', -1, bits))
	}
}

// object writes what an interface holds, with its class.
func (e *encoder) object(v reflect.Value, where string, depth int) error {
	if v.IsNil() {
		e.out.WriteString("null")
		return nil
	}
	iface := v.Type()
	held := v.Elem()
	if held.Kind() == reflect.Pointer {
		if held.IsNil() {
			return fmt.Errorf("spec: %s is a nil %v", where, held.Type())
		}
		held = held.Elem()
	}
	if held.Kind() == reflect.Func {
		return fmt.Errorf("spec: %s is a %v, a Go function, which cannot be saved; give it a named, registered type", where, held.Type())
	}
	f := familyOf(iface)
	var class string
	if f != nil {
		class = f.byType[held.Type()]
	}
	if class == "" {
		return fmt.Errorf("spec: %s is a %v, which is not registered: nn.Register[%v] lets it be saved", where, held.Type(), iface)
	}
	if _, bare := f.scalars[held.Kind()]; bare {
		return e.value(held, where, depth)
	}
	e.out.WriteString(`{"class":`)
	if err := e.text(class, where); err != nil {
		return err
	}
	if s, ok := standOf(held); ok {
		config, err := s.Config()
		if err != nil {
			return fmt.Errorf("spec: %s(%s): %w", where, class, err)
		}
		held = reflect.ValueOf(config)
	}
	if held.IsZero() {
		e.out.WriteByte('}')
		return nil
	}
	e.out.WriteString(`,"config":`)
	if err := e.value(held, where+"("+class+")", depth); err != nil {
		return err
	}
	e.out.WriteByte('}')
	return nil
}

// standOf is v as a Stand, if it is one.
func standOf(v reflect.Value) (Stand, bool) {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	s, ok := p.Interface().(Stand)
	return s, ok
}

// config writes the fields of a struct that are not zero.
func (e *encoder) config(v reflect.Value, where string, depth int) error {
	s, err := structOf(v.Type())
	if err != nil {
		return err
	}
	e.out.WriteByte('{')
	comma := false
	for _, f := range s.fields {
		x := v.FieldByIndex(f.index)
		if x.IsZero() {
			continue
		}
		if comma {
			e.out.WriteByte(',')
		}
		comma = true
		if err := e.text(f.name, where); err != nil {
			return err
		}
		e.out.WriteByte(':')
		if err := e.value(x, where+"."+f.name, depth); err != nil {
			return err
		}
	}
	e.out.WriteByte('}')
	return nil
}

// dict writes a map in the order of its keys: strings or whole numbers.
func (e *encoder) dict(v reflect.Value, where string, depth int) error {
	if v.IsNil() {
		e.out.WriteString("null")
		return nil
	}
	type entry struct {
		key   string
		value reflect.Value
	}
	var entries []entry
	for it := v.MapRange(); it.Next(); {
		k := it.Key()
		switch {
		case k.Kind() == reflect.String:
			entries = append(entries, entry{k.String(), it.Value()})
		case k.CanInt():
			entries = append(entries, entry{strconv.FormatInt(k.Int(), 10), it.Value()})
		default:
			return fmt.Errorf("spec: %s has keys of type %v, want strings or whole numbers", where, k.Type())
		}
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].key < entries[j].key })
	e.out.WriteByte('{')
	for i, x := range entries {
		if i > 0 {
			e.out.WriteByte(',')
		}
		if err := e.text(x.key, where); err != nil {
			return err
		}
		e.out.WriteByte(':')
		if err := e.value(x.value, where+"["+x.key+"]", depth); err != nil {
			return err
		}
	}
	e.out.WriteByte('}')
	return nil
}
