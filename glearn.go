// Package glearn trains neural networks in Go, on any GPU that speaks OpenGL
// 4.3 and on any CPU, in the vocabulary of Keras.
//
// This package opens devices; package nn has the models. A program that wants
// GPUs imports the OpenGL backend for its side effect:
//
//	import _ "github.com/glearn-go/glearn/compute/opengl"
package glearn

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/glearn-go/glearn/compute"
	_ "github.com/glearn-go/glearn/cpu_fallback" // the backend that is always there
)

// Open opens a device by name: "opengl", "cpu", the name of any registered
// driver, or "auto" (the empty name, too): a hardware GPU where one opens, and
// the CPU elsewhere. A renderer that runs on the CPU is used only when it is
// asked for by name. "auto" logs one line that says which device it took and
// why.
//
// A device computes one kernel at a time, whoever asks. On the CPU, small models
// that are to train side by side, as in a search over settings, are through
// sooner with a device each: the cores that one leaves idle are the others'.
func Open(name string) (compute.Backend, error) {
	if name != "auto" && name != "" {
		b, err := compute.Open(name)
		if err != nil {
			return nil, fmt.Errorf("glearn: open %q: %w", name, err)
		}
		return b, nil
	}
	var reasons []string
	var errs []error
	if !slices.ContainsFunc(compute.Drivers(), func(d compute.Driver) bool { return d.Name == "opengl" }) {
		reasons = append(reasons, `opengl: not in this program, import _ "github.com/glearn-go/glearn/compute/opengl" for GPUs`)
	}
	for _, d := range compute.Drivers() {
		b, err := d.Open()
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", d.Name, err))
			errs = append(errs, err)
			continue
		}
		info := b.Info()
		if !info.Software {
			slog.Info("glearn: opened a device", "backend", info.Backend, "device", info.Device, "driver", info.Driver, "not used", strings.Join(reasons, "; "))
			return b, nil
		}
		reasons = append(reasons, fmt.Sprintf("%s: %s renders in software", d.Name, info.Device))
		if err := b.Close(); err != nil {
			errs = append(errs, err)
		}
	}
	return nil, fmt.Errorf("glearn: no device opens: %w", errors.Join(errs...))
}
