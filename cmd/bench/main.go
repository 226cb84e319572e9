// Bench compares the CPU and the GPU backend: kernels by themselves (suite ops)
// and whole training jobs, by the epoch (suite train). Suite tune lists the
// ways in which a GPU can compute a product, with their times, and keeps the
// fastest. Every job's results are checked before it is timed.
//
//	go run ./cmd/bench
//	go run ./cmd/bench -run MatMul/256 -benchtime 20ms
//	go run ./cmd/bench -suite tune -backend opengl -run 1024x1024
//	go run ./cmd/bench -format go > new.txt && benchstat -col /backend new.txt
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// options are the flags.
type options struct {
	suites, backends, only string
	benchtime              time.Duration
	format, jsonFile       string
	cpuProfile             string
	verbose                bool
}

func parse(args []string, log io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(log)
	f.StringVar(&o.suites, "suite", usualSuites, "what to measure, comma-separated: some of "+allSuites)
	f.StringVar(&o.backends, "backend", "cpu,opengl", "devices to measure on, comma-separated; cpu:2 is the CPU on two threads")
	f.StringVar(&o.only, "run", "", "only jobs whose name matches this regular expression")
	f.DurationVar(&o.benchtime, "benchtime", 500*time.Millisecond, "how long to time each job on each device")
	f.StringVar(&o.format, "format", "table", "what to print: table, go for Go's benchmark format, or json")
	f.StringVar(&o.jsonFile, "json", "", "write the results into this file, too")
	f.StringVar(&o.cpuProfile, "cpuprofile", "", "write a profile into this file: of training jobs, from the first epoch that is timed")
	f.BoolVar(&o.verbose, "v", false, "say more about the devices")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("bench: unexpected argument %q; everything is a flag", f.Arg(0))
	case o.format != "table" && o.format != "go" && o.format != "json":
		return o, fmt.Errorf("bench: -format %q, want table, go or json", o.format)
	case o.benchtime <= 0:
		return o, fmt.Errorf("bench: -benchtime %v, want more than 0", o.benchtime)
	}
	return o, nil
}

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the program: the table goes to out, everything else to log.
func run(args []string, out, log io.Writer) (err error) {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return fmt.Errorf("bench: -run: %w", err)
	}
	measured, err := pick(o.suites)
	if err != nil {
		return err
	}
	p, err := newProfiler(o.cpuProfile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	devices, err := openDevices(o.backends, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDevices(devices)) }()
	head := out
	if o.format != "table" {
		head = log
	}
	for _, d := range devices {
		fmt.Fprintln(head, d.headline())
		if o.verbose {
			fmt.Fprintln(head, d.details())
		}
	}

	var results []result
	failed := 0
	for _, suite := range measured {
		rs, bad := suite(devices, settings{only: only, benchtime: o.benchtime, log: log, profile: p})
		results, failed = append(results, rs...), failed+bad
	}
	if len(results) == 0 && failed == 0 {
		return fmt.Errorf("bench: no job matches -run %q in -suite %s", o.only, o.suites)
	}
	if err := write(out, o.format, devices, results); err != nil {
		return err
	}
	if o.jsonFile != "" {
		if err := save(o.jsonFile, results); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("bench: %d jobs failed and were not timed", failed)
	}
	return nil
}

func write(out io.Writer, format string, devices []device, results []result) error {
	switch format {
	case "go":
		writeGo(out, results)
	case "json":
		return writeJSON(out, results)
	default:
		writeTable(out, devices, results)
	}
	return nil
}

func save(path string, results []result) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(writeJSON(f, results), f.Close())
}
