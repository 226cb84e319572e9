package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Decode reads what [Encode] wrote. Where a decoded registered type has a method
// Check() error, it is asked.
func Decode[I any](data []byte) (I, error) {
	var out I
	tree, err := parse(data)
	if err != nil {
		return out, err
	}
	v := reflect.ValueOf(&out).Elem()
	if err := decode(v, tree, v.Type().String(), 0); err != nil {
		var none I
		return none, err
	}
	return out, nil
}

// decode sets v, which is settable and zero, from a parsed value.
func decode(v reflect.Value, tree any, where string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("spec: %s is nested more than %d levels deep", where, maxDepth)
	}
	if tree == nil {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			return nil // stays nil
		}
		return mismatch(where, tree, v.Type())
	}
	switch v.Kind() {
	case reflect.Bool:
		x, ok := tree.(bool)
		if !ok {
			return mismatch(where, tree, v.Type())
		}
		v.SetBool(x)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return decodeInt(v, tree, where)
	case reflect.Float32, reflect.Float64:
		return decodeFloat(v, tree, where)
	case reflect.String:
		x, ok := tree.(string)
		if !ok {
			return mismatch(where, tree, v.Type())
		}
		v.SetString(x)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(v.Elem(), tree, where, depth+1)
	case reflect.Interface:
		return decodeObject(v, tree, where, depth+1)
	case reflect.Struct:
		return decodeStruct(v, tree, where, depth+1)
	case reflect.Slice, reflect.Array:
		return decodeList(v, tree, where, depth+1)
	case reflect.Map:
		return decodeMap(v, tree, where, depth+1)
	default:
		return fmt.Errorf("spec: %s is a %v, which cannot be loaded", where, v.Type())
	}
	return nil
}

func mismatch(where string, tree any, want reflect.Type) error {
	got := map[reflect.Type]string{nil: "null", reflect.TypeFor[bool](): "a truth value", reflect.TypeFor[json.Number](): "a number",
		reflect.TypeFor[string](): "text", reflect.TypeFor[[]any](): "a list", reflect.TypeFor[object](): "an object"}[reflect.TypeOf(tree)]
	return fmt.Errorf("spec: %s is %s in the file, want a %v", where, got, want)
}

func decodeInt(v reflect.Value, tree any, where string) error {
	n, ok := tree.(json.Number)
	if !ok {
		return mismatch(where, tree, v.Type())
	}
	if v.CanInt() {
		x, err := strconv.ParseInt(n.String(), 10, v.Type().Bits())
		if err != nil {
			return fmt.Errorf("spec: %s: %s does not fit a %v", where, clip(n.String()), v.Type())
		}
		v.SetInt(x)
		return nil
	}
	x, err := strconv.ParseUint(n.String(), 10, v.Type().Bits())
	if err != nil {
		return fmt.Errorf("spec: %s: %s does not fit a %v", where, clip(n.String()), v.Type())
	}
	v.SetUint(x)
	return nil
}

func decodeFloat(v reflect.Value, tree any, where string) error {
	switch x := tree.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(x.String(), v.Type().Bits())
		if err != nil {
			return fmt.Errorf("spec: %s: %s does not fit a %v", where, clip(x.String()), v.Type())
		}
		v.SetFloat(f)
		return nil
	case string:
		special := map[string]float64{"NaN": math.NaN(), "Inf": math.Inf(1), "-Inf": math.Inf(-1)}
		if f, ok := special[x]; ok {
			v.SetFloat(f)
			return nil
		}
	}
	return mismatch(where, tree, v.Type())
}

