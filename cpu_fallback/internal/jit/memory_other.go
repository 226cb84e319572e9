//go:build amd64 && !unix && !windows

package jit

import "errors"

// executable always fails: this system has no call for it.
func executable([]byte) (*byte, int, error) {
	return nil, 0, errors.New("jit: no memory for code on this system")
}
