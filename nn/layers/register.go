package layers

import "github.com/glearn-go/glearn/nn"

func init() {
	nn.Register[nn.Layer](Activation{}, ActivityRegularization{}, Add{}, AlphaDropout{}, Average{}, BatchNormalization{}, Concatenate{},
		Dense{}, Dot{}, Dropout{}, ELU{}, Embedding{}, Flatten{}, GaussianDropout{}, GaussianNoise{}, GlobalAveragePooling1D{},
		GlobalMaxPooling1D{}, Identity{}, Input{}, Lambda{}, LayerNormalization{}, LeakyReLU{}, Maximum{}, Minimum{}, Multiply{},
		Normalization{}, PReLU{}, Permute{}, RMSNormalization{}, ReLU{}, RepeatVector{}, Rescaling{}, Reshape{}, Softmax{},
		SpatialDropout1D{}, Subtract{}, UnitNormalization{})
}