// decodeObject makes what an interface holds, by class.
func decodeObject(v reflect.Value, tree any, where string, depth int) error {
	f := familyOf(v.Type())
	if f == nil {
		return fmt.Errorf("spec: %s is a %v, of which no type is registered", where, v.Type())
	}
	kind := reflect.Invalid
	switch tree.(type) {
	case string:
		kind = reflect.String
	case json.Number:
		kind = reflect.Float64
	}
	if t, ok := f.scalars[kind]; ok {
		return place(v, t, tree, where, depth)
	}
	o, ok := tree.(object)
	if !ok {
		return mismatch(where, tree, v.Type())
	}
	class, ok := o["class"].(string)
	if !ok {
		return fmt.Errorf("spec: %s: the object has no \"class\"", where)
	}
	for name := range o {
		if name != "class" && name != "config" {
			return fmt.Errorf("spec: %s: %q beside \"class\" and \"config\"", where, clip(name))
		}
	}
	t, ok := f.byName[class]
	if !ok {
		return fmt.Errorf("spec: %s: unknown class %q, want one of %s", where, clip(class), strings.Join(sortedKeys(f.byName), ", "))
	}
	return place(v, t, o["config"], where+"("+class+")", depth)
}

// place decodes into a new t and puts that into the interface v. Without
// configuration it stays zero.
func place(v reflect.Value, t reflect.Type, config any, where string, depth int) error {
	bare, pointer := t, t.Kind() == reflect.Pointer
	if pointer {
		bare = t.Elem()
	}
	x := reflect.New(bare)
	if s, ok := x.Interface().(Stand); ok {
		err := s.SetConfig(func(into any) error {
			return decode(reflect.ValueOf(into).Elem(), config, where, depth)
		})
		if err != nil {
			return err
		}
	} else if config != nil {
		if err := decode(x.Elem(), config, where, depth); err != nil {
			return err
		}
	}
	if c, ok := x.Interface().(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return fmt.Errorf("spec: %s: %w", where, err)
		}
	}
	if pointer {
		v.Set(x)
	} else {
		v.Set(x.Elem())
	}
	return nil
}

func decodeStruct(v reflect.Value, tree any, where string, depth int) error {
	o, ok := tree.(object)
	if !ok {
		return mismatch(where, tree, v.Type())
	}
	fields, err := fieldsOf(v.Type())
	if err != nil {
		return err
	}
	byName := map[string]field{}
	for _, f := range fields {
		byName[f.name] = f
	}
	for _, name := range sortedKeys(o) {
		f, ok := byName[name]
		if !ok {
			return fmt.Errorf("spec: %s has no field %q, want some of %s", where, clip(name), strings.Join(sortedKeys(byName), ", "))
		}
		if err := decode(v.FieldByIndex(f.index), o[name], where+"."+name, depth); err != nil {
			return err
		}
	}
	return nil
}

func decodeList(v reflect.Value, tree any, where string, depth int) error {
	list, ok := tree.([]any)
	if !ok {
		return mismatch(where, tree, v.Type())
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	} else if len(list) != v.Len() {
		return fmt.Errorf("spec: %s has %d elements in the file, want %d", where, len(list), v.Len())
	}
	for i, x := range list {
		if err := decode(v.Index(i), x, fmt.Sprintf("%s[%d]", where, i), depth); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(v reflect.Value, tree any, where string, depth int) error {
	o, ok := tree.(object)
	if !ok {
		return mismatch(where, tree, v.Type())
	}
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	for _, name := range sortedKeys(o) {
		key := reflect.New(t.Key()).Elem()
		switch {
		case key.Kind() == reflect.String:
			key.SetString(name)
		case key.CanInt():
			n, err := strconv.ParseInt(name, 10, t.Key().Bits())
			if err != nil || strconv.FormatInt(n, 10) != name {
				return fmt.Errorf("spec: %s: key %q does not fit a %v", where, clip(name), t.Key())
			}
			key.SetInt(n)
		default:
			return fmt.Errorf("spec: %s has keys of type %v, which cannot be loaded", where, t.Key())
		}
		value := reflect.New(t.Elem()).Elem()
		if err := decode(value, o[name], where+"["+clip(name)+"]", depth); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// clip keeps a hostile file's text from flooding an error.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
