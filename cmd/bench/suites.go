package main

import (
	"fmt"
	"strings"
)

// allSuites is what is measured unless -suite says otherwise.
const allSuites = "ops,train"

// suite measures jobs on devices; failed counts those that gave wrong results.
type suite func(devices []device, s settings) (results []result, failed int)

var suites = map[string]suite{"ops": runOps, "train": runTrain}

// pick is the suites of a comma-separated list.
func pick(list string) ([]suite, error) {
	var out []suite
	for _, name := range splitList(list) {
		s, ok := suites[name]
		if !ok {
			return nil, fmt.Errorf("bench: there is no suite %q, want some of %s", name, strings.ReplaceAll(allSuites, ",", ", "))
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("bench: -suite is empty, want some of %s", strings.ReplaceAll(allSuites, ",", ", "))
	}
	return out, nil
}
