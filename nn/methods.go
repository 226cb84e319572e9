package nn

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// hooks are the methods of callbacks, as interfaces of one method each.
var hooks = []reflect.Type{
	reflect.TypeFor[TrainBeginner](), reflect.TypeFor[TrainEnder](),
	reflect.TypeFor[EpochBeginner](), reflect.TypeFor[EpochEnder](),
	reflect.TypeFor[BatchBeginner](), reflect.TypeFor[BatchEnder](),
	reflect.TypeFor[TestBeginner](), reflect.TypeFor[TestEnder](),
	reflect.TypeFor[Pauser](), reflect.TypeFor[DivergenceHandler](),
}

func hookName(hook reflect.Type) string { return hook.Method(0).Name }

// signature is "OnEpochBegin(*nn.Training) error" of a method's name and type.
func signature(name string, method reflect.Type) string {
	return name + strings.TrimPrefix(method.String(), "func")
}

func hookSignature(hook reflect.Type) string {
	return signature(hookName(hook), hook.Method(0).Type)
}

// goodMethods has the types that checkMethods found nothing wrong with: looking
// takes as long as a step of a small model.
var goodMethods sync.Map

// checkMethods says which method of a callback Fit would never call although it
// looks as if it did. The error goes on from "a T, ".
//
// As it may ask for any method, the linker keeps all exported ones in programs
// that call Fit: 2.5 MB of 11.7 in examples/reuters. Programs that only predict
// stay as they are.
func checkMethods(c Callback) error {
	t := reflect.TypeOf(c)
	if t == nil {
		return errors.New("is nil")
	}
	if t.Kind() == reflect.Func && reflect.ValueOf(c).IsNil() {
		return errors.New("is a nil function")
	}
	if _, ok := goodMethods.Load(t); ok {
		return nil
	}
	full := t // has the methods of the pointer as well
	if t.Kind() != reflect.Pointer {
		full = reflect.PointerTo(t)
	}
	listens := false
	for i := range full.NumMethod() {
		m := full.Method(i)
		if !isHookName(m.Name) {
			continue
		}
		if err := checkMethod(t, full, m); err != nil {
			return err
		}
		listens = true
	}
	if err := checkEmbedded(full); err != nil {
		return err
	}
	if err := checkStateful(t, full); err != nil {
		return err
	}
	if !listens {
		return fmt.Errorf("has none of the methods of a callback: %s", hookNames())
	}
	goodMethods.Store(t, true)
	return nil
}

// isHookName is true of OnEpochEnded, but not of Only.
func isHookName(name string) bool {
	rest, ok := strings.CutPrefix(name, "On")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLower(r)
}

// checkMethod looks at a method whose name begins with On, of the value's type t
// or of the pointer's.
func checkMethod(t, full reflect.Type, m reflect.Method) error {
	found := signature(m.Name, reflect.Zero(full).Method(m.Index).Type())
	at := slices.IndexFunc(hooks, func(h reflect.Type) bool { return hookName(h) == m.Name })
	switch {
	case at < 0:
		return fmt.Errorf("has a method %s, which Fit does not know; the nearest it knows is %s, of %s", found, hookSignature(nearest(m.Name)), hookNames())
	case !full.Implements(hooks[at]):
		return fmt.Errorf("has the method %s, want %s", found, hookSignature(hooks[at]))
	case !t.Implements(hooks[at]):
		return fmt.Errorf("has %s only as a pointer: pass its address", m.Name)
	}
	return nil
}

// checkEmbedded finds methods that are lost because two embedded callbacks have
// them.
func checkEmbedded(full reflect.Type) error {
	t := full.Elem()
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous {
			continue
		}
		part := f.Type
		if k := part.Kind(); k != reflect.Pointer && k != reflect.Interface {
			part = reflect.PointerTo(part)
		}
		for _, h := range hooks {
			if _, ok := full.MethodByName(hookName(h)); !ok && part.Implements(h) {
				return fmt.Errorf("has no %s, as %s and another field that it embeds have one: write one that calls theirs", hookName(h), f.Name)
			}
		}
	}
	return nil
}

// checkStateful looks at the two methods of a Stateful, where both are there.
func checkStateful(t, full reflect.Type) error {
	stateful := reflect.TypeFor[Stateful]()
	for i := range stateful.NumMethod() {
		if _, ok := full.MethodByName(stateful.Method(i).Name); !ok {
			return nil
		}
	}
	if t.Implements(stateful) {
		return nil
	}
	if full.Implements(stateful) {
		return errors.New("is nn.Stateful only as a pointer: pass its address")
	}
	want := make([]string, stateful.NumMethod())
	for i := range want {
		want[i] = signature(stateful.Method(i).Name, stateful.Method(i).Type)
	}
	return fmt.Errorf("has State and SetState, but not those of nn.Stateful, want %s", strings.Join(want, " and "))
}

// otherNames turns words that other libraries use in names of such methods into
// ours.
var otherNames = strings.NewReplacer("TrainBatch", "Batch", "Validation", "Test", "Start", "Begin", "Finish", "End")

// nearest is the hook whose name has the most letters in common with a name, at
// its start and at its end.
func nearest(name string) reflect.Type {
	name = otherNames.Replace(name)
	common := func(h reflect.Type) int {
		known := hookName(h)
		most := min(len(name), len(known))
		start, end := 0, 0
		for start < most && name[start] == known[start] {
			start++
		}
		for end < most-start && name[len(name)-1-end] == known[len(known)-1-end] {
			end++
		}
		return start + end
	}
	return slices.MaxFunc(hooks, func(a, b reflect.Type) int { return common(a) - common(b) })
}

func hookNames() string {
	names := make([]string, len(hooks))
	for i, h := range hooks {
		names[i] = hookName(h)
	}
	return strings.Join(names, ", ")
}
