package callbacks_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/callbacks"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
)

// Training is interrupted in its third epoch, as by Ctrl-C, and the same call
// goes on from there.
func ExampleBackupAndRestore() {
	folder, err := os.MkdirTemp("", "glearn")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	train := func(ctx context.Context, more ...nn.Callback) (*nn.History, error) {
		dev, err := compute.Open("cpu")
		if err != nil {
			return nil, err
		}
		defer dev.Close()
		model := nn.NewSequential(layers.Dense{Units: 3})
		defer model.Close()
		if err := model.Compile(dev, nn.CompileConfig{Loss: losses.SparseCategoricalCrossentropy{FromLogits: true}}); err != nil {
			return nil, err
		}
		return model.Fit(ctx, examples(), nn.FitConfig{
			Epochs:    5,
			Callbacks: append(more, &callbacks.BackupAndRestore{Dir: folder}),
		})
	}

	ctx, interrupt := context.WithCancel(context.Background())
	_, err = train(ctx, nn.Func(func(t *nn.Training, _ *nn.Results) error {
		if t.Epoch() == 2 {
			interrupt()
		}
		return nil
	}))
	fmt.Println(errors.Is(err, context.Canceled))

	started := 0
	history, err := train(context.Background(), nn.Func(func(*nn.Training, *nn.Results) error {
		started++
		return nil
	}))
	fmt.Println(started, "epochs more,", len(history.Epoch), "in the history,", err)
	// Output:
	// true
	// 2 epochs more, 5 in the history, <nil>
}
