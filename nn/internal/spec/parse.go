package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// object is a JSON object that keeps no order.
type object map[string]any

// parse reads one JSON value as nil, bool, json.Number, string, []any or
// object. Unlike encoding/json it refuses repeated names and deep nesting.
func parse(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("spec: the JSON ends too early, after %d bytes", d.InputOffset())
		}
		return nil, fmt.Errorf("spec: near byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("spec: something follows the JSON value at byte %d", d.InputOffset())
	}
	return v, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	// An interface's value takes two levels of JSON for each of Go's.
	if depth > 2*maxDepth {
		return nil, fmt.Errorf("nested more than %d levels deep", 2*maxDepth)
	}
	if delim == '[' {
		list := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	o := object{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("%v where a name should stand", key)
		}
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("the name %q stands twice in one object", name)
		}
		if o[name], err = parseValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return o, err
}
