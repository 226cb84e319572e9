package main

import "time"

// looks is how often the clock is read in one measurement: enough samples for
// benchstat, few enough that each is long.
const looks = 10

// measure times a run: samples are mean milliseconds, each of runs runs, which
// together last about as long as benchtime. run enqueues, sync waits; what runs
// first is not counted.
func measure(benchtime time.Duration, run func(times int), sync func() error) (samples []float64, runs int, err error) {
	once := func(n int) (time.Duration, error) {
		start := time.Now()
		run(n)
		err := sync()
		return time.Since(start), err
	}
	if _, err := once(1); err != nil {
		return nil, 0, err
	}
	took, err := once(1)
	if err != nil {
		return nil, 0, err
	}
	target := benchtime / looks
	runs = 1
	for took < target/2 && runs < 1<<20 {
		runs = min(max(2*runs, int(float64(runs)*float64(target)/float64(max(took, 1)))), 100*runs, 1<<20)
		if took, err = once(runs); err != nil {
			return nil, 0, err
		}
	}
	start := time.Now()
	for len(samples) < 3 || len(samples) < looks && time.Since(start) < benchtime {
		took, err := once(runs)
		if err != nil {
			return nil, 0, err
		}
		samples = append(samples, float64(took.Nanoseconds())/float64(runs)/1e6)
	}
	return samples, runs, nil
}
