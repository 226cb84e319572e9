package nn

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

var (
	notWord  = regexp.MustCompile(`\W+`)
	wordHead = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	caseEdge = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snakeCase is Keras' to_snake_case: GlobalAveragePooling1D is
// global_average_pooling1d.
func snakeCase(s string) string {
	s = notWord.ReplaceAllString(s, "")
	s = wordHead.ReplaceAllString(s, "${1}_${2}")
	return strings.ToLower(caseEdge.ReplaceAllString(s, "${1}_${2}"))
}

// typeName is the name of a layer's type, such as "Dense".
func typeName(l Layer) string {
	switch l := l.(type) {
	case *Shared:
		return typeName(l.layer)
	case nested:
		return "Model"
	}
	t := reflect.TypeOf(l)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	if name == "" {
		return "Layer"
	}
	return name
}

// givenName is the value of a layer's field Name, "" where it has none.
func givenName(l Layer) string {
	switch l := l.(type) {
	case *Shared:
		if l.name != "" {
			return l.name
		}
		return givenName(l.layer)
	case nested:
		if l.model == nil {
			return ""
		}
		return l.model.name
	}
	v := reflect.ValueOf(l)
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return ""
	}
	if f := v.FieldByName("Name"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// stackNames are the names that the layers of a stack have once they are built.
func (m *Model) stackNames() ([]string, error) {
	taken, known := map[string]bool{}, map[*Shared]string{}
	for s, inst := range m.instances {
		taken[inst.name], known[s] = true, inst.name
	}
	names := make([]string, len(m.stack))
	for i, s := range m.stack {
		if known[s] == "" {
			name, err := nameFor(s, taken)
			if err != nil {
				return nil, err
			}
			taken[name], known[s] = true, name
		}
		names[i] = known[s]
	}
	return names, nil
}

// maxName bounds the name of a layer, which is a part of many other names.
const maxName = 255

// nameFor is the layer's own name, or the next free one of its type: dense,
// dense_1, ...
func nameFor(l Layer, taken map[string]bool) (string, error) {
	if name := givenName(l); name != "" {
		if len(name) > maxName {
			return "", fmt.Errorf("nn: the layer name %.40q... has %d bytes, want at most %d", name, len(name), maxName)
		}
		if taken[name] {
			return "", fmt.Errorf("nn: two layers are called %q; names must differ", name)
		}
		if strings.Contains(name, "/") {
			return "", fmt.Errorf("nn: layer name %q contains a slash", name)
		}
		return name, nil
	}
	base := snakeCase(typeName(l))
	name := base
	for i := 1; taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	return name, nil
}
