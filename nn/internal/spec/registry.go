// Package spec turns configuration structs into JSON and back, so that a model
// can be saved as data: {"class": "RMSprop", "config": {"rho": 0.95}}.
//
// A value of an interface type is written as the class of what it holds, under
// which that type was registered for the interface, and its configuration. A
// registered type that is a string or a float is written as that alone
// ("relu", 0.01). Configuration is a struct's exported fields, in snake case,
// without those that are zero; embedded structs' fields stand among their own.
// Unexported fields are state, not configuration, and are left out.
//
// Reading is strict: an unknown class or field, a number that does not fit, a
// repeated field or deep nesting is an error, and nothing is run but a type's
// own Check() error.
package spec

import (
	"fmt"
	"reflect"
	"sync"
)

// registry holds the types that may stand in each interface.
var registry = struct {
	sync.RWMutex
	classes map[reflect.Type]*family
}{classes: map[reflect.Type]*family{}}

// family is the registered types of one interface.
type family struct {
	byName  map[string]reflect.Type       // as registered: a value or a pointer type
	byType  map[reflect.Type]string       // by the type without its pointer
	scalars map[reflect.Kind]reflect.Type // the string and the float type
}

// Stand is a registered type whose configuration is another value than its own
// fields: a model that is a layer of another, which is saved as what it was
// built from. SetConfig is a method of the pointer; it calls decode with a
// pointer to what Config returns a value of, and take for memory that it
// allocates itself.
type Stand interface {
	Config() (any, error)
	SetConfig(decode func(into any) error, take func(bytes int64) error) error
}

// Register lets the types of the examples stand in fields of interface type I;
// the class is the type's name. What is decoded is a pointer where the example
// is one. It panics on two types of one name, which is a mistake in the program,
// not in its input.
func Register[I any](examples ...I) {
	for _, e := range examples {
		RegisterAs(reflect.Indirect(reflect.ValueOf(e)).Type().Name(), e)
	}
}

// RegisterAs is Register of one type under another class name.
func RegisterAs[I any](class string, example I) {
	registry.Lock()
	defer registry.Unlock()
	iface := reflect.TypeFor[I]()
	f := registry.classes[iface]
	if f == nil {
		f = &family{byName: map[string]reflect.Type{}, byType: map[reflect.Type]string{}, scalars: map[reflect.Kind]reflect.Type{}}
		registry.classes[iface] = f
	}
	t := reflect.TypeOf(example)
	bare := t
	if bare.Kind() == reflect.Pointer {
		bare = bare.Elem()
	}
	if old, ok := f.byName[class]; ok && old != t || class == "" {
		panic(fmt.Sprintf("spec: class %q of %v is registered as %v and as %v", class, iface, old, t))
	}
	f.byName[class], f.byType[bare] = t, class
	switch k := bare.Kind(); k {
	case reflect.String, reflect.Float64:
		if old, ok := f.scalars[k]; ok && old != t {
			panic(fmt.Sprintf("spec: %v and %v would both be written as a bare %v", old, t, k))
		}
		f.scalars[k] = t
	}
}

// Classes lists the class names registered for interface type I.
func Classes[I any]() []string {
	registry.RLock()
	defer registry.RUnlock()
	f := registry.classes[reflect.TypeFor[I]()]
	if f == nil {
		return nil
	}
	return sortedKeys(f.byName)
}

// familyOf is the registered types of an interface; nil without any.
func familyOf(iface reflect.Type) *family {
	registry.RLock()
	defer registry.RUnlock()
	return registry.classes[iface]
}

// TypeOf is the type that a class of interface type I is registered with,
// without its pointer; nil for a class that is not.
func TypeOf[I any](class string) reflect.Type {
	f := familyOf(reflect.TypeFor[I]())
	if f == nil || f.byName[class] == nil {
		return nil
	}
	t := f.byName[class]
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
