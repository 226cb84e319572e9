package main

import (
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// counting is a backend that counts how often each of its recordings is
// replayed.
type counting struct {
	compute.Backend
	mu         sync.Mutex
	recordings []*countedRecording
}

type countedRecording struct {
	compute.Recording
	owner   *counting
	replays int
}

// Record implements compute.Backend.
func (c *counting) Record(kernels []compute.Kernel) (compute.Recording, error) {
	inner, err := c.Backend.Record(kernels)
	if err != nil {
		return nil, err
	}
	r := &countedRecording{Recording: inner, owner: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recordings = append(c.recordings, r)
	return r, nil
}

// Replay implements compute.Recording.
func (r *countedRecording) Replay(times int) {
	r.owner.mu.Lock()
	r.replays += times
	r.owner.mu.Unlock()
	r.Recording.Replay(times)
}

// step is what a replay of the recording that was replayed most, a job's step,
// takes of the device: programs started and waits between them; 0 where the
// device does not count.
func (c *counting) step() (programs, waits int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var most *countedRecording
	for _, r := range c.recordings {
		if most == nil || r.replays > most.replays {
			most = r
		}
	}
	if most == nil {
		return 0, 0
	}
	if l, ok := most.Recording.(compute.Launcher); ok {
		return l.Launches()
	}
	return 0, 0
}
