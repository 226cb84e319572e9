//go:build cgo && (linux || windows)

package opengl

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"sync"

	"github.com/glearn-go/glearn/compute"
)

// tuneMode is what GLEARN_TUNE asks for.
type tuneMode int

const (
	tuneHardware tuneMode = iota // unset: GPUs, each class once
	tuneOff                      // off: the fixed table, nothing is read or written
	tuneForce                    // force: each class anew, on CPU renderers too
)

const tuneEnv = "GLEARN_TUNE"

func readTuneMode() (tuneMode, error) {
	switch text := os.Getenv(tuneEnv); text {
	case "":
		return tuneHardware, nil
	case "off":
		return tuneOff, nil
	case "force":
		return tuneForce, nil
	default:
		return 0, fmt.Errorf("opengl: %s is %q, want off, force or nothing", tuneEnv, text)
	}
}

// tuner chooses how products are computed. The first product of a class is
// held up while the ways to compute it are timed; the choice is kept in a file
// for the next process. Products too small to be worth it, and everything on a
// CPU renderer, go by the fixed table.
type tuner struct {
	dev      *device
	mode     tuneMode
	software bool // a CPU renders

	mu      sync.Mutex // held while tuning: a second caller needs the result
	choices map[class]candidate
	given   map[string]string // by UseChoices: class -> candidate
	file    *tuneFile         // nil until it is needed
	err     error             // why the file could not be written
}

// leastTuned is the work of a product from which the choice of a kernel shows:
// below it, starting the kernel takes longer than running it.
const leastTuned = 1 << 24

// choose is the device's choice for p.
func (t *tuner) choose(lim limits, p product) candidate {
	if p.flops() < leastTuned {
		return choose(lim, p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := classOf(p)
	if _, given := t.given[c.String()]; !given && !t.tunes() {
		return choose(lim, p)
	}
	best, known := t.choices[c]
	if !known {
		if best = t.recall(c); best == nil && t.tunes() {
			best = t.find(c)
		}
		t.keep(c, best)
	}
	if best == nil || !best.can(lim, p) {
		return choose(lim, p)
	}
	return best
}

// tunes says whether measured choices are used.
func (t *tuner) tunes() bool { return t.mode == tuneForce || t.mode == tuneHardware && !t.software }

// recall is the choice that was given or that the file holds, or nil.
func (t *tuner) recall(c class) candidate {
	name, given := t.given[c.String()]
	if !given {
		if t.mode == tuneForce {
			return nil
		}
		name = t.open().Choices[c.String()]
	}
	for _, w := range ways(t.dev.lim, productOf(c.sample(t.mostFLOPs()))) {
		if w.String() == name {
			return w
		}
	}
	return nil
}

// find times the ways of a class and gives the fastest, or nil: a device that
// cannot be tuned is used as it is, and says so itself if it has failed.
func (t *tuner) find(c class) candidate {
	_, tried, err := t.try(c)
	if err != nil {
		return nil
	}
	best := fastest(tried)
	if best < 0 {
		return nil
	}
	f := t.open()
	f.Choices[c.String()] = tried[best].way.String()
	if err := f.save(); err != nil && t.err == nil {
		t.err = err
	}
	return tried[best].way
}

func (t *tuner) keep(c class, best candidate) {
	if t.choices == nil {
		t.choices = map[class]candidate{}
	}
	t.choices[c] = best
}

// Choices implements compute.Chooser.
func (d *device) Choices() map[string]string {
	t := d.tuner
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[string]string{}
	for c, way := range t.choices {
		if way != nil {
			out[c.String()] = way.String()
		}
	}
	return out
}

// UseChoices implements compute.Chooser.
func (d *device) UseChoices(choices map[string]string) {
	t := d.tuner
	t.mu.Lock()
	defer t.mu.Unlock()
	t.given = maps.Clone(choices)
	for c := range t.choices {
		if _, given := t.given[c.String()]; given {
			delete(t.choices, c)
		}
	}
}

// String says how the tuner is doing.
func (t *tuner) String() string {
	if !t.tunes() {
		return "none: products go by a fixed table"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.open()
	s := fmt.Sprintf("%s, %d classes of products", f.path, len(f.Choices))
	if err := cmp.Or(t.err, f.err); err != nil {
		s += fmt.Sprintf(", trouble with it: %v", err)
	}
	return s
}

// open reads the file once.
func (t *tuner) open() *tuneFile {
	if t.file == nil {
		t.file = openTuneFile(t.dev.lim)
	}
	return t.file
}

// mostFLOPs bounds a trial: some milliseconds of a GPU's time, a fraction of a
// second of a CPU renderer's.
func (t *tuner) mostFLOPs() int64 {
	if t.software {
		return 1 << 28
	}
	return 1 << 33
}

// Tune implements compute.Tuner.
func (d *device) Tune(k *compute.MatMul) (*compute.MatMul, []compute.Trial, error) {
	t := d.tuner
	t.mu.Lock()
	defer t.mu.Unlock()
	c := classOf(productOf(k))
	sample, tried, err := t.try(c)
	if err != nil {
		return nil, nil, err
	}
	best := fastest(tried)
	if best >= 0 && t.tunes() {
		t.keep(c, tried[best].way)
		f := t.open()
		f.Choices[c.String()] = tried[best].way.String()
		if err := f.save(); err != nil {
			return nil, nil, err
		}
	}
	var out []compute.Trial
	for i, r := range tried {
		out = append(out, compute.Trial{Way: r.way.String(), Seconds: r.seconds, Err: r.err, Chosen: i == best})
	}
	return sample, out, nil
}
