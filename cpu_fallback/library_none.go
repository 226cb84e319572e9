//go:build nopurego || !(linux || darwin || windows) || !(amd64 || arm64)

package cpu_fallback

import "errors"

// fortran is what a worker keeps for a library: nothing.
type fortran struct{}

func libraryNames() []string { return nil }

// openLibrary loads a BLAS library: this build cannot.
func openLibrary(string) (products, error) {
	return products{}, errors.New("this program was built without the loading of libraries")
}
