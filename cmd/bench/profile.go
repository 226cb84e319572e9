package main

import (
	"errors"
	"os"
	"runtime/pprof"
	"sync"
)

// profiler writes a CPU profile that begins with the first job that is timed,
// so that it leaves out what comes before: loading, checking and warming up.
type profiler struct {
	start func()
	stop  func() error
}

// newProfiler writes into the file path; "" writes nothing.
func newProfiler(path string) (profiler, error) {
	if path == "" {
		return profiler{start: func() {}, stop: func() error { return nil }}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return profiler{}, err
	}
	start := sync.OnceValue(func() error { return pprof.StartCPUProfile(f) })
	return profiler{
		start: func() { _ = start() }, // stop returns the error
		stop: func() error {
			err := start()
			pprof.StopCPUProfile()
			return errors.Join(err, f.Close())
		},
	}, nil
}
