package spec

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/glearn-go/glearn/nn/internal/jsontext"
)

// Allowance is what a value may take in memory beside what its text allows for:
// a short text takes many times its length, and a list of short texts takes 16
// bytes for each. A vocabulary of a million words of 5 letters fits.
const Allowance = 8 << 20

// ErrMemory is what Decode says of a value that would take more memory than it
// may.
var ErrMemory = errors.New("too much memory")

// Decode reads what [Encode] wrote, into at most twice the memory of its text
// and [Allowance]. Where a decoded registered type has a method Check() error,
// it is asked. Errors name the byte and the field.
func Decode[I any](data []byte) (I, error) {
	v, _, err := DecodeWithin[I](bytes.Clone(data), int64(len(data))+Allowance)
	return v, err
}

// DecodeWithin is Decode into at most limit bytes; left is what is left of them.
// The data is taken over: escapes are resolved in it, and the value's texts lie
// in it.
func DecodeWithin[I any](data []byte, limit int64) (v I, left int64, err error) {
	if uint64(len(data)) > math.MaxUint32 {
		return v, limit, fmt.Errorf("spec: a text of %d bytes, want less than 4 GiB", len(data))
	}
	d := &decoder{Scanner: jsontext.Scanner{Text: data}, limit: limit, left: limit, path: make([]step, 0, 3*maxDepth)}
	rv := reflect.ValueOf(&v).Elem()
	if err = d.value(rv, 0); err == nil && !d.End() {
		err = fmt.Errorf("something follows the JSON value")
	}
	if err != nil {
		var none I
		return none, d.left, fmt.Errorf("spec: byte %d: %s: %w", d.At, d.where(rv.Type()), err)
	}
	return v, d.left, nil
}

// decoder reads JSON straight into the value, and counts what it allocates.
type decoder struct {
	jsontext.Scanner
	limit, left int64  // bytes of memory
	path        []step // where in the value it is; an error leaves it as it was there
}

// step leads into a value: a field, a class, an element or a key.
type step struct {
	kind  byte // '.', '(', '[' or 'k'
	name  string
	index int
}

// where is the path, or its end when it is long.
func (d *decoder) where(t reflect.Type) string {
	var b strings.Builder
	b.WriteString(t.String())
	for _, s := range d.path {
		switch s.kind {
		case '.':
			b.WriteString("." + s.name)
		case '(':
			b.WriteString("(" + s.name + ")")
		case '[':
			fmt.Fprintf(&b, "[%d]", s.index)
		case 'k':
			b.WriteString("[" + clip(s.name) + "]")
		}
	}
	const most = 150
	if s := b.String(); len(s) > most {
		return "..." + strings.ToValidUTF8(s[len(s)-most:], "")
	}
	return b.String()
}

// inside reads a part of the value.
func (d *decoder) inside(s step, read func() error) error {
	d.path = append(d.path, s)
	if err := read(); err != nil {
		return err
	}
	d.path = d.path[:len(d.path)-1]
	return nil
}

// take counts an allocation of n elements of size bytes before it is made.
func (d *decoder) take(n int, size uintptr) error {
	bytes := int64(math.MaxInt64) // more than there is
	if size == 0 || int64(n) < math.MaxInt64/4/int64(size) {
		bytes = int64(n) * int64(size)
		if bytes <= 32<<10 {
			bytes += bytes/8 + 16 // Go's sizes of memory blocks
		} else {
			bytes += 8 << 10 // pages
		}
	}
	return d.takeBytes(bytes)
}

func (d *decoder) takeBytes(bytes int64) error {
	if bytes > d.left {
		return fmt.Errorf("the configuration would take more than %d bytes: %w", d.limit, ErrMemory)
	}
	d.left -= bytes
	return nil
}

// text is a piece of the text that is not changed any more.
func (d *decoder) text(p jsontext.Span) string {
	if p.From == p.To {
		return ""
	}
	return unsafe.String(&d.Text[p.From], p.To-p.From)
}

