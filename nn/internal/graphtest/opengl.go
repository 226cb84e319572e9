//go:build cgo

package graphtest

import _ "github.com/glearn-go/glearn/compute/opengl" // the driver "opengl"
