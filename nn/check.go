package nn

import (
	"fmt"
	"reflect"
)

// checker is a configuration that knows its ranges.
type checker interface{ Check() error }

// checkParts says which setting of a configuration is out of range: its own
// (Check), or one of what its exported fields hold, such as a layer's
// initializer or an optimizer's schedule.
func checkParts(config any) error {
	v := reflect.ValueOf(config)
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return fmt.Errorf("it is a nil %T", config)
		}
		v = v.Elem()
	}
	if c, ok := config.(checker); ok {
		if err := c.Check(); err != nil {
			return err
		}
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		field, part := v.Type().Field(i), v.Field(i)
		if !field.IsExported() {
			continue
		}
		var err error
		switch {
		case part.Kind() == reflect.Interface && !part.IsNil():
			err = checkParts(part.Interface())
		case part.Kind() == reflect.Struct:
			err = checkParts(part.Interface())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	return nil
}

// checkLayer says which setting of a layer is out of range.
func checkLayer(l Layer) error {
	switch l := l.(type) {
	case *Shared:
		return checkLayer(l.layer)
	case nested:
		return nil // it is checked when it is built
	}
	return checkParts(l)
}

// guarded calls f, which runs other people's code, and makes a panic an error:
// it must not end the program.
func guarded(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked: %v", what, p)
		}
	}()
	return f()
}