// value reads into v, which is settable and zero.
func (d *decoder) value(v reflect.Value, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
		if d.Literal("null") {
			return nil // stays nil
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		switch {
		case d.Literal("true"):
			v.SetBool(true)
		case !d.Literal("false"):
			return d.mismatch(v.Type())
		}
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return d.whole(v)
	case reflect.Float32, reflect.Float64:
		return d.float(v)
	case reflect.String:
		if d.Peek() != '"' {
			return d.mismatch(v.Type())
		}
		p, err := d.String()
		v.SetString(d.text(p))
		return err
	case reflect.Pointer:
		if err := d.take(1, v.Type().Elem().Size()); err != nil {
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(v.Elem(), depth+1)
	case reflect.Interface:
		return d.object(v, depth+1)
	case reflect.Struct:
		return d.config(v, depth+1)
	case reflect.Slice, reflect.Array:
		return d.list(v, depth+1)
	case reflect.Map:
		return d.dict(v, depth+1)
	}
	return fmt.Errorf("a %v cannot be loaded", v.Type())
}

// mismatch says what stands where a value of another type belongs.
func (d *decoder) mismatch(want reflect.Type) error {
	var got string
	switch c := d.Peek(); {
	case c == 0:
		return fmt.Errorf("the JSON ends too early")
	case c == '"':
		got = "text"
	case c == '[':
		got = "a list"
	case c == '{':
		got = "an object"
	case c == '-' || '0' <= c && c <= '9':
		got = "a number"
	case d.Literal("null"):
		got = "null"
	case d.Literal("true"), d.Literal("false"):
		got = "a truth value"
	default:
		got = "no JSON"
	}
	return fmt.Errorf("is %s in the file, want a %v", got, want)
}

// number reads a number's text.
func (d *decoder) number(want reflect.Type) (string, error) {
	if c := d.Peek(); c != '-' && (c < '0' || c > '9') {
		return "", d.mismatch(want)
	}
	p, err := d.Number()
	return d.text(p), err
}

func (d *decoder) whole(v reflect.Value) error {
	n, err := d.number(v.Type())
	if err != nil {
		return err
	}
	if v.CanInt() {
		var x int64
		x, err = strconv.ParseInt(n, 10, v.Type().Bits())
		v.SetInt(x)
	} else {
		var x uint64
		x, err = strconv.ParseUint(n, 10, v.Type().Bits())
		v.SetUint(x)
	}
	if err != nil {
		return fmt.Errorf("%s does not fit a %v", clip(n), v.Type())
	}
	return nil
}

// float reads a number, or the text of what JSON has no number for.
func (d *decoder) float(v reflect.Value) error {
	if d.Peek() == '"' {
		for text, x := range special {
			if d.Literal(text) {
				v.SetFloat(x)
				return nil
			}
		}
	}
	n, err := d.number(v.Type())
	if err != nil {
		return err
	}
	x, err := strconv.ParseFloat(n, v.Type().Bits())
	if err != nil {
		return fmt.Errorf("%s does not fit a %v", clip(n), v.Type())
	}
	v.SetFloat(x)
	return nil
}

// special are the floats that are written as texts.
var special = map[string]float64{`"NaN"`: math.NaN(), `"Inf"`: math.Inf(1), `"-Inf"`: math.Inf(-1)}

// object makes what an interface holds, by class.
func (d *decoder) object(v reflect.Value, depth int) error {
	f := familyOf(v.Type())
	if f == nil {
		return fmt.Errorf("a %v, of which no type is registered", v.Type())
	}
	kind := reflect.Invalid
	switch c := d.Peek(); {
	case c == '"':
		kind = reflect.String
	case c == '-' || '0' <= c && c <= '9':
		kind = reflect.Float64
	}
	if t, ok := f.scalars[kind]; ok {
		return d.place(v, t, true, depth)
	}
	if d.Peek() != '{' {
		return d.mismatch(v.Type())
	}
	var t reflect.Type
	var class string
	placed := false
	place := func(given bool) error {
		placed = true
		return d.inside(step{kind: '(', name: class}, func() error { return d.place(v, t, given, depth) })
	}
	err := d.Object(func(key jsontext.Span) (err error) {
		switch name := d.text(key); {
		case t == nil && name == "class" && d.Peek() == '"':
			class, t, err = d.class(f, v.Type())
			return err
		case t == nil:
			return fmt.Errorf("the object has no \"class\" at its beginning")
		case name == "config" && !placed:
			return place(true)
		case name == "config" || name == "class":
			return fmt.Errorf("%q stands twice", name)
		default:
			return fmt.Errorf("%q beside \"class\" and \"config\"", clip(name))
		}
	})
	if err != nil || placed {
		return err
	}
	if t == nil {
		return fmt.Errorf("the object has no \"class\"")
	}
	return place(false)
}

// class reads the name of a registered type.
func (d *decoder) class(f *family, iface reflect.Type) (string, reflect.Type, error) {
	p, err := d.String()
	if err != nil {
		return "", nil, err
	}
	class := d.text(p)
	t, ok := f.byName[class]
	if !ok {
		return "", nil, fmt.Errorf("unknown class %q, want one of %s; a type of the program's own has to be registered before, with nn.Register[%v]", clip(class), strings.Join(sortedKeys(f.byName), ", "), iface)
	}
	return class, t, nil
}

// place reads into a new t and puts that into the interface v. Where no
// configuration is given it stays zero.
func (d *decoder) place(v reflect.Value, t reflect.Type, given bool, depth int) error {
	bare, pointer := t, t.Kind() == reflect.Pointer
	copies := 2 // one to read into, one in the interface
	if pointer {
		bare, copies = t.Elem(), 1
	}
	for range copies {
		if err := d.take(1, bare.Size()); err != nil {
			return err
		}
	}
	x := reflect.New(bare)
	if s, ok := x.Interface().(Stand); ok {
		if err := d.stand(s, given, depth); err != nil {
			return err
		}
	} else if given {
		if err := d.value(x.Elem(), depth); err != nil {
			return err
		}
	}
	if c, ok := x.Interface().(interface{ Check() error }); ok {
		const bytes = 256 // what it may need to look at the settings
		if err := d.takeBytes(bytes); err != nil {
			return err
		}
		if err := c.Check(); err != nil {
			return err
		}
	}
	if pointer {
		v.Set(x)
	} else {
		v.Set(x.Elem())
	}
	return nil
}

// stand lets a Stand read its configuration, once.
func (d *decoder) stand(s Stand, given bool, depth int) error {
	asked := false
	err := s.SetConfig(func(into any) error {
		if asked {
			return fmt.Errorf("%T reads its configuration twice", s)
		}
		asked = true
		if !given {
			return fmt.Errorf("a %T without configuration", s)
		}
		return d.value(reflect.ValueOf(into).Elem(), depth)
	}, d.takeBytes)
	if err == nil && !asked {
		err = fmt.Errorf("%T does not read its configuration", s)
	}
	return err
}

func (d *decoder) config(v reflect.Value, depth int) error {
	if d.Peek() != '{' {
		return d.mismatch(v.Type())
	}
	s, err := structOf(v.Type())
	if err != nil {
		return err
	}
	var seen [maxFields]bool
	return d.Object(func(key jsontext.Span) error {
		name := d.Of(key)
		i, ok := s.byName[string(name)]
		if !ok {
			return fmt.Errorf("there is no field %q, want some of %s", clip(string(name)), strings.Join(sortedKeys(s.byName), ", "))
		}
		if seen[i] {
			return fmt.Errorf("the name %q stands twice in one object", name)
		}
		seen[i] = true
		f := s.fields[i]
		return d.inside(step{kind: '.', name: f.name}, func() error { return d.value(v.FieldByIndex(f.index), depth) })
	})
}

// list reads a list into a slice that is made for it, or into an array.
func (d *decoder) list(v reflect.Value, depth int) error {
	if d.Peek() != '[' {
		return d.mismatch(v.Type())
	}
	n := d.Elements()
	if v.Kind() == reflect.Slice {
		const header = 24 // that reflect makes
		if err := d.take(1, header); err != nil {
			return err
		}
		if err := d.take(n, v.Type().Elem().Size()); err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
	} else if n != v.Len() {
		return fmt.Errorf("%d elements in the file, want %d", n, v.Len())
	}
	i := 0
	return d.List(func() error {
		if i == n {
			return fmt.Errorf("no end of the list after %d elements", n)
		}
		i++
		return d.inside(step{kind: '[', index: i - 1}, func() error { return d.value(v.Index(i-1), depth) })
	})
}

func (d *decoder) dict(v reflect.Value, depth int) error {
	if d.Peek() != '{' {
		return d.mismatch(v.Type())
	}
	t, n := v.Type(), d.Elements()
	if err := d.takeMap(t, n); err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(t, n))
	key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
	return d.Object(func(p jsontext.Span) error {
		name := d.text(p)
		switch {
		case key.Kind() == reflect.String:
			key.SetString(name)
		case key.CanInt():
			n, err := strconv.ParseInt(name, 10, t.Key().Bits())
			if err != nil || strconv.FormatInt(n, 10) != name {
				return fmt.Errorf("key %q does not fit a %v", clip(name), t.Key())
			}
			key.SetInt(n)
		default:
			return fmt.Errorf("keys of type %v cannot be loaded", t.Key())
		}
		if v.MapIndex(key).IsValid() {
			return fmt.Errorf("the name %q stands twice in one object", clip(name))
		}
		value.SetZero()
		if err := d.inside(step{kind: 'k', name: name}, func() error { return d.value(value, depth) }); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
		return nil
	})
}

// takeMap counts a map of n entries: its table is up to 2.3 times as large, and
// has at least 8 places; large entries stand outside of it.
func (d *decoder) takeMap(t reflect.Type, n int) error {
	const large = 128
	entry := 1 + min(t.Key().Size(), large) + min(t.Elem().Size(), large)
	if err := d.take(max(n, 8), 5*entry/2); err != nil {
		return err
	}
	for _, size := range []uintptr{t.Key().Size(), t.Elem().Size()} {
		if err := d.take(n+1, size); err != nil { // and one to read into
			return err
		}
	}
	return d.take(1, large) // the map itself
}

// clip keeps a hostile file's text from flooding an error.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "..."
	}
	return s
}
