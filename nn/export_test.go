package nn

import (
	"bytes"

	"github.com/glearn-go/glearn/nn/internal/spec"
)

// LoadConfig makes a built model of a file's configuration, without weights.
func LoadConfig(config []byte) (*Model, error) {
	_, m, err := decodeModel(bytes.Clone(config), int64(len(config))+spec.Allowance)
	return m, err
}
