//go:build amd64 && !unix && !windows

package jit

import "errors"

var errNoCall = errors.New("jit: this system has no call for memory that can be run")

func executable([]byte) ([]byte, error) { return nil, errNoCall }

func release([]byte) error { return errNoCall }
