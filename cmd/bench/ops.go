package main

import (
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/compute/backendtest"
)

// op is one measurement of the suite ops.
type op struct {
	name  string
	flops float64 // of one run, where arithmetic is what counts
	bytes float64 // read and written by one run, where memory is
	// forGPU leaves the job out on devices that are CPUs.
	forGPU bool
	// build sets the job up on a device.
	build func(r *rig)
	// check holds the results against float64; nil compares the devices with
	// each other or, where there is only one, with the suite's reference in
	// float64.
	check func(outputs [][]float32) error
}

// ops lists the suite.
func ops() []op {
	var out []op
	out = append(out, products()...)
	out = append(out, biases()...)
	out = append(out, activationOps()...)
	out = append(out, crossEntropies()...)
	out = append(out, sparseProducts()...)
	return append(out, optimizerSteps()...)
}

// settings is what the flags say about a measurement.
type settings struct {
	only      *regexp.Regexp
	benchtime time.Duration
	log       io.Writer
	profile   profiler
}

// runOps measures the suite. A job whose results are wrong is not timed: it is
// named in the log and counted in failed.
func runOps(devices []device, s settings) (results []result, failed int) {
	for _, o := range ops() {
		on := devices
		if o.forGPU {
			on = gpus(devices)
		}
		if len(on) == 0 || !s.only.MatchString(o.name) {
			continue
		}
		s.profile.start()
		rs, err := o.measure(on, s.benchtime)
		if err != nil {
			failed++
			fmt.Fprintf(s.log, "bench: %s: %v\n", o.name, err)
			continue
		}
		results = append(results, rs...)
	}
	return results, failed
}

// gpus are the devices that are not CPUs, by themselves or as renderers.
func gpus(devices []device) []device {
	var out []device
	for _, d := range devices {
		if d.info.Backend != "cpu" && !d.info.Software {
			out = append(out, d)
		}
	}
	return out
}

// measure checks the job on all devices, and then times it on each.
func (o op) measure(devices []device, benchtime time.Duration) ([]result, error) {
	rigs := make([]*rig, len(devices))
	outputs := make([][][]float32, len(devices))
	for i, d := range devices {
		r, out, err := o.first(d)
		if r != nil {
			defer r.close()
		}
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", d.name, err)
		}
		rigs[i], outputs[i] = r, out
	}
	if err := o.verify(devices, outputs); err != nil {
		return nil, err
	}
	var out []result
	for i, d := range devices {
		samples, runs, err := measure(benchtime, rigs[i].run, d.Sync)
		if err != nil {
			return nil, fmt.Errorf("on %s: %w", d.name, err)
		}
		res := d.result("ops", o.name)
		res.Checked = true
		res.timed(samples, runs, o.flops, o.bytes)
		out = append(out, res)
	}
	return out, nil
}

// first sets the job up and runs it once.
func (o op) first(dev compute.Backend) (*rig, [][]float32, error) {
	r := newRig(dev)
	o.build(r)
	if r.err != nil {
		return r, nil, r.err
	}
	out, err := r.read()
	return r, out, err
}

func (o op) verify(devices []device, outputs [][][]float32) error {
	if o.check != nil {
		for i, d := range devices {
			if err := o.check(outputs[i]); err != nil {
				return fmt.Errorf("%s disagrees with float64: %w", d.name, err)
			}
		}
		return nil
	}
	want, against := outputs[0], devices[0].name
	if len(devices) == 1 {
		reference := backendtest.Reference()
		defer reference.Close()
		r, out, err := o.first(reference)
		defer r.close()
		if err != nil {
			return fmt.Errorf("in float64: %w", err)
		}
		want, against = out, "float64"
	}
	for i, d := range devices {
		if err := agree(outputs[i], want); err != nil {
			return fmt.Errorf("%s disagrees with %s: %w", d.name, against, err)
		}
	}
	return nil
}
