package main

import (
	"fmt"
	"slices"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// scalingSuite is the one whose rows differ in size, so that arithmetic is what
// compares them.
const scalingSuite = "scaling"

// runScaling measures the suite scaling: the network of train/wide with half
// and twice its rows, width and depth. The table's GFLOP/s stay the same where
// the cost is what the arithmetic says. With -backend cpu:1,cpu:2 a column each
// shows what the second core gives.
func runScaling(devices []device, s settings) (results []result, failed int) {
	return runTrainings([]training{
		stack(4096, 1024, 2),
		stack(2048, 1024, 2), stack(8192, 1024, 2),
		stack(4096, 512, 2), stack(4096, 2048, 2),
		stack(4096, 1024, 1), stack(4096, 1024, 4),
	}, scalingSuite, devices, s)
}

// stack is rows of random numbers, as many as the layers have units, through
// depth hidden layers.
func stack(rows, width, depth int) training {
	return training{
		name:      fmt.Sprintf("scaling/rows%d/width%d/layers%d", rows, width, depth),
		layers:    dense(activations.Softmax, append(slices.Repeat([]int{width}, depth), 100)...),
		optimizer: optimizers.SGD{Momentum: 0.9}, loss: losses.SparseCategoricalCrossentropy{}, batch: 256,
		load: func() (*data.Dataset, string, error) { return randomRows(rows, width) },
	}
}
