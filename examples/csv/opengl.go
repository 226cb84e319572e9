//go:build cgo

package main

import _ "github.com/glearn-go/glearn/compute/opengl" // leave out for the CPU alone
