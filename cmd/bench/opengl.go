//go:build cgo

package main

import _ "github.com/glearn-go/glearn/compute/opengl" // registers the driver "opengl"
