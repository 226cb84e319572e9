package nn

// LoadConfig makes a built model of a file's configuration, without weights.
func LoadConfig(config []byte) (*Model, error) {
	_, m, err := decodeModel(config)
	return m, err
}
