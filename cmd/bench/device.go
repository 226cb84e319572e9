package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback"
)

// device is an open backend under the name it was asked for by.
type device struct {
	compute.Backend
	name string
	info compute.Info
}

// blas names the library of the dense products: what a CPU backend gives as its
// driver.
func (d device) blas() string {
	if d.info.Backend == "cpu" {
		return d.info.Driver
	}
	return ""
}

// result starts the record of a job on this device.
func (d device) result(suite, name string) result {
	return result{Suite: suite, Name: name, Backend: d.name, Device: d.info.Device, BLAS: d.blas()}
}

// openDevices opens the backends of a comma-separated list. One that is not
// there is said loudly and left out; with GLEARN_REQUIRE_GPU=1 it is an error,
// as it is when nothing is left.
func openDevices(list string, log io.Writer) ([]device, error) {
	var out []device
	for _, name := range splitList(list) {
		if slices.ContainsFunc(out, func(d device) bool { return d.name == name }) {
			continue
		}
		b, err := open(name)
		switch {
		case err == nil:
			out = append(out, device{Backend: b, name: name, info: b.Info()})
		case errors.Is(err, compute.ErrNoDevice) && os.Getenv("GLEARN_REQUIRE_GPU") != "1":
			fmt.Fprintf(log, "*** NO %s DEVICE: nothing below was measured on one ***\n    %v\n", strings.ToUpper(name), err)
		default:
			closeDevices(out)
			return nil, fmt.Errorf("bench: backend %s: %w", name, err)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("bench: no device to measure for -backend %q", list)
	}
	return out, nil
}

// open is a backend by name; "cpu:2" is the CPU on two threads.
func open(name string) (compute.Backend, error) {
	threads, ok := strings.CutPrefix(name, "cpu:")
	if !ok {
		return compute.Open(name)
	}
	n, err := strconv.Atoi(threads)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("%q is no number of threads, want 1 or more", threads)
	}
	return cpu_fallback.OpenWith(cpu_fallback.Options{Threads: n})
}

func closeDevices(devices []device) error {
	var errs []error
	for _, d := range devices {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}

// splitList is the entries of a comma-separated list, without empty ones.
func splitList(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// headline is a device in one line.
func (d device) headline() string {
	s := fmt.Sprintf("%s: %s", d.name, d.info.Device)
	if b := d.blas(); b != "" {
		s += ", products by " + b
	}
	if d.info.Software {
		s += " (a CPU that renders: right, but slow)"
	}
	return s
}

// details is what else a device says about itself.
func (d device) details() string {
	var parts []string
	if d.blas() == "" {
		parts = append(parts, d.info.Driver)
	}
	if d.info.Threads > 0 {
		parts = append(parts, fmt.Sprintf("%d threads", d.info.Threads))
	}
	if d.info.MemoryBytes > 0 {
		parts = append(parts, fmt.Sprintf("%.1f GiB", float64(d.info.MemoryBytes)/(1<<30)))
	}
	if d.info.MaxWords > 0 {
		parts = append(parts, fmt.Sprintf("buffers of up to %d MiB", d.info.MaxWords>>18))
	}
	return "    " + strings.Join(parts, ", ") + d.probed()
}

// probed is what a device found out about itself, a line for each thing: with
// it, a report of a slow or a wrong driver is complete.
func (d device) probed() string {
	p, ok := d.Backend.(compute.Prober)
	if !ok {
		return ""
	}
	list, err := p.Probed()
	if err != nil {
		return fmt.Sprintf("\n    it could not be asked for more: %v", err)
	}
	var b strings.Builder
	for _, l := range list {
		fmt.Fprintf(&b, "\n    %-16s %s", l.Name, l.Value)
	}
	return b.String()
}
