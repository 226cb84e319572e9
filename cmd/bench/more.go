package main

import (
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/activations"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// moreSuite is training jobs that spend their time elsewhere than those of the
// suite train: in normalizations, tables, many small steps, long formulas.
const moreSuite = "more"

// runMore measures the suite more; see runOps.
func runMore(devices []device, s settings) (results []result, failed int) {
	return runTrainings(moreTrainings(), moreSuite, devices, s)
}

// moreTrainings lists the suite; peers/torch/train.py has the same.
func moreTrainings() []training {
	sparse := losses.SparseCategoricalCrossentropy{}
	return []training{
		{name: "more/batchnorm", layers: []nn.Layer{
			layers.Dense{Units: 256}, layers.BatchNormalization{}, layers.Activation{Activation: activations.ReLU}, layers.Dropout{Rate: 0.3},
			layers.Dense{Units: 128}, layers.BatchNormalization{}, layers.Activation{Activation: activations.ReLU},
			layers.Dense{Units: 10, Activation: activations.Softmax},
		}, optimizer: optimizers.Adam{}, loss: sparse, batch: 128, load: classified(10000, 784)},
		{name: "more/layernorm", layers: normalizedBlocks(4, 256),
			optimizer: optimizers.AdamW{}, loss: sparse, batch: 64, load: classified(4096, 128)},
		{name: "more/embedding", layers: []nn.Layer{
			layers.Embedding{InputDim: vocabulary, OutputDim: 32}, layers.GlobalAveragePooling1D{},
			layers.Dense{Units: 16, Activation: activations.ReLU}, layers.Dense{Units: 1, Activation: activations.Sigmoid},
		}, optimizer: optimizers.RMSprop{}, loss: losses.BinaryCrossentropy{}, batch: 512, load: reviews},
		{name: "more/housing", layers: dense(nil, 64, 64, 1), optimizer: optimizers.RMSprop{}, loss: losses.MeanSquaredError{},
			metrics: []nn.Metric{metrics.MeanAbsoluteError{}}, batch: 16, load: housing},
		{name: "more/deep", layers: deep(20, 64), optimizer: optimizers.SGD{Momentum: 0.9}, loss: sparse, batch: 32, load: classified(4096, 64)},
		{name: "more/autoencoder", layers: dense(activations.Sigmoid, 256, 64, 256, 784), optimizer: optimizers.Adam{},
			loss: losses.MeanSquaredError{}, batch: 256, load: images},
		{name: "more/clipped", layers: dense(activations.Softmax, 128, 128, 128, 10),
			optimizer: optimizers.Adam{Settings: optimizers.Settings{ClipNorm: 1}}, loss: sparse, batch: 64, load: classified(8192, 64)},
	}
}

// normalizedBlocks is blocks of a layer, its normalization and GELU, and ten
// classes.
func normalizedBlocks(blocks, units int) []nn.Layer {
	var stack []nn.Layer
	for range blocks {
		stack = append(stack, layers.Dense{Units: units}, layers.LayerNormalization{}, layers.Activation{Activation: activations.GELU})
	}
	return append(stack, layers.Dense{Units: 10, Activation: activations.Softmax})
}

// deep is hidden layers with tanh, and ten classes.
func deep(hidden, units int) []nn.Layer {
	var stack []nn.Layer
	for range hidden {
		stack = append(stack, layers.Dense{Units: units, Activation: activations.Tanh})
	}
	return append(stack, layers.Dense{Units: 10, Activation: activations.Softmax})
}
