package main

import (
	"fmt"
)

// What is measured unless -suite says otherwise, and what there is besides:
// tune takes minutes and changes which kernels the device uses.
const (
	usualSuites = "ops,train"
	allSuites   = "ops, train, more, scaling, tune"
)

// suite measures jobs on devices; failed counts those that gave wrong results.
type suite func(devices []device, s settings) (results []result, failed int)

var suites = map[string]suite{"ops": runOps, "train": runTrain, moreSuite: runMore, scalingSuite: runScaling, "tune": runTune}

// pick is the suites of a comma-separated list.
func pick(list string) ([]suite, error) {
	var out []suite
	for _, name := range splitList(list) {
		s, ok := suites[name]
		if !ok {
			return nil, fmt.Errorf("bench: there is no suite %q, want some of %s", name, allSuites)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("bench: -suite is empty, want some of %s", allSuites)
	}
	return out, nil
}
