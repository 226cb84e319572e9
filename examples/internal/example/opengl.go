//go:build cgo

package example

import _ "github.com/glearn-go/glearn/compute/opengl" // the backend "opengl"
