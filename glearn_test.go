package glearn_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/compute"
)

// device is a CPU that says it is something else.
type device struct {
	compute.Backend
	info   compute.Info
	closed bool
}

func (d *device) Info() compute.Info { return d.info }

func (d *device) Close() error {
	d.closed = true
	return d.Backend.Close()
}

func newDevice(name string, software bool) *device {
	b, err := compute.Open("cpu")
	if err != nil {
		panic(err)
	}
	return &device{Backend: b, info: compute.Info{Backend: name, Device: name + " card", Software: software}}
}

// logged collects what f logs.
func logged(f func()) string {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	f()
	return out.String()
}

// The drivers below stay registered, so the steps of this test build on each
// other: nothing but a CPU, a GPU that fails, one in software, a real one.
func TestOpen(t *testing.T) {
	auto := func(want string, words ...string) {
		t.Helper()
		log := logged(func() {
			b, err := glearn.Open("auto")
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Info().Backend; got != want {
				t.Errorf("auto opens %q, want %q", got, want)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
		for _, w := range append(words, "backend="+want) {
			if !strings.Contains(log, w) {
				t.Errorf("logged %q, without %q", log, w)
			}
		}
		if n := strings.Count(log, "\n"); n != 1 {
			t.Errorf("%d lines of log: %s", n, log)
		}
	}
	auto("cpu")

	broken := errors.New("no driver file")
	compute.Register(compute.Driver{Name: "broken", Rank: 900, Open: func() (compute.Backend, error) { return nil, broken }})
	auto("cpu", "broken: no driver file")

	soft := newDevice("soft", true)
	compute.Register(compute.Driver{Name: "soft", Rank: 901, Open: func() (compute.Backend, error) { return soft, nil }})
	auto("cpu", "soft card renders in software", "broken: no driver file")
	if !soft.closed {
		t.Error("the renderer that was passed over is still open")
	}

	compute.Register(compute.Driver{Name: "hard", Rank: 800, Open: func() (compute.Backend, error) { return newDevice("hard", false), nil }})
	auto("hard", "soft card renders in software", "broken: no driver file")

	for _, name := range []string{"cpu", "hard"} {
		b, err := glearn.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if b.Info().Backend != name {
			t.Errorf("%q opens %q", name, b.Info().Backend)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := glearn.Open("broken"); !errors.Is(err, broken) || !strings.Contains(err.Error(), `open "broken"`) {
		t.Errorf("broken: %v", err)
	}
	if _, err := glearn.Open("metal"); !errors.Is(err, compute.ErrNoDevice) || !strings.Contains(err.Error(), `"metal"`) || !strings.Contains(err.Error(), "cpu") {
		t.Errorf("a driver that is not there: %v", err)
	}
}
