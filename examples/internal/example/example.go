// Package example has what the example programs share: flags, a device, and how
// a training went as a table.
package example

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/glearn-go/glearn"
	"github.com/glearn-go/glearn/compute"
)

// Pipeline is the name under which the examples attach to a model what turns rows
// into its inputs (nn.Model.Attach).
const Pipeline = "rows"

// Options are the flags that every example has.
type Options struct {
	Backend string
	Epochs  int
	Seed    uint64
}

// Flags declares -backend, -epochs and -seed. Epochs of 0 stand for a number that
// each of the program's tasks has of its own.
func (o *Options) Flags(epochs int) {
	usage := "passes over the training data"
	if epochs == 0 {
		usage += "; 0 is as many as each task needs"
	}
	flag.StringVar(&o.Backend, "backend", "auto", "device: auto, opengl or cpu")
	flag.IntVar(&o.Epochs, "epochs", epochs, usage)
	flag.Uint64Var(&o.Seed, "seed", 1, "where all chance comes from")
}

// Main runs a program called name with a context that Ctrl-C ends, and exits
// with status 1 on an error.
func Main(name string, run func(ctx context.Context, out io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Open opens the device and says which it is. The caller closes it.
func (o *Options) Open(out io.Writer) (compute.Backend, error) {
	dev, err := glearn.Open(o.Backend)
	if err != nil {
		return nil, err
	}
	info := dev.Info()
	fmt.Fprintf(out, "device: %s, %s (%s)\n", info.Backend, info.Device, info.Driver)
	return dev, nil
}
