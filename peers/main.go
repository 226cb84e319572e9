// Command peers times glearn's CPU backend against other libraries on this
// machine: PyTorch and GoMLX on the jobs of cmd/bench's suite train, PyTorch on
// those of its suite more, and OpenBLAS called from C on a dense product.
//
//	make peers
//	go run ./peers -rounds 5 -jobs mnist,wide -blas native,openblas
//	go run ./peers -jobs more -blas native
//
// Both sides take turns in every round, so that what else the machine does
// falls on both. A peer is shown at the best of its settings. A peer that is
// not installed is left out, loudly.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// options are the flags.
type options struct {
	rounds, epochs int
	jobs, blas     []string
	peers          []string
}

func parse(args []string, log io.Writer) (options, error) {
	var o options
	var jobs, blas, peers string
	f := flag.NewFlagSet("peers", flag.ContinueOnError)
	f.SetOutput(log)
	f.IntVar(&o.rounds, "rounds", 3, "how often both sides take turns")
	f.IntVar(&o.epochs, "epochs", 7, "epochs that a peer times in a round")
	f.StringVar(&jobs, "jobs", strings.Join(usualJobs, ","), "what to run, comma-separated; more stands for "+strings.Join(more, ","))
	f.StringVar(&blas, "blas", "native,openblas,gonum", "glearn's products to run, comma-separated: values of GLEARN_BLAS")
	f.StringVar(&peers, "peers", strings.Join(peerNames, ","), "whom to run against, comma-separated")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("peers: unexpected argument %q; everything is a flag", f.Arg(0))
	case o.rounds < 1 || o.epochs < 1:
		return o, fmt.Errorf("peers: %d rounds of %d epochs, want at least 1 of each", o.rounds, o.epochs)
	}
	o.blas = strings.Split(blas, ",")
	var err error
	jobs = strings.ReplaceAll(jobs, "more", strings.Join(more, ","))
	if o.jobs, err = some("-jobs", jobs, jobNames); err != nil {
		return o, err
	}
	o.peers, err = some("-peers", peers, peerNames)
	return o, err
}

// some is the entries of a comma-separated list, all of which must be known.
func some(flag, list string, known []string) ([]string, error) {
	entries := strings.Split(list, ",")
	for _, e := range entries {
		if !slices.Contains(known, e) {
			return nil, fmt.Errorf("peers: %s %q, want some of %s", flag, e, strings.Join(known, ", "))
		}
	}
	return entries, nil
}

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out, log io.Writer) error {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "glearn-peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	glearn, err := buildGlearn(dir, o.blas)
	if err != nil {
		return err
	}
	peers := openPeers(dir, o, log)
	var all []sample
	for round := range o.rounds {
		for _, job := range o.jobs {
			for _, s := range append(peers, glearn...) {
				if !s.does(job) {
					continue
				}
				fmt.Fprintf(log, "round %d of %d: %s: %s\n", round+1, o.rounds, job, s.name)
				got, err := s.run(job)
				if err != nil {
					return fmt.Errorf("peers: %s: %s: %w", s.name, job, err)
				}
				for i := range got {
					got[i].round, got[i].job, got[i].side = round, job, s
				}
				all = append(all, got...)
			}
		}
	}
	return writeTable(out, compare(all, o.jobs))
}
